"""What it is worth to learn what places do to chances, in a world whose truth is known.

Two weeks of clicks are lived: each night the ads are counted, by day the auction decides by what
was counted. Then places are learned from a sample, and one more day is decided three times: by one
rate for all, by counting alone (empirical Bayes), and by what was learned. Value: what the ads of
that day were truly worth to their advertisers when what was learned decides, a thousand places.
Baseline: the same by counting alone. Log-loss and calibration are those of the learned days held
out. What is true of places is not in any rate: kinds of devices, hours, what a video is about, and
how each ad does on each.
"""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp

from bench._shape import QUICK, Stopwatch, check, report
from takings.ads.rules.auction import Won, decide
from takings.ads.rules.fitting import Example
from takings.ads.rules.lifts import Where, where_of
from takings.ads.rules.lines import MILLION, LineItem, Opportunity, Pricing, Sale
from takings.ads.rules.rates import PRIOR_PPM, STRENGTH, Counted, Rates, estimate_ppm
from takings.ads.rules.snapshot import Snapshot, build_snapshot
from takings.ads.rules.training import Judged, Verdict, train

ITEMS, DAYS, REQUESTS = (40, 10, 15_000) if QUICK else (120, 14, 40_000)
FIRST = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TOPICS = ["", "IAB1-6", "IAB8", "IAB9-30", "IAB17", "IAB19"]
DEVICES = ["phone", "phone", "phone", "desktop", "tablet", "tv"]
PLACES = ["feed", "feed", "pre", "mid", "post"]
LEASE = uuid.UUID(int=1)


class World:
    """Who bids, and how likely a click truly is."""

    def __init__(self) -> None:
        """Draw it; the same every time."""
        dice = random.Random(3)  # noqa: S311 - the same world every time

        def lifts(values: Sequence[str], spread: float) -> dict[str, float]:
            return {one: exp(dice.gauss(0, spread)) for one in sorted(set(values))}

        self.items = [self._item(number, dice) for number in range(1, ITEMS + 1)]
        self._own = {item.id: exp(dice.gauss(-5.3, 0.5)) for item in self.items}
        hours = [f"{hour:02}" for hour in range(0, 24, 4)]
        self._places = {
            "device": lifts(DEVICES, 0.4),
            "placement": lifts(PLACES, 0.3),
            "hours": lifts(hours, 0.15),
            "about": lifts(TOPICS, 0.3),
        }
        self._crossed = {
            item.id: {"device": lifts(DEVICES, 0.4), "about": lifts(TOPICS, 0.4)}
            for item in self.items
        }

    @staticmethod
    def _item(number: int, dice: random.Random) -> LineItem:
        item_id = uuid.UUID(int=number)
        return LineItem(
            id=item_id,
            campaign_id=item_id,
            advertiser_id=number,
            creative_ids=(item_id,),
            pricing=Pricing.CPC,
            bid_micros=round(dice.lognormvariate(12.4, 0.4)),
            starts_at=FIRST,
            ends_at=FIRST + 60 * DAY,
            sale=Sale.AUCTION,
        )

    def chance(self, item_id: uuid.UUID, where: Where) -> float:
        """Return how likely a click truly is."""
        odds = self._own[item_id]
        told = where._asdict()
        for name, known in (*self._places.items(), *self._crossed[item_id].items()):
            odds *= known[told[name]]
        return odds / (1 + odds)

    def requests(self, day: int) -> list[Opportunity]:
        """Return the places for ads of a day."""
        dice = random.Random(day)  # noqa: S311 - the same day every time
        return [
            Opportunity(
                at=FIRST + day * DAY + number * DAY / REQUESTS,
                draw=dice.getrandbits(30),
                country="DE",
                device=dice.choice(DEVICES),
                placement=dice.choice(PLACES),
                categories=frozenset({dice.choice(TOPICS)} - {""}),
            )
            for number in range(REQUESTS)
        ]


def counted(shown: Mapping[uuid.UUID, int], clicked: Mapping[uuid.UUID, int]) -> Rates:
    """Return what is counted of each ad, believed as it should be (empirical Bayes)."""
    whole = Counted(sum(shown.values()), sum(clicked.values()))
    return Rates(
        {
            (one, one): estimate_ppm(
                [whole, Counted(shown[one], clicked[one])], prior_ppm=PRIOR_PPM[Pricing.CPC]
            )
            for one in shown
        }
    )


def live(world: World) -> tuple[list[Example], Rates]:
    """Live the days; return what was sampled of them, and what is counted at their end."""
    shown: Counter[uuid.UUID] = Counter({item.id: 0 for item in world.items})
    clicked: Counter[uuid.UUID] = Counter()
    luck = random.Random(7)  # noqa: S311 - the same luck every time
    examples = []
    for day in range(DAYS):
        rates = counted(shown, clicked)
        snapshot = build_snapshot(world.items, rates=rates)
        for here in world.requests(day):
            won = _win(snapshot, here, without=luck.getrandbits(ITEMS))
            if won is None:
                continue
            item_id, where = won.item.id, where_of(here)
            happened = luck.random() < world.chance(item_id, where)
            shown[item_id] += 1
            clicked[item_id] += happened
            base = rates.chance_ppm(won.item, creative_id=item_id)
            examples.append(Example(here.at.date(), item_id, where, base, MILLION, happened))
    return examples, counted(shown, clicked)


def worth(world: World, rates: Rates) -> float:
    """Return what the ads of one more day are truly worth, in micro-units a thousand places."""
    snapshot = build_snapshot(world.items, rates=rates)
    dice, whole = random.Random(9), 0.0  # noqa: S311 - the same for all three
    for here in world.requests(DAYS):
        won = _win(snapshot, here, without=dice.getrandbits(ITEMS))
        if won:
            whole += won.item.bid_micros * world.chance(won.item.id, where_of(here))
    return 1_000 * whole / REQUESTS


def _win(snapshot: Snapshot, here: Opportunity, *, without: int) -> Won | None:
    """Decide among half of the ads: the others are aimed elsewhere, capped or out of money."""
    won = decide(snapshot, here=here, reserve=lambda *_: LEASE, without=without)
    return won if isinstance(won, Won) else None


def learned(examples: Sequence[Example], watch: Stopwatch) -> Judged:
    """Learn, and check that it is better and calibrated on the days held out."""
    with watch.stage("learned", units=len(examples)):
        found = train(examples, strength=STRENGTH)
    assert found is not None
    check("what was learned is better", found=found.verdict, expected=Verdict.BETTER)
    model, bayes, constant, error = (one / 1e3 for one in found.loss)
    print(
        f"log-loss held out, in millionths of a nat: learned {model:,.0f}, counting {bayes:,.0f},"
        f" one rate {constant:,.0f}; two standard errors of the difference {2 * error:,.0f}"
    )
    seen = sum(one.seen_ppm for one in found.reliability)
    off = sum(one.predicted_ppm for one in found.reliability) / seen
    print(f"predicted over seen: {off:.3f}")
    check("it is calibrated within a tenth", found=0.9 < off < 1.1, expected=True)
    return found


def main() -> None:
    """Live, learn, decide one more day three times."""
    watch, world = Stopwatch(), World()
    with watch.stage("lived", units=DAYS * REQUESTS):
        examples, rates = live(world)
    found = learned(examples, watch)
    constant = worth(world, Rates({(item.id, item.id): 5_000 for item in world.items}))
    counting = worth(world, rates)
    learning = worth(world, Rates(rates.creatives, {Pricing.CPC: found.lifts}))
    print(f"by one rate {constant:,.0f}, by counting {counting:,.0f}, by learning {learning:,.0f}")
    check("learning is worth more than counting", found=learning > counting, expected=True)
    check("counting is worth more than one rate", found=counting > constant, expected=True)
    report(
        "ads_rates",
        "true worth of ads, in micro-units a thousand places",
        value=learning,
        unit="micro-units",
        baseline=counting,
    )


if __name__ == "__main__":
    main()
