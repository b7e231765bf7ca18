"""How likely something is in one place, from how likely it is anywhere: factors on its odds.

A logistic model of the place alone, kept as what its weights mean: that a phone multiplies the odds
of a click by 1.23 is 1,230,000 millionths. What an ad is like anywhere is not in it: that is
counted anew every five minutes (``rates``). Whole numbers, so a price never hangs on a rounding of
some machine, and everybody can work it out again.
"""

import datetime as dt
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from takings.ads.rules.lines import MILLION, Opportunity

HOURS_TOGETHER = 4
CROSSED = ("placement", "device", "about")
"""What a line item has factors of its own for; without them the order of ads would stay."""

NOTHING: Mapping[str, int] = MappingProxyType({})


class Where(NamedTuple):
    """A place for an ad as predictions know it: nothing of who watches. Empty: unknown.

    ``hours`` is the first of four hours (UTC); ``about`` the narrowest category of the video.
    """

    placement: str
    device: str
    hours: str
    country: str
    about: str


def where_of(here: Opportunity) -> Where:
    """Return what predictions know of an opportunity."""
    about = narrowest(here.categories) if here.categories else ""
    return Where(here.placement, here.device, hours_of(here.at), here.country, about)


def hours_of(at: dt.datetime) -> str:
    """Return the first of the four hours (UTC) that an instant lies in: ``08``."""
    return f"{at.hour // HOURS_TOGETHER * HOURS_TOGETHER:02}"


@lru_cache(maxsize=4_096)
def narrowest(categories: frozenset[str]) -> str:
    """Return the category that says most: the longest code, of a list with what it belongs to."""
    return max(categories, key=lambda one: (len(one), one))


@dataclass(frozen=True, slots=True)
class Lifts:
    """What is known of places, for one pricing; odds are multiplied by ``everywhere_ppm`` first.

    ``places`` holds, of a field of :class:`Where` and a value, what it multiplies odds by, in
    millionths; ``items`` the same of single line items, as :func:`own_key` names them. ``knots``
    lead from what the factors say to what was seen, in ppm, both rising.
    """

    everywhere_ppm: int = MILLION
    places: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    items: Mapping[UUID, Mapping[str, int]] = field(default_factory=dict)
    knots: tuple[tuple[int, int], ...] = ()

    def at(self, where: Where) -> "LiftsAt":
        """Return what is known of one place."""
        factor = self.everywhere_ppm
        for name, known in self.places.items():
            factor = factor * known.get(getattr(where, name), MILLION) // MILLION
        return LiftsAt(factor, own_keys(where), self.knots)

    def own(self, item_id: UUID) -> Mapping[str, int]:
        """Return a line item's own factors, of all places."""
        return self.items.get(item_id, NOTHING)


class LiftsAt(NamedTuple):
    """What is known of one place: all its factors as one, and the names of a line item's own."""

    factor_ppm: int
    keys: tuple[str, ...]
    knots: tuple[tuple[int, int], ...]

    def chance_ppm(self, base_ppm: int, *, own: Mapping[str, int]) -> int:
        """Return how likely it is here; ``base_ppm`` is how likely it is anywhere.

        ``own`` are the line item's own factors (:meth:`Lifts.own`).

        >>> lifts = Lifts(places={"device": {"phone": 3_000_000}})
        >>> here = lifts.at(Where("feed", "phone", "12", "DE", ""))
        >>> here.chance_ppm(100_000, own={})
        250000
        """
        odds = base_ppm * self.factor_ppm
        if own:
            for key in self.keys:
                if key in own:
                    odds = odds * own[key] // MILLION
        chance = MILLION * odds // (odds + (MILLION - base_ppm) * MILLION or 1)
        if self.knots:
            chance = calibrate(chance, knots=self.knots)
        return chance if 0 < chance <= MILLION else max(1, min(chance, MILLION))


def as_json(lifts: Lifts) -> dict[str, object]:
    """Return lifts as they are kept; :func:`from_json` reads them."""
    return {
        "everywhere": lifts.everywhere_ppm,
        "places": lifts.places,
        "items": {str(item_id): own for item_id, own in lifts.items.items()},
        "knots": [list(one) for one in lifts.knots],
    }


def from_json(kept: dict[str, Any]) -> Lifts:
    """Read lifts as they are kept."""
    return Lifts(
        everywhere_ppm=kept["everywhere"],
        places=kept["places"],
        items={UUID(item_id): own for item_id, own in kept["items"].items()},
        knots=tuple((predicted, seen) for predicted, seen in kept["knots"]),
    )


def own_key(name: str, value: str) -> str:
    """Return how a line item's own factor is named: ``device=phone``."""
    return f"{name}={value}"


@lru_cache(maxsize=4_096)
def own_keys(where: Where) -> tuple[str, ...]:
    """Return the names of the factors that a line item may have of its own in a place."""
    return tuple(own_key(name, getattr(where, name)) for name in CROSSED)


def calibrate(chance_ppm: int, *, knots: tuple[tuple[int, int], ...]) -> int:
    """Return what was seen where so much was predicted: between two knots on the line of both.

    Beyond the last, and before the first, in the same ratio as there.

    >>> [calibrate(one, knots=((1_000, 500), (3_000, 4_500))) for one in (500, 2_000, 6_000)]
    [250, 2500, 9000]
    """
    place = bisect_left(knots, (chance_ppm,))
    if place in {0, len(knots)}:
        predicted, seen = knots[min(place, len(knots) - 1)]
        return chance_ppm * seen // predicted
    (low, seen_low), (high, seen_high) = knots[place - 1], knots[place]
    return seen_low + (chance_ppm - low) * (seen_high - seen_low) // (high - low)
