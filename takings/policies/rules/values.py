"""A policy as values: typed, frozen, each fact with its comparator, source and mark."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar

from takings.core.errors import NotFound
from takings.money import Rate
from takings.policies.rules.products import (
    DIRECT,
    FEED_ADS,
    NoProductRule,
    PoolRule,
    direct_rule,
)
from takings.policies.rules.views import ViewRule

Comparator = Literal[">=", ">", "<=", "<", ""]
Mark = Literal["house", "O", "O2", "S"]
Value = int | str | bool | list[str]


class NoPolicyCovers(NotFound):
    """The instant lies before the first version of the pack."""

    code = "no_policy_covers"
    sentence = "No version of the {pack} policy was in force on {at:%Y-%m-%d}."


class UnknownPolicy(NotFound):
    """No such pack or version exists."""

    code = "unknown_policy"
    sentence = "There is no policy “{version}”."


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact of a pack: ``view.min_watch_ms`` is ``>= 5000 ms``, and says who.

    ``mark`` is how far to trust the source: ``house`` is our own decision, ``O`` an official text,
    ``O2`` its transcription, ``S`` a secondary source.
    """

    name: str
    value: Value
    unit: str
    comparator: Comparator
    mark: Mark
    source: str


@dataclass(frozen=True, slots=True)
class AdRule:
    """How often ads come, when one is seen (MRC), how long a decision holds, what it brings."""

    organic_between_ads: int
    viewable_pixels_bp: int
    viewable_ms: int
    token_ttl_s: int
    auction_floor_micros: int


@dataclass(frozen=True, slots=True)
class ReserveRule:
    """What of a stream's released money is kept for some days; ``new`` is a creator's standing.

    A creator is new for ``new_days`` after the studio was opened.
    """

    stream: str
    standing: Literal["new", "any"]
    share: Rate
    days: int
    new_days: int

    def fits(self, *, stream: str, open_days: int) -> bool:
        """Tell whether it is for this stream, and for a studio open for so many days."""
        return self.stream == stream and (self.standing == "any" or open_days < self.new_days)


@dataclass(frozen=True, slots=True)
class SettlementRule:
    """How long money is held after the close, what is kept in reserve, how late a view may come.

    ``hold_days`` is of each stream that ``stream_hold_days`` does not name.
    """

    hold_days: int
    stream_hold_days: Mapping[str, int]
    reserves: tuple[ReserveRule, ...]
    late_days: int

    def held(self, *, stream: str) -> int:
        """Return how many days after the close a stream's money becomes payable."""
        return self.stream_hold_days.get(stream, self.hold_days)

    def reserve(self, *, stream: str, open_days: int) -> ReserveRule | None:
        """Return the first reserve that fits, or nothing is kept."""
        fitting = (one for one in self.reserves if one.fits(stream=stream, open_days=open_days))
        return next(fitting, None)


@dataclass(frozen=True, slots=True)
class Policy:
    """One dated version of a pack; ``version`` is what entries and statements name.

    ``pool`` shares feed ads and ``products`` every other pool. ``shares`` are the creator's shares
    of money that belongs to one creator: ads on a video, a fan's payment.
    """

    version: str
    effective_from: dt.datetime
    announced_on: dt.date
    summary: str
    currency: str
    view: ViewRule
    pool: PoolRule
    ads: AdRule
    settlement: SettlementRule
    facts: tuple[Fact, ...]
    products: Mapping[str, PoolRule] = field(default_factory=dict)
    shares: Mapping[str, Rate] = field(default_factory=dict)

    def has_rule(self, product: str) -> bool:
        """Tell whether this version says how the pools of a product are shared."""
        return product == FEED_ADS or product in DIRECT or product in self.products

    def rule_of(self, product: str) -> PoolRule:
        """Return how the pools of a product are shared. Refuses: NoProductRule.

        Direct money has no pool: what was earned under an earlier version stays as it is.
        """
        if not self.has_rule(product):
            raise NoProductRule(version=self.version, product=product)
        if product in DIRECT:
            return direct_rule(product, self.shares.get(product))
        return self.pool if product == FEED_ADS else self.products[product]

    def fact(self, name: str) -> Fact:
        """Return the fact of this name (``view.min_watch_ms``); ``KeyError`` if there is none."""
        for fact in self.facts:
            if fact.name == name:
                return fact
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class ViewPolicy:
    """What a platform called a view from one instant on: its definitions by name (``engaged``)."""

    version: str
    effective_from: dt.datetime
    summary: str
    definitions: Mapping[str, ViewRule]
    facts: tuple[Fact, ...]


class Dated(Protocol):
    """Anything that begins at an instant."""

    @property
    def effective_from(self) -> dt.datetime:
        """Its first instant."""


_Dated = TypeVar("_Dated", bound=Dated)


def in_force(policies: Iterable[_Dated], *, at: dt.datetime) -> _Dated | None:
    """Return the version in force at an instant: the last that began at or before it."""
    begun = [policy for policy in policies if policy.effective_from <= at]
    return max(begun, key=lambda policy: policy.effective_from, default=None)
