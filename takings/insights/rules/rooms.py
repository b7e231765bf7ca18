"""What the settlement room shows, as values: a period beside the one closed before it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from takings.insights.rules.trace import Ref
from takings.money import Money
from takings.policies.rules import DIRECT

Direction = Literal["up", "down", "same", "new", "gone", "none"]
THOUSAND = 1_000
PERMILLE = 1_000


@dataclass(frozen=True, slots=True)
class Moved:
    """How a number moved against the period before: ``+12 %``, ``new``, ``gone``, or nothing."""

    words: str
    direction: Direction


def moved(*, before: int | None, now: int) -> Moved:
    """Return the change in whole percent, rounded to the nearest; ``None`` is no comparison.

    >>> moved(before=200, now=250).words, moved(before=0, now=5).words, moved(before=5, now=0).words
    ('+25 %', 'new', 'gone')
    """
    if before is None or (not before and not now):
        return Moved("", "none")
    if not before:
        return Moved("new", "new")
    if not now:
        return Moved("gone", "gone")
    percent = (abs(now - before) * 200 + before) // (before * 2)
    if now == before:
        return Moved("±0 %", "same")
    return Moved(f"+{percent:,} %", "up") if now > before else Moved(f"−{percent:,} %", "down")


@dataclass(frozen=True, slots=True)
class StageRow:
    """One step of a close: done at an instant with so many rows, or not yet."""

    name: str
    finished_at: dt.datetime | None
    row_count: int
    snapshot_id: int | None
    input_digest: str
    output_digest: str


@dataclass(frozen=True, slots=True)
class Paid:
    """How a pool was split; without these parts it is still estimated."""

    rights: Money
    platform: Money


@dataclass(frozen=True, slots=True)
class PoolSums:
    """One pool's money and the views of creators who share in it."""

    total: Money
    creators: Money
    views: int

    @property
    def rate(self) -> Money:
        """What creators get for a thousand views that share, rounded down."""
        return Money(
            self.creators.micros * THOUSAND // self.views if self.views else 0,
            self.creators.currency,
        )


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One pool now and in the period before; ``came_from`` says what filled it.

    ``entry_id`` is the entry that shared it, once it is shared.
    """

    country: str
    product: str
    account: str
    now: PoolSums
    before: PoolSums | None
    paid: Paid | None
    came_from: str
    entry_id: UUID | None

    @property
    def is_direct(self) -> bool:
        """Whether it is of ads inside videos or gifts: no pool, no account, no view asked for."""
        return self.product in DIRECT

    @property
    def rate_moved(self) -> Moved:
        """How the rate moved: it compares a running month with a whole one."""
        before = None if self.before is None else self.before.rate.micros
        return moved(before=before, now=self.now.rate.micros)

    @property
    def total_moved(self) -> Moved:
        """How the money in it moved."""
        before = None if self.before is None else self.before.total.micros
        return moved(before=before, now=self.now.total.micros)


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How many showings had an outcome, of ``whole``; and of how many last time."""

    outcome: str
    name: str
    rule: str
    showings: int
    whole: int
    showings_before: int
    whole_before: int

    @property
    def share(self) -> str:
        """Its part of all showings: ``12.3 %``."""
        return share_words(self.showings, whole=self.whole)

    @property
    def share_before(self) -> str:
        """Its part last time; empty when nothing was counted then."""
        if not self.whole_before:
            return ""
        return share_words(self.showings_before, whole=self.whole_before)


def share_words(part: int, *, whole: int) -> str:
    """Return a share in tenths of a percent, rounded down; something is never shown as nothing.

    >>> share_words(1, whole=3), share_words(1, whole=100_000), share_words(0, whole=0)
    ('33.3 %', 'under 0.1 %', '0.0 %')
    """
    tenths = part * PERMILLE // whole if whole else 0
    if part and not tenths:
        return "under 0.1 %"
    return f"{tenths // 10}.{tenths % 10} %"


MoverList = Literal["amount", "relative", "views", "new", "gone"]


@dataclass(frozen=True, slots=True)
class Mover:
    """A creator or a country that moved; ``ref`` opens its largest amount, where there is one."""

    name: str
    before: Money
    now: Money
    views_before: int
    views: int
    ref: Ref | None

    @property
    def change(self) -> Money:
        """How much more, or less."""
        return self.now - self.before

    @property
    def views_change(self) -> int:
        """How many more views, or fewer."""
        return self.views - self.views_before

    @property
    def moved(self) -> Moved:
        """The change of the amount in percent."""
        return moved(before=self.before.micros, now=self.now.micros)

    @property
    def views_moved(self) -> Moved:
        """The change of the views in percent."""
        return moved(before=self.views_before, now=self.views)
