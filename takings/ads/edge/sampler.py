"""What one ad server keeps as a sample: a few requests, and ads it chose, of each half-minute."""

import datetime as dt
from dataclasses import replace
from typing import Generic, TypeVar

from takings.ads.actions import DecidedDraft
from takings.ads.rules.auction import Won
from takings.ads.rules.forecast import Sampled, without_person
from takings.ads.rules.lifts import where_of
from takings.ads.rules.lines import MILLION, Opportunity
from takings.ads.rules.rates import Rates
from takings.ads.rules.tokens import Decision

PERIOD = dt.timedelta(seconds=30)
KEPT = 4
"""So many requests of each period: at most 11,520 rows a day and server."""
KEPT_DECISIONS = 20
"""So many ads of each period: at most 57,600 rows a day and server."""
_FACTOR, _WORD = 6_364_136_223_846_793_005, (1 << 64) - 1
"""Knuth's linear congruential generator (MMIX): its upper bits are even enough for a sample."""
T = TypeVar("T")


class Reservoir(Generic[T]):
    """Whatever comes, each of a period is kept as likely as any other.

    Vitter 1985, algorithm R. Each that is kept stands for as many as there were for each.
    """

    def __init__(self, *, most: int, seed: int) -> None:
        """Begin without any; ``seed`` is another one for each server."""
        self._most = most
        self._kept: list[T] = []
        self._seen = 0
        self._dice = seed
        self._since = dt.datetime.min.replace(tzinfo=dt.UTC)

    def see(self, one: T) -> None:
        """Perhaps keep one."""
        self._seen += 1
        if len(self._kept) < self._most:
            self._kept.append(one)
            return
        self._dice = (self._dice * _FACTOR + 1) & _WORD
        place = (self._dice >> 32) * self._seen >> 32
        if place < self._most:
            self._kept[place] = one

    def take_weighed(self, at: dt.datetime) -> tuple[list[T], int]:
        """Return what was kept and its weight in ppm, and begin anew; nothing in the period."""
        if at - self._since < PERIOD:
            return [], MILLION
        kept, seen = self._kept, self._seen
        self._kept, self._seen, self._since = [], 0, at
        return kept, seen * MILLION // max(1, len(kept))


class Sampler(Reservoir[Sampled]):
    """The requests that forecasts replay."""

    def __init__(self, *, seed: int) -> None:
        """Begin without requests."""
        super().__init__(most=KEPT, seed=seed)

    def take(self, at: dt.datetime) -> list[Sampled]:
        """Return what was kept, and begin anew; nothing while the period is not over."""
        kept, weight_ppm = self.take_weighed(at)
        return [replace(one, here=without_person(one.here), weight_ppm=weight_ppm) for one in kept]


class DecisionSampler(Reservoir[tuple[Decision, Opportunity, Won, Rates]]):
    """The ads that predictions are learned from."""

    def __init__(self, *, seed: int) -> None:
        """Begin without decisions."""
        super().__init__(most=KEPT_DECISIONS, seed=seed)

    def take(self, at: dt.datetime) -> list[DecidedDraft]:
        """Return what was kept, as far as predictions know it; nothing within the period."""
        kept, weight_ppm = self.take_weighed(at)
        return [
            DecidedDraft(
                decision_id=decision.decision_id,
                line_item_id=won.item.id,
                decided_at=decision.issued_at,
                where=where_of(here),
                base_ppm=rates.chance_ppm(won.item, creative_id=won.creative_id),
                weight_ppm=weight_ppm,
            )
            for decision, here, won, rates in kept
        ]
