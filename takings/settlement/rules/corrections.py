"""What changed of a line after its period was closed, in words; and the entry of a correction."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from takings.core import ids
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.money import Money
from takings.settlement.rules.posting import PLATFORM

COUNTED = "qualified"
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Seen:
    """What was known of a video's day in a country: how many showings had which outcome."""

    views: int
    outcomes: Mapping[str, int]
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorrectedParts:
    """How a correction moves one owner's money: ``waiting`` and ``payable`` of it."""

    waiting: AccountName
    payable: AccountName
    waiting_micros: int
    payable_micros: int


def why_changed(before: Seen, after: Seen, *, pool: str = "") -> str:
    """Return why a line is otherwise than it was, in words; ``pool`` says why its pool is.

    >>> was = Seen(5, {"qualified": 5, "bot": 1}, ())
    >>> why_changed(was, Seen(4, {"qualified": 4, "bot": 3}, ()))
    '2 more are bot, 1 arrived later'
    >>> why_changed(Seen(5, {}, ()), Seen(4, {"qualified": 4}, ("north",)))
    '5 counted views became 4, its music changed'
    >>> why_changed(was, was)
    'the pool is shared anew, for views of others changed'
    >>> why_changed(was, was, pool="the pool is smaller: no person saw the ads")
    'the pool is smaller: no person saw the ads'
    """
    reasons = [*_outcomes(before, after)]
    if before.holders != after.holders and before.views:
        reasons.append("its music changed")
    if pool:
        reasons.append(pool)
    if not reasons:
        reasons.append("the pool is shared anew, for views of others changed")
    return ", ".join(reasons)[:LONGEST]


def _outcomes(before: Seen, after: Seen) -> Iterator[str]:
    if not before.outcomes and before.views:  # how the others came out was not kept
        if before.views != after.views:
            yield f"{before.views} counted views became {after.views}"
        return
    for outcome in sorted((before.outcomes.keys() | after.outcomes.keys()) - {COUNTED}):
        more = after.outcomes.get(outcome, 0) - before.outcomes.get(outcome, 0)
        if more:
            yield f"{abs(more)} {'more' if more > 0 else 'fewer'} are {outcome.replace('_', ' ')}"
    arrived = sum(after.outcomes.values()) - sum(before.outcomes.values())
    if arrived:
        yield f"{abs(arrived)} {'arrived later' if arrived > 0 else 'are not there any more'}"


def take_back(difference: int, *, waiting: int) -> tuple[int, int]:
    """Return what a difference moves where money waits, and what of it is payable or owed.

    What is taken back comes from what waits first; the rest is owed.

    >>> take_back(5, waiting=0), take_back(-5, waiting=8), take_back(-5, waiting=2)
    ((5, 0), (-5, 0), (-2, -3))
    """
    here = max(difference, -waiting)
    return here, difference - here


def correction_entry_id(*, correction: UUID, owner: str, currency: str) -> UUID:
    """Return the one id of the entry by which a correction moves an owner's money."""
    return ids.derived("earnings_corrected", correction, owner, currency)


def corrected_credits(parts: CorrectedParts) -> dict[AccountName, int]:
    """Return how many micro-units the entry of a correction credits to each account."""
    moves = [(parts.waiting, parts.waiting_micros), (parts.payable, parts.payable_micros)]
    taken = -sum(micros for _, micros in moves if micros < 0)
    given = {account: micros for account, micros in moves if micros > 0}
    return given | ({PLATFORM: taken} if taken else {})


def correction_entry(
    *,
    id: UUID,  # noqa: A002 - the entry's own
    parts: CorrectedParts,
    currency: str,
    head: tuple[str, str, str],
    occurred_at: dt.datetime,
) -> EntryDraft:
    """Return the ``earnings_corrected`` entry: between an owner and the platform.

    All entries of a correction together leave with the platform what its own part changed by.
    ``head`` is reference, policy version and memo.
    """
    reference, policy_version, memo = head
    transfers = []
    moves = ((parts.waiting, parts.waiting_micros), (parts.payable, parts.payable_micros))
    for account, micros in moves:
        if micros:
            debit, credit = (PLATFORM, account) if micros > 0 else (account, PLATFORM)
            transfers.append(TransferDraft(debit, credit, amount=Money(abs(micros), currency)))
    return EntryDraft(
        id=id,
        kind="earnings_corrected",
        reference=reference,
        policy_version=policy_version,
        occurred_at=occurred_at,
        memo=memo,
        transfers=tuple(transfers),
    )
