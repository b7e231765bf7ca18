"""The decision over, slowly and obviously: every item looked at, exact fractions, no index."""

import datetime as dt
import math
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zlib import crc32

from takings.ads.rules.lifts import Where, calibrate, where_of
from takings.ads.rules.lines import UNSAID, Cap, LineItem, Opportunity, Rotation, Sale
from takings.ads.rules.rates import Rates
from takings.ads.rules.snapshot import takes_turn
from takings.ads.rules.targeting import quarter_of

HOUR = dt.timedelta(hours=1)
WIDER = {"FR-01": ("FR-ARA",)}


@dataclass(frozen=True)
class World:
    """What a snapshot is built from, and who has no money left."""

    items: Sequence[LineItem]
    rates: Rates
    seed: int = 0
    broke: Collection[uuid.UUID] = ()


@dataclass(frozen=True)
class Weighed:
    """An item with its creatives, each as often as it comes in turn."""

    item: LineItem
    creative_ids: list[uuid.UUID]
    chance: Fraction
    pace: Fraction

    @property
    def value(self) -> Fraction:
        """Micro-units that an impression brings."""
        return self.item.bid_micros * self.chance * self.pace

    @property
    def worth(self) -> Fraction:
        """The same, weighed by quality."""
        return self.value * self.item.quality_bp


def decide_plainly(
    world: World, here: Opportunity, *, order: Sequence[LineItem] | None = None
) -> tuple[uuid.UUID, uuid.UUID, int] | None:
    """Return item, creative and price, or None; ``order`` spares ranking the world again.

    Whoever wins without money is left out, and all is decided anew.
    """
    left = list(order or ranked(world))
    while (won := _decide(left, world, here)) and won[0] in world.broke:
        left = [item for item in left if item.id != won[0]]
    return won


def _decide(
    items: Iterable[LineItem], world: World, here: Opportunity
) -> tuple[uuid.UUID, uuid.UUID, int] | None:
    weighed: list[Weighed] = []
    for item in items:
        if len(weighed) == 20:
            break
        creative_ids = shown(item, here)
        if creative_ids and fits(item, here, world.seed):
            weighed.append(weigh(item, creative_ids, world.rates, where=where_of(here)))
    bids = [one for one in weighed if one.item.sale == Sale.FIXED or one.value >= here.floor_micros]
    if not bids:
        return None
    best = max(bid.worth for bid in bids)
    equals = [bid for bid in bids if bid.worth == best]
    winner = equals[here.draw % len(equals)]
    item = winner.item
    rivals = [bid.worth for bid in bids if bid.item.advertiser_id != item.advertiser_id]
    beaten = max(rivals, default=Fraction(0)) / (winner.chance * item.quality_bp)
    least = max(beaten, here.floor_micros / winner.chance, Fraction(1))
    price = item.bid_micros if item.sale == Sale.FIXED else math.ceil(least)
    creatives = winner.creative_ids
    return item.id, creatives[here.draw // len(equals) % len(creatives)], price


def ranked(world: World) -> list[LineItem]:
    """Return the items by what an impression of them is worth anywhere; equals as the seed says."""

    def place(item: LineItem) -> tuple[Fraction, int, uuid.UUID]:
        worth = weigh(item, item.creative_ids, world.rates, where=None).worth
        return -worth, crc32(item.id.bytes, world.seed), item.id

    return sorted(world.items, key=place)


def weigh(
    item: LineItem, creative_ids: Sequence[uuid.UUID], rates: Rates, *, where: Where | None
) -> Weighed:
    """Weigh an item by its creatives as they come in turn."""
    chances = {one: rates.chance_ppm(item, creative_id=one) for one in creative_ids}
    turns = []
    if item.rotation == Rotation.BEST:
        best = [one for one in creative_ids if chances[one] == max(chances.values())]
        if len(best) < len(creative_ids):
            turns = best * (9 * len(creative_ids) // len(best))
        turns += creative_ids
    else:
        for one in creative_ids:
            weight = item.weights[item.creative_ids.index(one)] if item.weights else 1
            turns += [one] * weight
    mean = sum(chances[one] for one in turns) // len(turns)
    pace = item.pace_ppm if item.sale == Sale.AUCTION else 1_000_000
    lifted = lift(mean, item, rates, where=where)
    return Weighed(item, turns, Fraction(lifted, 1_000_000), Fraction(pace, 1_000_000))


def lift(base_ppm: int, item: LineItem, rates: Rates, *, where: Where | None) -> int:
    """Return a chance anywhere as it is in a place: each factor on its odds in turn."""
    lifts = rates.lifts.get(item.pricing)
    if where is None or lifts is None:
        return base_ppm
    factor = lifts.everywhere_ppm
    for name, known in lifts.places.items():
        factor = factor * known.get(where._asdict()[name], 1_000_000) // 1_000_000
    odds = base_ppm * factor
    for name in ("placement", "device", "about"):
        own = lifts.items.get(item.id, {}).get(f"{name}={where._asdict()[name]}", 1_000_000)
        odds = odds * own // 1_000_000
    against = (1_000_000 - base_ppm) * 1_000_000
    chance = 1_000_000 * odds // (odds + against) if odds + against else 0
    seen = calibrate(chance, knots=lifts.knots) if lifts.knots else chance
    return max(1, min(seen, 1_000_000))


def fits(item: LineItem, here: Opportunity, seed: int) -> bool:
    """Tell whether an item runs now, wants this place and is not barred from it."""
    wants = item.targeting
    where = {here.region, *WIDER.get(here.region, ())} if here.region else {f"{here.country}-"}
    single = [
        (wants.countries, here.country),
        (wants.languages, here.language),
        (wants.devices, here.device),
        (wants.placements, here.placement),
        (wants.ages, here.age),
        (wants.creators, here.creator),
    ]
    return (
        item.starts_at <= here.at < item.ends_at
        and all(not wanted or value in wanted for wanted, value in single)
        and (not wants.hours or quarter_of(here.at) in wants.hours)
        and (not wants.categories or bool(wants.categories & here.categories))
        and (not wants.keywords or bool(wants.keywords & here.keywords))
        and here.creator not in wants.blocked_creators
        and not wants.blocked_categories & (here.categories or {UNSAID})
        and (not wants.regions or bool(wants.regions & where))
        and not wants.blocked_regions & where
        and not wants.blocked_keywords & here.keywords
        and item.advertiser_id not in here.blocked_advertisers
        and not item.categories & here.blocked_categories
        and takes_turn(item, turn=here.draw % 64, seed=seed)
    )


def _times(cap: Cap, here: Opportunity) -> int:
    since = here.at - {"hour": HOUR, "day": 24 * HOUR, "week": 7 * 24 * HOUR}[cap.window]
    return sum(one > since for one in here.seen.get(cap.counted_id, ()))


def shown(item: LineItem, here: Opportunity) -> list[uuid.UUID]:
    """Return the creatives that the viewer has not seen too often."""
    full = [cap.counted_id for cap in item.caps if _times(cap, here) >= cap.most]
    if item.id in full or item.campaign_id in full:
        return []
    return [one for one in item.creative_ids if one not in full]
