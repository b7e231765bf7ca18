"""What places do to chances: factors on odds, learned, calibrated, judged on days not seen."""

import datetime as dt
import math
import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from takings.ads.rules import snapshot
from takings.ads.rules.fitting import Example, fit
from takings.ads.rules.lifts import Lifts, Where, calibrate, narrowest, where_of
from takings.ads.rules.lines import Opportunity, Pricing
from takings.ads.rules.rates import Rates
from takings.ads.rules.reliability import Bin, bins_of, isotonic, losses
from takings.ads.rules.training import Verdict, train

FIRST = dt.date(2026, 11, 1)
HERE = Where("feed", "phone", "12", "DE", "IAB17")
ITEMS = [uuid.UUID(int=number) for number in range(1, 6)]
RATE = 100_000


def lived(
    count: int, *, on_phones: float = 1.0, own: float = 1.0, days: int = 9, seed: int = 1
) -> list[Example]:
    """Live some days: phones multiply the odds, and for the first item once more."""
    dice = random.Random(seed)  # noqa: S311 - the same days every time
    found = []
    for number in range(count):
        item_id, device = dice.choice(ITEMS), dice.choice(["phone", "desktop"])
        odds = RATE / (1_000_000 - RATE)
        if device == "phone":
            odds *= on_phones * (own if item_id == ITEMS[0] else 1)
        where = Where("feed", device, dice.choice(["00", "12"]), "DE", dice.choice(["", "IAB17"]))
        happened = dice.random() < odds / (1 + odds)
        day = FIRST + dt.timedelta(days=number * days // count)
        found.append(Example(day, item_id, where, RATE, 1_000_000, happened))
    return found


def _base(example: Example) -> int:
    return example.base_ppm


def test_a_place_is_known_by_its_hours_and_its_narrowest_category() -> None:
    here = Opportunity(
        at=dt.datetime(2026, 11, 2, 19, 59, tzinfo=dt.UTC),
        draw=0,
        country="DE",
        device="phone",
        placement="mid",
        categories=frozenset({"IAB1", "IAB1-6"}),
    )
    assert where_of(here) == Where("mid", "phone", "16", "DE", "IAB1-6")
    assert where_of(replace(here, categories=frozenset())).about == ""
    assert narrowest(frozenset({"b", "a"})) == "b"


def test_a_snapshot_remembers_no_more_places_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "MOST_PLACES", 1)
    made = snapshot.build_snapshot([], rates=Rates(lifts={Pricing.CPM: Lifts()}))
    here = Opportunity(at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC), draw=0, placement="mid")
    there = replace(here, placement="pre")
    assert made.bids_at(here) is made.bids_at(here)
    made.bids_at(there)
    assert set(made.places) == {where_of(there)}


def test_factors_multiply_odds_and_an_item_has_its_own() -> None:
    lifts = Lifts(
        everywhere_ppm=2_000_000,
        places={"device": {"phone": 1_500_000}, "country": {"US": 9_000_000}},
        items={ITEMS[0]: {"device=phone": 500_000, "about=IAB17": 4_000_000}},
        knots=((100_000, 50_000),),
    )
    here = lifts.at(HERE)
    assert here.factor_ppm == 3_000_000
    assert here.chance_ppm(100_000, own=lifts.own(ITEMS[1])) == 250_000 // 2
    assert here.chance_ppm(100_000, own=lifts.own(ITEMS[0])) == 400_000 // 2
    assert here._replace(knots=()).chance_ppm(1_000_000, own=lifts.own(ITEMS[0])) == 1_000_000
    nothing = Lifts(everywhere_ppm=0)
    assert nothing.at(HERE).chance_ppm(1_000_000, own={}) == 1


def test_the_chance_that_is_worked_out_in_the_docs_is_what_the_code_says() -> None:
    lifts = Lifts(
        places={"device": {"phone": 1_800_000}, "hours": {"16": 1_100_000}},
        items={ITEMS[0]: {"device=phone": 1_250_000}},
    )
    knots = ((10_000, 9_000), (14_000, 13_400))
    here = lifts.at(HERE._replace(hours="16"))
    told = [here.chance_ppm(5_000, own=lifts.own(ITEMS[0]))]
    told.append(here._replace(knots=knots).chance_ppm(5_000, own=lifts.own(ITEMS[0])))
    assert told == [12_284, 11_512]
    docs = (settings.BASE_DIR / "docs/streams/advertising.md").read_text()
    assert [one for one in told if f"| {one:,} ppm |" not in docs] == []


def test_what_was_seen_corrects_what_is_predicted() -> None:
    knots = ((1_000, 500), (3_000, 4_500))
    told = [calibrate(one, knots=knots) for one in (500, 1_000, 2_000, 3_000, 6_000)]
    assert told == [250, 500, 2_500, 4_500, 9_000]


@given(
    st.lists(st.builds(Bin, st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 10**5))),
    st.integers(1, 10**5),
)
def test_the_line_through_bins_rises(bins: Sequence[Bin], strength: int) -> None:
    knots = isotonic(sorted(bins), strength=strength)
    for (low, seen_low), (high, seen_high) in pairwise(knots):
        assert low < high
        assert seen_low < seen_high
    assert bool(knots) == bool(bins)


def test_bins_that_fall_are_made_one_and_few_are_believed_little() -> None:
    falling = [Bin(1_000, 3_000, 2_000), Bin(2_000, 1_000, 2_000), Bin(9_000, 9_000, 2_000)]
    # Two thousand more as predicted: 2,000 and 1,500, which falls; together 1,750.
    assert isotonic(falling, strength=2_000) == ((1_500, 1_750), (9_000, 9_000))


def test_bins_hold_as_many_decisions_each_and_weights_count() -> None:
    one = Example(FIRST, ITEMS[0], HERE, 1_000, 1_000_000, happened=False)
    two = one._replace(base_ppm=3_000, weight_ppm=3_000_000, happened=True)
    assert bins_of([two, one], predict=_base) == (
        Bin(1_000, 0, 1),
        Bin(3_000, 1_000_000, 1),
    )
    third = one._replace(base_ppm=9_000)
    assert [each.decisions for each in bins_of([one] * 30 + [third], predict=_base)] == [30, 1]
    told = losses([one, two], model=lambda _: 500_000, bayes=lambda _: 0, constant_ppm=750_000)
    assert told.model == round(10**9 * math.log(2))
    assert told.constant == round(10**9 * (math.log(4) + 3 * math.log(4 / 3)) / 4)
    assert told.bayes == round(10**9 * (3 * math.log(10**6) - math.log(1 - 1e-6)) / 4)


def test_what_places_do_is_found_and_what_they_do_not_is_left_out() -> None:
    found = fit(lived(20_000, on_phones=2.0, own=3.0))
    phone = found.at(HERE._replace(about="", hours=""))
    desktop = found.at(HERE._replace(device="desktop", about="", hours=""))
    lift = phone.factor_ppm / desktop.factor_ppm
    assert 1.8 < lift < 2.8
    first, other = (
        phone.chance_ppm(RATE, own=found.own(one)) / desktop.chance_ppm(RATE, own=found.own(one))
        for one in ITEMS[:2]
    )
    assert first > 1.5 * other
    assert "placement" not in fit(lived(20_000)).places
    assert fit(lived(2_000), sweeps=1) != fit(lived(2_000)), "once around is not enough"
    assert max(found.places["device"].values()) < 3_000_000


def test_what_is_learned_decides_only_if_it_is_better_on_days_it_has_not_seen() -> None:
    examples = lived(20_000, on_phones=2.0, own=3.0)
    learned = train(examples, strength=2_000)
    assert learned is not None
    assert learned.verdict == Verdict.BETTER
    assert learned.loss.model < learned.loss.bayes
    assert (learned.calibrated_from, learned.held_out_from) == (
        FIRST + dt.timedelta(days=5),
        FIRST + dt.timedelta(days=7),
    )
    assert max(abs(one.predicted_ppm - one.seen_ppm) for one in learned.reliability) < 100_000
    assert learned.reliability[-1].predicted_ppm > 2 * learned.reliability[0].predicted_ppm
    assert len(learned.bayes_reliability) == 1, "it predicts the same everywhere"
    assert train(examples[::-1], strength=2_000) == learned


def test_where_places_do_nothing_empirical_bayes_stays() -> None:
    nothing = train(lived(20_000), strength=2_000)
    assert nothing is not None
    assert nothing.verdict == Verdict.NO_BETTER


@pytest.mark.parametrize(
    "few",
    [
        lived(20_000, days=6),
        [one for one in lived(4_000, days=9) if one.happened],
        lived(2_000),
        [one for one in lived(20_000) if one.day < FIRST + dt.timedelta(days=7) or one.happened],
    ],
)
def test_from_too_few_days_or_events_nothing_is_learned(few: Sequence[Example]) -> None:
    assert train(few, strength=2_000) is None
