"""What of a member's fee is earned by when, what each part brings whom, and taking it back."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from takings.ledger.rules import TransferDraft
from takings.memberships.rules.months import DAY, UTC, Span
from takings.money import Money, Rate
from takings.settlement.rules import direct_share

REVENUE = "platform:revenue:memberships"


@dataclass(frozen=True, slots=True)
class Earned:
    """A part of a fee that was earned: ``share`` of ``total`` is the creator's, as it stands."""

    entry_id: UUID
    since: dt.date
    total: Money
    share: Money


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of an earned part goes back to where the fee waits."""

    part: Earned
    total: Money
    share: Money


def paid_span(span: Span, *, left_at: dt.datetime | None) -> Span:
    """Return for which time a fee pays: who left pays for the day on which they did."""
    if left_at is None:
        return span
    day = max(left_at, span.starts_at).astimezone(UTC).date() + DAY
    midnight = dt.datetime.combine(day, dt.time.min, tzinfo=UTC)
    return Span(span.starts_at, max(midnight, span.starts_at + dt.timedelta.resolution))


def earn_transfers(
    *, account: str, creator_id: int, total: Money, share: Money
) -> tuple[TransferDraft, ...]:
    """Return what moves when a part of a fee is earned."""
    parts = ((f"creator:{creator_id}:pending", share), (REVENUE, total - share))
    return tuple(TransferDraft(account, to, amount) for to, amount in parts if amount)


def standing(parts: Iterable[Earned], taken: Iterable[tuple[UUID, Money, Money]]) -> list[Earned]:
    """Return the parts less what was taken back of each, without those that are gone wholly."""
    back = list(taken)
    found = []
    for one in parts:
        mine = [cut for cut in back if cut[0] == one.entry_id]
        nothing = Money.zero(one.total.currency)
        total = one.total - sum((cut[1] for cut in mine), nothing)
        share = one.share - sum((cut[2] for cut in mine), nothing)
        if total:
            found.append(Earned(one.entry_id, one.since, total, share))
    return found


def cuts(parts: Sequence[Earned], *, missing: Money, rate: Rate) -> list[Cut]:
    """Return what is taken back of which parts so that ``missing`` waits again, the newest first.

    What is left of a part is shared as if it had been all of it, so whoever gives a part back in
    pieces gives exactly what was had.
    """
    found = []
    for one in reversed(parts):
        total = min(one.total, missing)
        if total:
            left = direct_share(one.total - total, rate=rate)
            found.append(Cut(one, total, one.share - left))
            missing -= total
    return found
