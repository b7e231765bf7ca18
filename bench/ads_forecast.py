"""How far forecasts are from what then comes: a week is sampled, the next one lived.

Value: the mean distance of the forecast from what new line items got in the second week, as a part
of what they got. Baseline: the naive forecast, in the same run: all requests of the first week,
times the part that was filled, shared alike among the line items. Sampler, forecast and decisions
are the product's own; the second week has other viewers, and the habits of the first.
"""

import datetime as dt
import os
import random
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import django

from bench._shape import QUICK, Stopwatch, check, report

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # the sampler lives beside what uses tables; none is used here

from takings.ads.edge.sampler import PERIOD, Sampler  # noqa: E402 - after Django is ready
from takings.ads.rules.auction import Won, decide  # noqa: E402 - after Django is ready
from takings.ads.rules.forecast import Flight, Forecast, Sampled, forecast, price_to_win  # noqa: E402 - after Django is ready
from takings.ads.rules.lines import MILLION, LineItem, Opportunity, Pricing, Sale, Targeting  # noqa: E402 - after Django is ready
from takings.ads.rules.rates import Rates  # noqa: E402 - after Django is ready
from takings.ads.rules.snapshot import build_snapshot  # noqa: E402 - after Django is ready

RIVALS, REQUESTS_A_DAY, NEW = (100, 10_000, 10) if QUICK else (300, 50_000, 16)
FLOOR_MICROS = 100
MOST_REPLAYED = 10_000
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
WEEK = 7 * DAY
MONDAY = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
CURVE = (2, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 8, 7, 6, 6, 7, 8, 10, 13, 15, 14, 10, 5)
COUNTRIES = {"US": 40, "DE": 25, "FR": 15, "BR": 12, "AT": 5, "LU": 1}
DEVICES = {"phone": 80, "desktop": 12, "tablet": 5, "tv": 3}
PLACEMENTS = {"feed": 80, "pre": 12, "mid": 5, "post": 3}
LANGUAGES = {"en": 45, "de": 25, "fr": 15, "pt": 15}
NOBODY = uuid.UUID(int=1)


@dataclass(frozen=True)
class Tried:
    """A new line item: what it was told, what the naive way tells, and what it got."""

    told: Forecast
    naive: int
    got: int


def requests(dice: random.Random, *, since: dt.datetime) -> Iterator[Opportunity]:
    """Yield a week of requests, the oldest first; fewer at weekends."""
    for day in range(7):
        count = REQUESTS_A_DAY if day < 5 else REQUESTS_A_DAY * 7 // 10
        hours = sorted(dice.choices(range(24), CURVE, k=count))
        for hour in hours:
            at = since + day * DAY + dt.timedelta(hours=hour, seconds=dice.randrange(3_600))
            yield Opportunity(
                at=at,
                draw=dice.getrandbits(30),
                country=_one(dice, COUNTRIES),
                language=_one(dice, LANGUAGES),
                device=_one(dice, DEVICES),
                placement=_one(dice, PLACEMENTS),
                floor_micros=FLOOR_MICROS,
            )


def _one(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def make_item(dice: random.Random, number: int, *, bid: float = 8.0) -> LineItem:
    """Make a line item that is aimed at something, or at nothing, and paced by its budget."""
    sale = dice.choice([Sale.AUCTION, Sale.FIXED, Sale.FIXED])
    paces = (200_000, 50_000) if sale == Sale.AUCTION else (60_000, 20_000, 5_000)
    targeting = Targeting(
        countries=_some(dice, COUNTRIES),
        languages=_some(dice, LANGUAGES, one_in=4),
        devices=_some(dice, DEVICES, one_in=3),
        placements=_some(dice, PLACEMENTS, one_in=3),
    )
    return LineItem(
        id=uuid.UUID(int=number),
        campaign_id=uuid.UUID(int=number),
        advertiser_id=number,
        creative_ids=(uuid.UUID(int=number),),
        pricing=dice.choice([Pricing.CPM, Pricing.VCPM]),
        bid_micros=round(dice.lognormvariate(bid, 0.7)),
        starts_at=MONDAY,
        ends_at=MONDAY + 2 * WEEK,
        sale=sale,
        targeting=targeting,
        pace_ppm=dice.choice(paces),
    )


def _some(dice: random.Random, weights: dict[str, int], *, one_in: int = 2) -> frozenset[str]:
    if dice.randrange(one_in):
        return frozenset()
    return frozenset(dice.sample(list(weights), dice.randint(1, 2)))


def live(items: Sequence[LineItem], here: Iterable[Opportunity]) -> Counter[uuid.UUID]:
    """Let a week pass, with a look at the database every hour; return what each won."""
    snapshot, hour = build_snapshot(items), MONDAY
    won: Counter[uuid.UUID] = Counter()
    for one in here:
        if one.at >= hour:
            hour += HOUR
            snapshot = build_snapshot(items, seed=int(hour.timestamp()))
        found = decide(snapshot, here=one, reserve=lambda _bid, _price: NOBODY)
        if isinstance(found, Won):
            won[found.item.id] += 1
    return won


def sample_of(rivals: Sequence[LineItem], here: Iterable[Opportunity]) -> list[Sampled]:
    """Let a week pass at one ad server, and return what it kept, thinned as a forecast reads it."""
    snapshot, sampler = build_snapshot(rivals), Sampler(seed=3)
    kept: list[Sampled] = []
    until = MONDAY
    for one in here:
        while one.at >= until:
            kept += sampler.take(until)
            until += PERIOD
        found = decide(snapshot, here=one, reserve=lambda _bid, _price: NOBODY)
        sampler.see(Sampled(one, price_to_win(found, floor_micros=FLOOR_MICROS)))
    kept += sampler.take(until)
    every = -(-len(kept) // MOST_REPLAYED)
    return [
        Sampled(a.here, a.to_win_micros, weight_ppm=a.weight_ppm * every) for a in kept[::every]
    ]


def main() -> None:
    """Sample a week, forecast new line items, live the next week with each of them."""
    dice = random.Random(4)  # noqa: S311 - the same market every time
    rivals = [make_item(dice, number) for number in range(1, RIVALS + 1)]
    new = [make_item(dice, 10_000 + number, bid=8.8) for number in range(NEW)]
    watch = Stopwatch()
    first = list(requests(random.Random(5), since=MONDAY))  # noqa: S311 - the same viewers
    next_week = list(requests(random.Random(6), since=MONDAY + WEEK))  # noqa: S311 - the same
    with watch.stage("sampled", units=len(first)):
        sample = sample_of(rivals, first)
    filled = sum(live(rivals, first).values())
    naive = filled // (RIVALS + 1)
    tried: list[Tried] = []
    flight = Flight(MONDAY + WEEK, MONDAY + 2 * WEEK, "UTC", budget_micros=10**15)
    for item in new:
        told = forecast(
            sample, item=item, rivals=rivals, rates=Rates(), flight=flight, at=MONDAY + WEEK
        )
        if isinstance(told, Forecast):
            free = [*rivals, replace(item, pace_ppm=MILLION)]
            got = live(free, next_week)[item.id]
            tried.append(Tried(told, naive, got))
    shown = [one for one in tried if one.got >= 100]
    for one in shown:
        ratio = one.told.expected.impressions / one.got
        print(
            f"got {one.got:8,}  forecast/actual {ratio:5.2f}  naive/actual {naive / one.got:6.2f}"
        )
    within = sum(
        one.told.low.impressions <= one.got <= one.told.high.impressions for one in shown
    ) / len(shown)
    print(
        f"{len(sample)} kept of {len(first)}; {len(shown)} of {NEW} new line items got 100 or more"
    )
    check(f"{within:.0%} lie within their range, at least 80 %", found=within >= 0.8, expected=True)
    error = sum(abs(one.told.expected.impressions - one.got) for one in shown)
    plain = sum(abs(one.naive - one.got) for one in shown)
    whole = sum(one.got for one in shown)
    check(f"off by {error / whole:.1%}", found=error / whole <= 0.15, expected=True)
    report(
        "ads_forecast",
        "distance of the forecast from what came",
        value=error / whole,
        unit="part",
        baseline=plain / whole,
    )


if __name__ == "__main__":
    main()
