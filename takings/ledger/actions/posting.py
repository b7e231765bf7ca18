"""Posting: the only way by which amounts enter the books.

``post`` is for what stands or falls together, ``post_each`` for many that each get an answer of
their own, ``post_columns`` for thousands. Each is one statement inside the caller's transaction.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from takings.ledger.actions.columns import Answer, execute, send
from takings.ledger.actions.refusals import (
    REFUSALS,
    ReversalIsFinal,
)
from takings.ledger.models import Entry
from takings.ledger.queries.entries import entry
from takings.ledger.rules import (
    AccountName,
    EntryDraft,
    Outcome,
    account_kind,
    reversed_transfers,
)
from takings.ledger.rules.calls import Call, Line, call_of
from takings.ledger.rules.outcomes import OF_NUMBER
from takings.money import Money


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one draft.

    ``fault`` is the transfer that could not be, counted from 0, ``culprit`` the account it could
    not be for; ``available`` and ``asked`` say what there was and what it wanted. ``moved`` are the
    amounts posted, transfer by transfer.
    """

    entry_id: UUID
    outcome: Outcome
    fault: int | None = None
    culprit: AccountName | None = None
    available: Money | None = None
    asked: Money | None = None
    moved: tuple[Money, ...] = ()

    def of_transfer(self, position: int) -> Outcome:
        """Return what became of one transfer: the others of a refused entry fell with it."""
        is_innocent = not self.outcome.stands and self.fault not in {None, position}
        return Outcome.LINKED_FAILED if is_innocent else self.outcome


def post(*, drafts: Sequence[EntryDraft], at: dt.datetime) -> list[Posted]:
    """Post all drafts or none, inside the caller's transaction; the answers keep their order.

    A brand pays in $100 and $40 of it are leased to an ad server:

        post(drafts=[
            EntryDraft(id=receipt_id, kind="prepaid_received", …, transfers=(
                TransferDraft("bank", "advertiser:7:prepaid", Money.parse("100", "USD")),)),
            EntryDraft(id=lease_id, kind="budget_leased", …, transfers=(
                TransferDraft("advertiser:7:prepaid", "advertiser:7:reserved",
                              Money.parse("40", "USD")),)),
        ], at=now)  # → both "posted"; the same call again → both "already_posted"

    Floors and limits are judged on what the whole call leaves behind. A draft whose id is known
    with the same content is answered ``already_posted`` and changes nothing. A refusal raises, and
    nothing is kept of it (accounts it named first are open, and empty): the same ids may be tried
    again, and the caller's transaction goes on. Locks are taken in one order, so calls
    never deadlock; one transaction should post all it has in one call.

    Refuses: SameIdOtherContent, InsufficientFunds, LimitExceeded, AccountClosed, PeriodLocked,
    BalanceTooLarge, CallTooLarge.
    """
    return all_or_none([Line(draft) for draft in drafts], at=at)


def post_each(*, groups: Sequence[Sequence[EntryDraft]], at: dt.datetime) -> list[list[Posted]]:
    """Post many, each group for itself: its drafts stand or fall together; nothing is raised.

    Groups are decided in their order, each seeing what those before it left. A refused draft is
    answered by its outcome, and its id stays refused: the same call again gets the same answers.

    Refuses: CallTooLarge.
    """
    answers = iter(_send([[Line(draft) for draft in group] for group in groups], at=at))
    return [[next(answers) for _ in group] for group in groups]


def post_columns(*, call: Call, at: dt.datetime) -> Answer:
    """Post thousands, given as columns; see :class:`~takings.ledger.rules.calls.Call`.

    Accounts are ids: ``account_ids`` returns them. Right by itself is not checked before: an
    unknown account, a wrong amount or currency is answered by an outcome of that item.
    """
    return send(call, at=at)


def reverse(
    *,
    entry_id: UUID,
    id: UUID,  # noqa: A002 - everywhere in the books an entry's id is called id
    at: dt.datetime,
    memo: str,
    kind: str = "entry_reversed",
) -> Posted:
    """Undo an entry exactly and once: every account returns to what it was.

    ``id`` is the new entry's, ``kind`` its story (``gift_taken_back``). The same call again is
    answered ``already_posted``.

    Refuses: UnknownEntry, AlreadyReversed, ReversalIsFinal, InsufficientFunds (the money has
    moved on and may not be missed), and what ``post`` refuses.
    """
    original = entry(id=entry_id)
    if original.reverses is not None:
        raise ReversalIsFinal(entry=entry_id)
    draft = EntryDraft(
        id=id,
        kind=kind,
        reference=original.reference,
        policy_version=original.policy_version,
        occurred_at=at,
        memo=memo,
        transfers=reversed_transfers(original.transfers),
    )
    [posted] = all_or_none([Line(draft, reverses=entry_id)], at=at)
    return posted


def account_ids(names: Sequence[tuple[AccountName, str]]) -> dict[tuple[AccountName, str], int]:
    """Return the id of each account, by name and currency; those that are new are opened.

    Refuses: UnknownAccount.
    """
    wanted = sorted(set(names))
    kinds = [account_kind(name) for name, _ in wanted]
    [ids] = execute(
        "SELECT ledger_open(%s, %s, %s, %s::bigint[], %s::smallint[])",
        [
            [name for name, _ in wanted],
            [code for _, code in wanted],
            [kind.side for kind in kinds],
            [kind.floor_micros for kind in kinds],
            [kind.lane_count for kind in kinds],
        ],
    )
    return dict(zip(wanted, ids, strict=True))


def all_or_none(lines: Sequence[Line], *, at: dt.datetime) -> list[Posted]:
    """Post lines as one group, and raise what the first at fault was refused for."""
    answers = _send([lines], at=at, remember=False)
    for line, answer in zip(lines, answers, strict=True):
        if not answer.outcome.stands and answer.outcome is not Outcome.LINKED_FAILED:
            _refuse(line, answer)
    return answers


def _send(
    groups: Sequence[Sequence[Line]], *, at: dt.datetime, remember: bool = True
) -> list[Posted]:
    lines = [line for group in groups for line in group]
    if not lines:
        return []
    moves = [move for line in lines for move in line.draft.transfers]
    names = [(name, move.amount.currency) for move in moves for name in (move.debit, move.credit)]
    accounts = account_ids(names)
    answer = send(call_of(groups, accounts=accounts), at=at, remember=remember)
    if not answer.codes:
        return [_stands(line.draft, Outcome.POSTED) for line in lines]
    told = _Told(answer, {key: name for (name, _), key in accounts.items()})
    return [told.of(line.draft, number) for number, line in enumerate(lines)]


def _stands(draft: EntryDraft, outcome: Outcome) -> Posted:
    """Say that a draft is in the books; what “up to” moved the first time is not known."""
    is_known = outcome is Outcome.POSTED or not any(move.up_to for move in draft.transfers)
    moved = tuple(move.amount for move in draft.transfers) if is_known else ()
    return Posted(draft.id, outcome, moved=moved)


@dataclass(slots=True)
class _Told:
    """An answer that is read draft by draft, in their order; ``first`` is the next transfer."""

    answer: Answer
    named: Mapping[int, AccountName]
    first: int = 0

    def of(self, draft: EntryDraft, number: int) -> Posted:
        """Return what became of the next draft."""
        outcome = OF_NUMBER[self.answer.codes[number]]
        codes = [move.amount.currency for move in draft.transfers]
        first, self.first = self.first, self.first + len(codes)
        if outcome is Outcome.POSTED:
            micros = self.answer.posted[first : self.first]
            moved = (Money(amount, code) for amount, code in zip(micros, codes, strict=True))
            return Posted(draft.id, outcome, moved=tuple(moved))
        if outcome is Outcome.ALREADY_POSTED:
            return _stands(draft, outcome)
        fault = self.answer.faults[number]
        position = None if fault is None else fault - 1 - first
        available, asked = (
            None if micros is None else Money(micros, codes[position or 0])
            for micros in (self.answer.available[number], self.answer.asked[number])
        )
        culprit = self.named.get(self.answer.culprits[number] or 0)
        return Posted(draft.id, outcome, position, culprit, available, asked)


def _refuse(line: Line, answer: Posted) -> NoReturn:
    account: dict[str, object] = {"account": answer.culprit}
    amounts = {**account, "available": answer.available, "asked": answer.asked}
    facts: dict[Outcome, dict[str, object]] = {
        Outcome.SAME_ID_OTHER_CONTENT: {"entry": line.draft.id},
        Outcome.PERIOD_LOCKED: {"entry": line.draft.id},
        Outcome.INSUFFICIENT_FUNDS: amounts,
        Outcome.LIMIT_EXCEEDED: amounts,
        Outcome.BALANCE_TOO_LARGE: {**account},
        Outcome.ACCOUNT_CLOSED: {**account},
        Outcome.NOT_ITS_REVERSAL: {"entry": line.reverses},
        Outcome.ALREADY_REVERSED: {"entry": line.reverses, "reversal": _reversal_of(line.reverses)},
    }
    raise REFUSALS[answer.outcome](**facts.get(answer.outcome, {"hold": line.hold}))


def _reversal_of(entry_id: UUID | None) -> UUID | None:
    return Entry.objects.filter(reverses_id=entry_id).values_list("id", flat=True).first()
