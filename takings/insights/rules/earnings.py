"""What a creator earned, as values. Estimated and final never meet in one sum."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal
from uuid import UUID

from takings.insights.rules.arithmetic import PoolNumbers
from takings.insights.rules.reader import Whose, start
from takings.insights.rules.words import (
    country_words,
    direct_word,
    direct_words,
    product_words,
    views_words,
)
from takings.money import Money
from takings.policies.rules import GIFTS, WATCH_ADS

Status = Literal["estimated", "final"]


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """A period as pages name it: [``starts_at``, ``ends_at``); ``as_of`` is when it was counted."""

    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    policy_version: str
    status: Status
    as_of: dt.datetime | None

    @property
    def is_final(self) -> bool:
        """Tell whether the numbers will never change again."""
        return self.status == "final"


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which of a creator's lines: of one day, video or country, or all."""

    day: dt.date | None = None
    video_id: UUID | None = None
    country: str = ""

    def as_lookup(self) -> dict[str, object]:
        """Return the conditions as Django writes them."""
        wanted = {"day": self.day, "video_id": self.video_id, "country": self.country}
        return {name: value for name, value in wanted.items() if value}


@dataclass(frozen=True, slots=True)
class DayEarnings:
    """One UTC day: engaged views that share, and what they earned."""

    day: dt.date
    views: int
    amount: Money


@dataclass(frozen=True, slots=True)
class VideoEarnings:
    """One video in a period."""

    video_id: UUID
    title: str
    views: int
    amount: Money


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """How many showings had this outcome, the reason in words, and the rule behind it."""

    outcome: str
    name: str
    rule: str
    showings: int


@dataclass(frozen=True, slots=True)
class CountryShare:
    """One country's pool and the creator's place in it; ``paid`` is what the books say."""

    country: str
    pool: PoolNumbers
    own_views: int
    paid: Money
    platform: Money
    rights: Money
    entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class ProductShare:
    """What a creator earned in one country from a pool that is not of feed ads.

    Of what is in no pool (ads inside videos, gifts, sales): how many, and their cost (``gross``).
    """

    product: str
    country: str
    views: int
    amount: Money
    entry_id: UUID | None
    ads: int = 0
    gross: Money | None = None

    @property
    def is_direct(self) -> bool:
        """Whether it never was in a pool."""
        return self.gross is not None

    @property
    def note(self) -> str:
        """For how many views it is, or how many ads or gifts."""
        return direct_words(self.product, self.ads) if self.is_direct else views_words(self.views)


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One bar: what it is, how much, and whether it is taken away, left or the sum."""

    name: str
    note: str
    amount: Money
    tone: Literal["", "taken", "total"] = ""


def waterfall(
    shares: tuple[CountryShare, ...],
    *,
    currency: str,
    by: Whose,
    others: tuple[ProductShare, ...] = (),
) -> tuple[WaterfallRow, ...]:
    """Return where the ad money behind the creator's views went: the rows after it sum to it.

    What came from ``others``, pools that are not of feed ads, follows, with the sum of everything;
    of ads inside videos what they cost, and the platform's part of it, too.

    Gross is the creator's views' part of each country's ad money, rounded down over all countries;
    what is paid is exact; the platform's row takes what rounding leaves, under one micro-unit each.
    """
    gross = sum((_gross(share) for share in shares), Fraction(0))
    kept = sum((share.pool.creator_part(share.own_views) for share in shares), Fraction(0))
    paid = sum(share.paid.micros for share in shares)
    whole, music = int(gross), int(gross - kept)
    earned = Money(paid + sum(one.amount.micros for one in others), currency)
    ads = (
        WaterfallRow(
            f"Ad money behind {by.possessive} views", "before anything", Money(whole, currency)
        ),
        WaterfallRow("Music", "rights holders, from the pool", Money(music, currency), "taken"),
        WaterfallRow(
            "Platform", "the rest of the part", Money(whole - music - paid, currency), "taken"
        ),
        WaterfallRow(
            start(by.subject),
            f"posted to {by.possessive} account",
            Money(paid, currency),
            "total",
        ),
    )
    if not others:
        return ads
    return (
        *ads,
        *(row for one in others for row in _other(one, by=by)),
        WaterfallRow(_whole(others), "feed ads and the others", earned, "total"),
    )


def _whole(others: tuple[ProductShare, ...]) -> str:
    return "Everything" if any(one.is_direct for one in others) else "All pools"


def _other(one: ProductShare, *, by: Whose) -> Iterator[WaterfallRow]:
    place = country_words(one.country)
    if one.gross is not None:
        yield WaterfallRow(_paid_for(one.product, by=by), f"{place}, {one.note}", one.gross)
        of = "ad’s price" if one.product == WATCH_ADS else direct_word(one.product)
        rest = one.gross - one.amount
        yield WaterfallRow("Platform", f"the rest of each {of}", rest, "taken")
    yield WaterfallRow(product_words(one.product), place, one.amount)


def _paid_for(product: str, *, by: Whose) -> str:
    words = {
        WATCH_ADS: f"Ad money inside {by.possessive} videos",
        GIFTS: f"Gifts for {by.possessive} videos",
    }
    return words.get(product) or f"{product_words(product)}, without tax"


def _gross(share: CountryShare) -> Fraction:
    return Fraction(share.pool.total.micros * share.own_views, share.pool.views or 1)
