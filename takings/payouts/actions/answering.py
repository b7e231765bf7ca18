"""What the bank answers: taken, paid, or given back; money that came back is payable again."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.ledger.actions import reverse
from takings.money import format_money
from takings.payouts.actions.batches import free
from takings.payouts.actions.remitting import make_room
from takings.payouts.models import Answer, AnswerFile, BankFile, Payout, PayoutState
from takings.payouts.rules.files.answers import Report, Speech, Told, read_answers
from takings.payouts.rules.files.reasons import reason_words
from takings.people.actions import record_staff_act
from takings.people.models import User

UNSENT = (PayoutState.DRAFTED, PayoutState.DROPPED)
LONGEST_REASON, LONGEST_CODE, LONGEST_NAME = 200, 8, 120


class FileReadBefore(Conflict):
    """The same bytes say the same again; nothing changes by reading them twice."""

    code = "file_read_before"
    sentence = "This file was read before, as “{name}”. Nothing was changed."


class UnknownPayments(Conflict):
    """A file about our payments names some that we did not make."""

    code = "unknown_payments"
    sentence = "The file names payments that were not sent from here: {keys}. Nothing was changed."


class OtherAmount(Conflict):
    """The bank moved another amount than was sent."""

    code = "other_amount"
    sentence = "The bank moved {told} for payout {payout} of {sent}. Nothing was changed; ask it."


@transaction.atomic
def read_bank_answers(
    *,
    operator: User,
    content: bytes,
    name: str,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> AnswerFile:
    """Read a bank's file: all it says is kept and acted upon, or nothing is.

    What the bank gave back goes to the balances again, by an entry that undoes the payout exactly,
    and its statements wait for the next one. Files may come in any order and say the same twice.
    Refuses: FileReadBefore, BadAnswer, AnswerTooLarge, UnknownPayments, OtherAmount.
    """
    digest = hashlib.sha256(content).hexdigest()
    known = AnswerFile.objects.filter(digest=digest).first()
    if known is not None:
        raise FileReadBefore(name=known.name)
    answers = read_answers(content)
    reports, unknown = _matched(answers.reports)
    if unknown and answers.speech is not Speech.CAMT_053:  # an account moves for other reasons, too
        raise UnknownPayments(keys=", ".join(unknown[:5]))
    file = AnswerFile.objects.create(
        id=id,
        speech=answers.speech.value,
        name=name[:LONGEST_NAME],
        content=content,
        digest=digest,
        unknown_count=len(unknown),
        read_by=operator,
        read_at=at,
    )
    for payout_id, report in sorted(reports.items()):
        _take(file, payout_id, report, at=at)
    record_staff_act(
        operator=operator,
        act="payouts.answers_read",
        target=f"answer_file:{file.pk}",
        reason=f"{len(reports)} payouts; SHA-256 {digest}",
        at=at,
    )
    return file


def _matched(reports: Iterable[Report]) -> tuple[Mapping[UUID, Report], Sequence[str]]:
    """Return what is said of each payout, the last word of a file counts, and unknown payments."""
    found: dict[UUID, Report] = {}
    unknown: list[str] = []
    for report in reports:
        keys = _keys(report)
        found |= dict.fromkeys(keys, report)
        if not keys:
            unknown.append(report.key or report.message or "no name")
    return found, unknown


def _keys(report: Report) -> list[UUID]:
    """Return the payouts that a report is about: one by its key, or those of a file of ours."""
    try:
        named = UUID(hex=report.key or report.message)
    except ValueError:
        return []
    sent = Payout.objects.exclude(state__in=UNSENT)
    if report.key:
        return list(sent.filter(pk=named).values_list("pk", flat=True))
    files = BankFile.objects.filter(pk=named)
    return list(sent.filter(file__in=files).values_list("pk", flat=True))


def _take(file: AnswerFile, payout_id: UUID, report: Report, *, at: dt.datetime) -> None:
    payout = Payout.objects.select_for_update(no_key=True).get(pk=payout_id)
    if report.amount is not None and report.amount != payout.net:
        told, sent = format_money(report.amount), format_money(payout.net)
        raise OtherAmount(told=told, sent=sent, payout=payout.pk)
    Answer.objects.create(
        file=file,
        payout=payout,
        told=report.told.value,
        code=report.code[:LONGEST_CODE],
        reason=report.reason[:LONGEST_REASON],
    )
    if report.told is Told.SETTLED and payout.state == PayoutState.SENT:
        Payout.objects.filter(pk=payout.pk).update(state=PayoutState.SETTLED)
    if report.told is Told.RETURNED and payout.state != PayoutState.RETURNED:
        give_back(payout, memo=reason_words(code=report.code, reason=report.reason), at=at)


def give_back(payout: Payout, *, memo: str, at: dt.datetime) -> None:
    """Undo a payout: net and tax are payable again, its statements are free for the next one."""
    make_room(payout, at=at)
    reverse(
        entry_id=payout.pk,
        id=ids.derived("payout_returned", payout.pk),
        at=at,
        memo=memo[:LONGEST_REASON],
        kind="payout_returned",
    )
    free([payout.pk])
    payout.state = PayoutState.RETURNED
    payout.save(update_fields=["state"])
