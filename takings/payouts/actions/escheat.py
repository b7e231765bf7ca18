"""Balances that nobody comes for: told, proposed, handed over by a second person, given back."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.ledger.actions import post, reverse
from takings.ledger.queries import overdrawn
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.payouts import queries
from takings.payouts.actions.remitting import (
    DueChanged,
    check_may_answer,
    take_turn,
)
from takings.payouts.models import Escheat, EscheatLine, EscheatNotice, LineState
from takings.payouts.queries.escheat import Resting
from takings.payouts.rules.escheat import Stage
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import Creator, User
from takings.policies.queries import policy_at

MOST_AT_ONCE = 1_000


class NothingFalls(Conflict):
    """A proposal without a balance would say nothing."""

    code = "nothing_falls"
    sentence = "No balance has rested long enough, with its owner told, to fall to a state now."


class HandedOver(Conflict):
    """What was handed to the state is asked of the state."""

    code = "handed_over"
    sentence = "It was handed to the state under “{reference}”; claim it there."


@transaction.atomic
def give_notices(*, at: dt.datetime) -> int:
    """Tell everybody whose balance will fall to a state; again on the same day tells nobody."""
    told = [
        EscheatNotice(
            creator=one.creator,
            jurisdiction=one.rule.jurisdiction,
            rests_since=one.rest.since,
            falls_on=max(one.falls_on, at.date() + dt.timedelta(days=one.rule.notice_days)),
            given_at=at,
        )
        for one in queries.resting(at=at)
        if one.stage is Stage.NOTICE
    ]
    EscheatNotice.objects.bulk_create(told, ignore_conflicts=True)
    return len(told)


@transaction.atomic
def answer_notice(*, creator: Creator, at: dt.datetime) -> None:
    """Note that a creator came: their balance rests from now on, and falls no more."""
    take_turn()
    EscheatNotice.objects.filter(creator=creator, answered_at__isnull=True).update(answered_at=at)


@transaction.atomic
def propose_escheat(
    *,
    operator: User,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Escheat:
    """List the balances that may fall to a state now, for somebody else to answer; nothing moves.

    At most a thousand at once. The same id again is the same proposal. Refuses: NothingFalls.
    """
    take_turn()
    known = Escheat.objects.filter(pk=id).first()
    if known is not None:
        return known
    open_lines = EscheatLine.objects.filter(state=LineState.PROPOSED)
    taken = set(open_lines.values_list("creator_id", flat=True))
    due = [one for one in _due(at=at) if one.creator.pk not in taken]
    if not due:
        raise NothingFalls
    escheat = Escheat.objects.create(id=id, proposed_by=operator, proposed_at=at)
    lines = [
        EscheatLine(
            id=ids.derived("escheat line", escheat.pk, one.creator.pk, amount.currency),
            escheat=escheat,
            notice=one.notice,
            creator=one.creator,
            currency=amount.currency,
            amount_micros=amount.micros,
        )
        for one in due
        for amount in one.amounts
    ]
    EscheatLine.objects.bulk_create(lines[:MOST_AT_ONCE])
    _audit(operator, "escheat_proposed", id, reason=f"{len(lines)} balances", at=at)
    return escheat


@transaction.atomic
def approve_escheat(*, operator: User, escheat_id: UUID, answer: str, at: dt.datetime) -> Escheat:
    """Move what somebody else proposed out of the balances; who came meanwhile keeps theirs.

    Refuses: ProposedByYou, RemittanceAnswered, DueChanged (a balance fell at this moment), and
    what ``post`` refuses.
    """
    found = _locked(escheat_id, operator)
    still = {
        (one.creator.pk, amount.currency): amount for one in _due(at=at) for amount in one.amounts
    }
    lines = list(found.lines.select_related("notice").order_by("pk"))
    fall = [one for one in lines if still.get((one.creator_id, one.currency)) == one.amount]
    post(drafts=[_entry(one, at=at) for one in fall], at=at)
    if overdrawn(names=[queries.account_of(one.creator_id) for one in fall]):
        raise DueChanged
    keys = [one.pk for one in fall]
    found.lines.filter(pk__in=keys).update(state=LineState.UNCLAIMED)
    found.lines.filter(state=LineState.PROPOSED).update(state=LineState.DROPPED)
    return _answer(found, operator, is_approved=True, answer=answer, at=at)


@transaction.atomic
def decline_escheat(*, operator: User, escheat_id: UUID, answer: str, at: dt.datetime) -> Escheat:
    """Say no to what somebody else proposed. Refuses: ProposedByYou, RemittanceAnswered."""
    found = _locked(escheat_id, operator)
    found.lines.filter(state=LineState.PROPOSED).update(state=LineState.DROPPED)
    return _answer(found, operator, is_approved=False, answer=answer, at=at)


@transaction.atomic
def claim_unclaimed(*, creator: Creator, line_id: UUID, at: dt.datetime) -> EscheatLine:
    """Give a creator back what was unclaimed, to the last micro-unit; twice is once.

    Refuses: NoSuchBalance, HandedOver.
    """
    take_turn()
    rows = EscheatLine.objects.select_related("remittance", "notice").filter(creator=creator)
    found = rows.filter(pk=line_id).first()
    if found is None or found.state in {LineState.PROPOSED, LineState.DROPPED}:
        raise queries.NoSuchBalance
    if found.remittance is not None:
        raise HandedOver(reference=found.remittance.reference)
    if found.state == LineState.UNCLAIMED:
        reverse(
            entry_id=ids.derived("balance_escheated", found.pk),
            id=ids.derived("unclaimed_claimed", found.pk),
            at=at,
            memo="Its owner came",
            kind="unclaimed_claimed",
        )
        found.state = LineState.CLAIMED
        found.save()
    return found


def _due(*, at: dt.datetime) -> Sequence[Resting]:
    return [one for one in queries.resting(at=at) if one.stage is Stage.DUE]


def _entry(line: EscheatLine, *, at: dt.datetime) -> EntryDraft:
    account = queries.account_of(line.creator_id)
    return EntryDraft(
        id=ids.derived("balance_escheated", line.pk),
        kind="balance_escheated",
        reference=f"escheat:{line.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"At rest since {line.notice.rests_since}",
        transfers=(TransferDraft(account, line.account, line.amount),),
    )


def _locked(escheat_id: UUID, operator: User) -> Escheat:
    """Wait for a turn: of two answers at once, the second sees the first."""
    take_turn()
    found = Escheat.objects.filter(pk=escheat_id).first()
    if found is None:
        raise queries.NoSuchEscheat
    check_may_answer(found, operator)
    return found


def _answer(
    found: Escheat, operator: User, *, is_approved: bool, answer: str, at: dt.datetime
) -> Escheat:
    answer_proposal(found, operator=operator, is_approved=is_approved, answer=answer, at=at)
    act = "escheat_approved" if is_approved else "escheat_declined"
    _audit(operator, act, found.pk, reason=answer, at=at)
    return found


def _audit(operator: User, act: str, key: UUID, *, reason: str, at: dt.datetime) -> None:
    record_staff_act(
        operator=operator, act=f"payouts.{act}", target=f"escheat:{key}", reason=reason, at=at
    )
