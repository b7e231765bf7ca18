"""The index of a decision: one bit per line item, in the order of what an impression is worth.

A bitset is a plain integer; bit 0 is the dearest item. Who may run here is an AND of a dozen
integers, and the candidates are its lowest bits. 10,000 items are 1,250 bytes a set.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID
from zlib import crc32

from takings.ads.rules.lifts import LiftsAt, Where, where_of
from takings.ads.rules.lines import MILLION, UNSAID, LineItem, Opportunity, Pricing, Sale
from takings.ads.rules.rates import Rates
from takings.ads.rules.rivals import Payer
from takings.ads.rules.rotation import round_of
from takings.ads.rules.targeting import quarter_of, regions_around

MOST_PLACES = 8_192
"""Of so many places it is remembered what ads are worth there, until the next look."""
TURNS = 64
"""A paced fixed price takes part in some of so many turns; a decision's draw picks the turn."""

_WANTED: Mapping[str, Callable[[LineItem], frozenset[str] | frozenset[int]]] = {
    "country": lambda item: item.targeting.countries,
    "language": lambda item: item.targeting.languages,
    "device": lambda item: item.targeting.devices,
    "hour": lambda item: item.targeting.hours,
    "placement": lambda item: item.targeting.placements,
    "age": lambda item: item.targeting.ages,
    "region": lambda item: item.targeting.regions,
    "creator": lambda item: item.targeting.creators,
    "category": lambda item: item.targeting.categories,
    "keyword": lambda item: item.targeting.keywords,
}
_ASKED: Mapping[str, Callable[[Opportunity], tuple[Hashable, ...]]] = {
    "country": lambda here: (here.country,),
    "language": lambda here: (here.language,),
    "device": lambda here: (here.device,),
    "hour": lambda here: (quarter_of(here.at),),
    "placement": lambda here: (here.placement,),
    "age": lambda here: (here.age,),
    "region": lambda here: tuple(sorted(regions_around(here.region, here.country))),
    "creator": lambda here: (here.creator,),
    "category": lambda here: tuple(sorted(here.categories)),
    "keyword": lambda here: tuple(sorted(here.keywords)),
}
_BARRED: Mapping[str, Callable[[LineItem], Iterable[Hashable]]] = {
    "creator": lambda item: item.targeting.blocked_creators,
    "category": lambda item: item.targeting.blocked_categories,
    "keyword": lambda item: item.targeting.blocked_keywords,
    "region": lambda item: item.targeting.blocked_regions,
    "advertiser": lambda item: (item.advertiser_id,),
    "ad category": lambda item: item.categories,
}


class Bid(NamedTuple):
    """A line item as it bids in one place.

    ``creative_ids`` are those of one round, each as often as it comes; ``chance_ppm`` is the mean.
    """

    rank: int
    item: LineItem
    creative_ids: tuple[UUID, ...]
    chance_ppm: int
    worth: int


class Weighed(dict[int, Bid]):
    """Bids by rank as they are worth in one place: each is weighed when it is first asked for."""

    def __init__(
        self,
        bids: tuple[Bid, ...],
        owns: tuple[Mapping[str, int], ...],
        lifts: Mapping[Pricing, LiftsAt],
    ) -> None:
        """Weigh nothing yet."""
        self._bids, self._owns, self._lifts = bids, owns, lifts

    def __missing__(self, rank: int) -> Bid:
        bid = self._bids[rank]
        self[rank] = found = lifted(bid, self._lifts.get(bid.item.pricing), own=self._owns[rank])
        return found


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that can be targeted: who wants each value, and who asks for nothing."""

    wanting: Mapping[Hashable, int]
    open: int

    def fitting(self, value: Hashable) -> int:
        """Return who wants this value or asks for nothing."""
        return self.wanting.get(value, self.open)

    def fitting_any(self, values: Iterable[Hashable]) -> int:
        """Return who wants one of these values or asks for nothing."""
        found = self.open
        for value in values:
            found |= self.wanting.get(value, 0)
        return found


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that decisions are made from between two looks at the database; never changed.

    ``bids`` are in the order of rank, by what they are worth anywhere, and ``owns`` what places do
    to each of them alone; ``capped`` is what their caps name. ``places`` remembers what they are
    worth in one place, for it is soon asked for again.
    """

    bids: tuple[Bid, ...]
    owns: tuple[Mapping[str, int], ...]
    capped: tuple[frozenset[UUID], ...]
    rates: Rates
    wanted: Mapping[str, Dimension]
    barred: Mapping[str, Mapping[Hashable, int]]
    turns: tuple[int, ...]
    places: dict[Where, "Weighed"] = field(default_factory=dict)

    def eligible(self, here: Opportunity) -> int:
        """Return the items that want this opportunity, and that it does not bar, as bits."""
        wanted = self.wanted
        found = (
            self.turns[here.draw % TURNS]
            & wanted["country"].fitting(here.country)
            & wanted["placement"].fitting(here.placement)
            & wanted["device"].fitting(here.device)
            & wanted["language"].fitting(here.language)
            & wanted["hour"].fitting(quarter_of(here.at))
            & wanted["age"].fitting(here.age)
            & wanted["region"].fitting_any(regions_around(here.region, here.country))
            & wanted["creator"].fitting(here.creator)
            & wanted["category"].fitting_any(here.categories)
            & wanted["keyword"].fitting_any(here.keywords)
        )
        return found & ~self._barred(here)

    def rivals(self, payer: Payer) -> int:
        """Return the items of others that advertise the same, as bits."""
        found = 0
        for subject in payer.subjects:
            found |= self.barred["ad category"].get(subject, 0)
        return found & ~self.barred["advertiser"].get(payer.advertiser, 0)

    def bids_at(self, here: Opportunity) -> "tuple[Bid, ...] | Weighed":
        """Return the bids by rank, as they are worth here."""
        if not self.rates.lifts:
            return self.bids
        where = where_of(here)
        known = self.places.get(where)
        if known is None:
            if len(self.places) >= MOST_PLACES:
                self.places.clear()
            known = self.places[where] = Weighed(self.bids, self.owns, self.rates.at(where))
        return known

    def _barred(self, here: Opportunity) -> int:
        barred = self.barred
        found = barred["creator"].get(here.creator, 0)
        if not here.categories:
            found |= barred["category"].get(UNSAID, 0)
        for name, values in (
            ("category", here.categories),
            ("keyword", here.keywords),
            ("region", regions_around(here.region, here.country)),
            ("advertiser", here.blocked_advertisers),
            ("ad category", here.blocked_categories),
        ):
            for value in values:
                found |= barred[name].get(value, 0)
        return found


def matched(item: LineItem, here: Opportunity) -> dict[str, list[Hashable]]:
    """Return which targeting of an item this opportunity met: dimension and values."""
    found: dict[str, list[Hashable]] = {}
    for name, asked_of in _ASKED.items():
        wanted = _WANTED[name](item)
        fitting = [value for value in asked_of(here) if value in wanted] if wanted else []
        if fitting:
            found[name] = fitting
    return found


def worth(item: LineItem, *, chance_ppm: int) -> int:
    """Return what an impression is worth, in micro-units times 10¹⁶: bid × chance × pace × quality.

    Whole numbers, so that two decisions never differ by a rounding.
    """
    pace_ppm = item.pace_ppm if item.sale == Sale.AUCTION else MILLION
    return item.bid_micros * chance_ppm * pace_ppm * item.quality_bp


def takes_turn(item: LineItem, *, turn: int, seed: int) -> bool:
    """Tell whether a fixed price takes part in a turn: in ``pace_ppm`` of all turns and seeds.

    An auction's pace is in its bid, so it takes part in all.
    """
    if item.sale == Sale.AUCTION or item.pace_ppm >= MILLION:
        return True
    return crc32(b"%b%d.%d" % (item.id.bytes, turn, seed)) * MILLION < item.pace_ppm << 32


def build_snapshot(
    items: Iterable[LineItem], *, rates: Rates | None = None, seed: int = 0
) -> Snapshot:
    """Rank the items and index them. ``seed`` changes with each: it orders equals, and paces."""
    known = rates or Rates()
    bids = sorted(
        (weigh(item, creative_ids=item.creative_ids, rates=known) for item in items),
        key=lambda bid: (-bid.worth, crc32(bid.item.id.bytes, seed), bid.item.id),
    )
    ranked = tuple(bid.item for bid in bids)
    return Snapshot(
        bids=tuple(bid._replace(rank=rank) for rank, bid in enumerate(bids)),
        owns=tuple(known.own(item) for item in ranked) if known.lifts else (),
        capped=tuple(frozenset(cap.counted_id for cap in item.caps) for item in ranked),
        rates=known,
        wanted={name: _dimension(ranked, values) for name, values in _WANTED.items()},
        barred={name: _bits(ranked, values) for name, values in _BARRED.items()},
        turns=_turns(ranked, seed=seed),
    )


def weigh(
    item: LineItem,
    *,
    creative_ids: tuple[UUID, ...],
    rates: Rates,
    where: Where | None = None,
    rank: int = 0,
) -> Bid:
    """Weigh an item by these creatives in a place, each as often as it comes in turn.

    How often is what it is anywhere.
    """
    chances = {one: rates.chance_ppm(item, creative_id=one) for one in creative_ids}
    turns = round_of(item, chances)
    mean = sum(chances[one] for one in turns) // len(turns)
    bid = Bid(rank, item, turns, mean, worth(item, chance_ppm=mean))
    return lifted(bid, rates.at(where).get(item.pricing), own=rates.own(item)) if where else bid


def lifted(bid: Bid, lifts: LiftsAt | None, *, own: Mapping[str, int]) -> Bid:
    """Return what an item that bids anywhere bids in a place of which so much is known."""
    if lifts is None:
        return bid
    rank, item, creative_ids, base_ppm, anywhere = bid
    chance_ppm = lifts.chance_ppm(base_ppm, own=own)
    return Bid(rank, item, creative_ids, chance_ppm, anywhere // base_ppm * chance_ppm)


def _dimension(
    ranked: Sequence[LineItem], values: Callable[[LineItem], Iterable[Hashable]]
) -> Dimension:
    wanting = _bits(ranked, values)
    everybody = (1 << len(ranked)) - 1
    asking = 0
    for bits in wanting.values():
        asking |= bits
    is_open = everybody & ~asking
    return Dimension({value: bits | is_open for value, bits in wanting.items()}, is_open)


def _bits(
    ranked: Sequence[LineItem], values: Callable[[LineItem], Iterable[Hashable]]
) -> dict[Hashable, int]:
    """Return, for each value, which ranks have it. Bytes are set, then read as one integer."""
    length = len(ranked) // 8 + 1
    sets: defaultdict[Hashable, bytearray] = defaultdict(lambda: bytearray(length))
    for rank, item in enumerate(ranked):
        for value in values(item):
            sets[value][rank >> 3] |= 1 << (rank & 7)
    return {value: int.from_bytes(bits, "little") for value, bits in sets.items()}


def _turns(ranked: Sequence[LineItem], *, seed: int) -> tuple[int, ...]:
    """Return who takes part in each turn; one integer serves all turns where nobody is paced."""
    paced = [
        (rank, item)
        for rank, item in enumerate(ranked)
        if not (item.sale == Sale.AUCTION or item.pace_ppm >= MILLION)
    ]
    everybody = (1 << len(ranked)) - 1
    if not paced:
        return (everybody,) * TURNS
    free = everybody & ~_union(1 << rank for rank, _ in paced)
    return tuple(
        free | _union(1 << rank for rank, item in paced if takes_turn(item, turn=turn, seed=seed))
        for turn in range(TURNS)
    )


def _union(bits: Iterable[int]) -> int:
    found = 0
    for one in bits:
        found |= one
    return found
