"""Choosing an ad among 10,000 line items, in process.

Value: decisions a second by the index, on one core. Baseline: the same decision by looking at the
line items one by one, dearest first, until twenty fit; both decide the same.
"""

import datetime as dt
import random
import time
import uuid
from collections.abc import Callable, Sequence

from bench._shape import QUICK, Stopwatch, check, report
from takings.ads.rules.auction import Won, decide
from takings.ads.rules.lifts import Lifts
from takings.ads.rules.lines import (
    Cap,
    LineItem,
    Opportunity,
    Pricing,
    Sale,
    Targeting,
    Window,
)
from takings.ads.rules.rates import Rates
from takings.ads.rules.snapshot import Snapshot, build_snapshot
from takings.host.garbage import spare_what_is_loaded
from tests.ads.plainly import World, decide_plainly

ITEMS = 2_000 if QUICK else 10_000
COMPARED, DECISIONS = (100, 5_000) if QUICK else (300, 40_000)
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
EARLIER = NOON - dt.timedelta(hours=1)
"""When ads were seen: within the day before every decision."""
LEASE = uuid.UUID(int=1)
COUNTRIES = ["US", "DE", "GB", "JP", "BR", "IN", "FR", "MX", "ID", "NG"]
LANGUAGES, DEVICES = ["en", "de", "ja", "pt", "hi", "fr"], ["phone", "tablet", "desktop", "tv"]
TOPICS = [f"topic {n}" for n in range(30)]
WORDS = [f"word {n}" for n in range(200)]


def make_items(dice: random.Random) -> list[LineItem]:
    """Make line items of which each dimension is asked for by one in six to one in two."""
    return [_item(number, dice) for number in range(1, ITEMS + 1)]


def _item(number: int, dice: random.Random) -> LineItem:
    def some(values: Sequence[str], *, part: float, most: int) -> frozenset[str]:
        asks = dice.random() < part
        return frozenset(dice.sample(values, dice.randint(1, most)) if asks else ())

    item_id = uuid.UUID(int=dice.getrandbits(128))
    creatives = tuple(uuid.UUID(int=dice.getrandbits(128)) for _ in range(dice.randint(1, 3)))
    return LineItem(
        id=item_id,
        campaign_id=uuid.UUID(int=number // 2 + 1),
        advertiser_id=number % 900,
        creative_ids=creatives,
        pricing=dice.choice([one for one in Pricing if one is not Pricing.FREE]),
        bid_micros=dice.randint(500, 20_000),
        starts_at=NOON - dt.timedelta(days=1),
        ends_at=NOON + dt.timedelta(days=1),
        sale=dice.choice(list(Sale)),
        targeting=Targeting(
            countries=some(COUNTRIES, part=0.5, most=3),
            languages=some(LANGUAGES, part=0.3, most=2),
            devices=some(DEVICES, part=0.3, most=2),
            hours=frozenset(range(32, 80)) if dice.random() < 0.2 else frozenset(),
            categories=some(TOPICS, part=0.3, most=5),
            keywords=some(WORDS, part=0.2, most=10),
            blocked_categories=some(TOPICS, part=0.2, most=3),
        ),
        caps=(Cap(item_id, Window.DAY, 3),) if dice.random() < 0.5 else (),
        categories=some(TOPICS, part=0.5, most=1),
        quality_bp=dice.randint(5_000, 15_000),
        pace_ppm=dice.choice([1_000_000, 1_000_000, 400_000]),
    )


def make_opportunities(
    count: int, *, items: Sequence[LineItem], dice: random.Random
) -> list[Opportunity]:
    """Make places for ads as they come: a viewer somewhere, a video about something, ads seen."""
    return [
        Opportunity(
            at=NOON + dt.timedelta(minutes=number * 1_000 // count),
            draw=dice.getrandbits(30),
            country=dice.choice(COUNTRIES),
            language=dice.choice(LANGUAGES),
            device=dice.choice(DEVICES),
            placement="feed",
            categories=frozenset(dice.sample(TOPICS, 2)),
            keywords=frozenset(dice.sample(WORDS, 3)),
            blocked_advertisers=frozenset({dice.randrange(900)}),
            blocked_categories=frozenset({dice.choice(TOPICS)}),
            seen={one.id: [EARLIER] * dice.randint(1, 4) for one in dice.sample(items, 20)},
            floor_micros=dice.choice([0, 2, 10]),
        )
        for number in range(count)
    ]


def make_rates(items: Sequence[LineItem], dice: random.Random) -> Rates:
    """Know a rate of every creative, and what places do to all, and to one item in three more."""
    most = {Pricing.CPM: 1_000_000, Pricing.VCPM: 900_000, Pricing.CPV: 500_000}
    known = {
        (item.id, one): dice.randint(1, most.get(item.pricing, 9_000))
        for item in items
        for one in item.creative_ids
    }
    places = {
        "device": {one: dice.randint(500_000, 2_000_000) for one in DEVICES},
        "hours": {f"{hour:02}": dice.randint(700_000, 1_400_000) for hour in range(0, 24, 4)},
        "country": {one: dice.randint(700_000, 1_400_000) for one in COUNTRIES},
        "about": {one: dice.randint(700_000, 1_400_000) for one in TOPICS},
    }
    own = {
        item.id: {f"device={one}": dice.randint(500_000, 2_000_000) for one in DEVICES}
        for item in items
        if dice.random() < 1 / 3
    }
    lifts = Lifts(places=places, items=own, knots=((1_000, 900), (500_000, 600_000)))
    return Rates(known, dict.fromkeys(Pricing, lifts))


def compare(watch: Stopwatch) -> tuple[float, float]:
    """Return decisions a second by the index and by looking at items one by one."""
    spare_what_is_loaded()  # as every process does that decides
    dice = random.Random(11)  # noqa: S311 - the same items every time
    items = make_items(dice)
    world = World(items, make_rates(items, dice))
    with watch.stage("snapshot built", units=ITEMS):
        snapshot = build_snapshot(items, rates=world.rates)
    places = make_opportunities(DECISIONS, items=items, dice=dice)
    some = places[:COMPARED]
    order = [bid.item for bid in snapshot.bids]
    check(
        f"{COMPARED} decisions are those of looking at every item",
        found=[_told(snapshot, one) for one in some],
        expected=[decide_plainly(world, one, order=order) for one in some],
    )
    eligible = [snapshot.eligible(one).bit_count() for one in some]
    print(f"{sum(eligible) / len(eligible):.0f} of {ITEMS:,} items fit, on average")
    index = _time("by the index", places, lambda one: _told(snapshot, one))
    plain = _time("item by item", some, lambda one: decide_plainly(world, one, order=order))
    return index, plain


def _told(snapshot: Snapshot, here: Opportunity) -> tuple[uuid.UUID, uuid.UUID, int] | None:
    won = decide(snapshot, here=here, reserve=lambda *_: LEASE)
    return (won.item.id, won.creative_id, won.price_micros) if isinstance(won, Won) else None


def _time(name: str, places: Sequence[Opportunity], work: Callable[[Opportunity], object]) -> float:
    """Print decisions a second of CPU and how long single ones took; return the rate."""
    took = []
    began = time.thread_time()
    for place in places:
        before = time.perf_counter_ns()
        work(place)
        took.append(time.perf_counter_ns() - before)
    rate = len(places) / (time.thread_time() - began)
    took.sort()
    p50, p99 = (took[int(len(took) * part)] / 1e6 for part in (0.5, 0.99))
    print(f"{name:<24}{rate:>10,.0f} a second of CPU, p50 {p50:.3f} ms, p99 {p99:.3f} ms")
    return rate


def main() -> None:
    """Compare both."""
    index, plain = compare(Stopwatch())
    report(
        "ads_decisions",
        f"decisions among {ITEMS:,} line items on one core",
        value=index,
        unit="decisions/s",
        baseline=plain,
    )


if __name__ == "__main__":
    main()
