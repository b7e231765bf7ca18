"""Forecasts: the replay equals deciding plainly, what may be spent ends it, too little is said."""

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from takings.ads import actions, jobs, queries
from takings.ads.actions import PartnerDraft
from takings.ads.edge.sampler import KEPT, PERIOD, Sampler
from takings.ads.models import SampledRequest
from takings.ads.rules.auction import NobodyWon
from takings.ads.rules.forecast import (
    FEWEST_FITTING,
    SEEDS,
    Amounts,
    Flight,
    Forecast,
    Hour,
    Replay,
    Sampled,
    Unknown,
    Why,
    error_of,
    forecast,
    price_to_win,
    replay,
    without_person,
)
from takings.ads.rules.lifts import where_of
from takings.ads.rules.lines import MILLION, LineItem, Opportunity, Pricing, Targeting
from takings.ads.rules.partners import Blocks
from takings.ads.rules.rates import Rates
from takings.ads.rules.schedule import DAY
from takings.ads.rules.tokens import NO_VIDEO
from takings.core import clock
from takings.videos.rules.details import Details
from tests.ads.plainly import World, decide_plainly, fits, shown, weigh
from tests.ads.test_decision import OPPORTUNITIES, WORLDS, line
from tests.ads.test_serving import ask, make_server
from tests.make.ads import Wanted, make_campaign, usd
from tests.make.bidders import ACCESS
from tests.make.pages import page_text
from tests.make.people import NOON, make_creator, make_operator
from tests.make.videos import make_video

HOUR = dt.timedelta(hours=1)
ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
ITEM = line(7, pricing=Pricing.CPM, bid_micros=1_000)
RATES = Rates()
LONG = Flight(NOON, NOON + 14 * DAY, "UTC", budget_micros=10**12)


def week(*, country: str = "DE", days: int = 7, per_hour: int = 1) -> list[Sampled]:
    """Return a sample of the days before noon: each request stands for ten."""
    return [
        Sampled(
            Opportunity(NOON - number * HOUR, draw=0, country=country, placement="feed"),
            to_win_micros=number,
            weight_ppm=10 * MILLION,
        )
        for number in range(1, 24 * days + 1)
        for _ in range(per_hour)
    ]


def told(
    sample: Sequence[Sampled],
    *,
    item: LineItem = ITEM,
    rivals: Sequence[LineItem] = (),
    flight: Flight = LONG,
) -> Forecast | Unknown:
    return forecast(sample, item=item, rivals=rivals, rates=RATES, flight=flight, at=NOON)


@given(WORLDS, st.lists(st.tuples(OPPORTUNITIES, st.integers(1, 9)), max_size=12))
def test_a_replay_decides_as_looking_at_every_item_does(
    world: World, asked: list[tuple[Opportunity, int]]
) -> None:
    if not world.items:
        return
    *rivals, item = world.items
    sample = [Sampled(here, 5, weight_ppm=n * MILLION) for here, n in asked]
    found = replay(sample, item=item, rivals=rivals, rates=world.rates)
    free = replace(item, pace_ppm=MILLION)
    items = [replace(one, starts_at=ALWAYS[0], ends_at=ALWAYS[1]) for one in (*rivals, free)]
    own, wins, fitting, spent = items[-1], [], 0, 0
    for number, one in enumerate(sample):
        here, seed = replace(one.here, draw=number // SEEDS), number % SEEDS
        fitting += fits(own, here, seed)
        won = decide_plainly(World(items, world.rates, seed), here)
        if won and won[0] == own.id:
            wins.append(one.weight_ppm)
            chance = weigh(own, shown(own, here), world.rates, where=where_of(here)).chance
            spent += int(one.weight_ppm * chance) * won[2]
    assert (list(found.wins), len(found.to_win)) == (wins, fitting)
    assert sum(hour.spent for hour in found.hours.values()) == spent


def test_what_fits_is_won_until_a_budget_ends_it() -> None:
    found = told(week())
    assert isinstance(found, Forecast)
    assert (found.days, found.sampled, found.fitting, found.places) == (7, 168, 168, 3_360)
    assert found.expected == Amounts(3_360, 3_360, 3_360_000)
    assert found.low.impressions < found.expected.impressions < found.high.impressions
    assert (found.to_win_micros, found.is_capped) == (85, False)
    capped = told(week(), flight=replace(LONG, budget_micros=1_000_000))
    assert isinstance(capped, Forecast)
    assert capped.expected == capped.high == Amounts(1_000, 1_000, 1_000_000)
    assert (capped.is_capped, capped.places) == (True, 3_360)
    daily = told(week(), flight=replace(LONG, daily_micros=100_000))
    assert isinstance(daily, Forecast)
    assert daily.expected == Amounts(1_500, 1_500, 1_500_000)  # in fifteen days, of which two half
    later = told(week(), flight=replace(LONG, starts_at=NOON + 13 * DAY))
    assert isinstance(later, Forecast)
    assert later.expected.impressions == 240


def test_rivals_win_what_they_are_worth_more_for() -> None:
    german = Targeting(countries=frozenset({"DE"}))
    rival = line(1, pricing=Pricing.CPM, bid_micros=2_000, targeting=german)
    sample = [*week(), *week(country="FR")]
    found = told(sample, rivals=[rival])
    assert isinstance(found, Forecast)
    assert (found.fitting, found.places, found.expected.impressions) == (336, 6_720, 3_360)
    nothing = told(week(), rivals=[rival])
    assert isinstance(nothing, Forecast)
    assert nothing.expected == nothing.high == Amounts(0, 0, 0)


def test_too_little_to_go_by_is_said() -> None:
    french = replace(ITEM, targeting=Targeting(countries=frozenset({"FR"})))
    by_age = Targeting(ages=frozenset({"18-24"}))
    few = [*week(), *week(country="FR")[: FEWEST_FITTING - 1]]
    said = {
        told(()): Unknown(Why.YOUNG, 0),
        told(week()[:23]): Unknown(Why.YOUNG, 0),
        told(week(days=4)): Unknown(Why.FEW, 96),
        told(week(), item=french): Unknown(Why.NONE_FIT, 168, 0),
        told(few, item=french): Unknown(Why.FEW_FIT, 187, 19),
        told(week(), flight=replace(LONG, ends_at=NOON)): Unknown(Why.OVER, 168),
        told(week(), item=replace(ITEM, targeting=by_age)): Unknown(Why.BY_AGE, 168),
    }
    assert all(found == expected and expected.why.sentence for found, expected in said.items())


def test_a_range_is_as_wide_as_what_it_is_made_of() -> None:
    def found(*days: int) -> Replay:
        hours = {24 * day: Hour(wins=wins) for day, wins in enumerate(days)}
        return Replay(hours, (), tuple(days))

    assert error_of(found(), first=0, days=7) == 100_000
    assert error_of(found(*[1] * 7), first=0, days=7) == 571_428  # two by the root of seven
    assert error_of(found(10**6), first=0, days=1) == 900_000
    many = Replay({0: Hour(wins=10**6), 24: Hour(wins=10**6)}, (), (1,) * 2 * 10**6)
    assert error_of(many, first=0, days=2) == 100_000
    assert error_of(replace(many, hours={0: Hour(wins=2 * 10**6)}), first=0, days=2) == 900_000


def test_a_reservoir_keeps_each_request_as_likely_as_any_other() -> None:
    sampler, at = Sampler(seed=1), NOON
    assert sampler.take(at) == []
    kept: Counter[int] = Counter()
    for _ in range(1_000):
        for number in range(40):
            sampler.see(Sampled(Opportunity(NOON, draw=number), number))
        assert sampler.take(at + PERIOD / 2) == []
        at += PERIOD
        found = sampler.take(at)
        assert [one.weight_ppm for one in found] == [10 * MILLION] * KEPT
        kept.update(one.to_win_micros for one in found)
    assert len(kept) == 40
    assert all(60 < count < 145 for count in kept.values()), "a hundred each, within 4.5 errors"


def test_what_is_kept_names_no_person() -> None:
    here = Opportunity(
        at=NOON + dt.timedelta(minutes=29, seconds=59),
        draw=3,
        country="DE",
        region="DE-BY",
        age="18-24",
        creator="7",
        keywords=frozenset({"tea"}),
        seen={},
        blocked_advertisers=frozenset({1}),
        floor_micros=9,
    )
    kept = without_person(here)
    quarter = NOON + dt.timedelta(minutes=15)
    assert kept == Opportunity(quarter, 0, country="DE", region="DE-BY", floor_micros=9)
    assert price_to_win(NobodyWon({}), floor_micros=9) == 9
    columns = {name for name in vars(SampledRequest()) if not name.startswith("_")}
    assert columns == {
        *("id", "quarter_at", "country", "language", "device", "placement", "after_video_id"),
        *("region", "floor_micros", "to_win_micros", "weight_ppm"),
    }


@pytest.mark.django_db
def test_an_ad_server_writes_its_sample_and_old_ones_are_forgotten() -> None:
    make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    for country in ("DE", "DE", "FR"):
        ask(server, country=country)
    server.refresh(at=NOON + PERIOD)
    rows = SampledRequest.objects.order_by("country")
    assert [(str(row), row.to_win_micros, row.weight_ppm) for row in rows] == [
        ("2026-11-02 12:00 DE", 2_550, MILLION),  # $4.25 for 1,000 viewable, six in ten expected
        ("2026-11-02 12:00 DE", 2_550, MILLION),
        ("2026-11-02 12:00 FR", 100, MILLION),  # the floor: nobody wanted it
    ]
    [first, *_] = queries.sampled_requests(at=NOON + HOUR)
    assert (first.here.at, first.here.placement, first.after_video_id) == (NOON, "feed", NO_VIDEO)
    assert actions.forget_samples(at=NOON + 28 * DAY) == 0
    assert actions.forget_samples(at=NOON + 29 * DAY) == 3
    old = replace(first, here=replace(first.here, at=NOON - 60 * DAY))
    actions.record_sample(sample=[old])
    jobs.forget_samples()
    assert not SampledRequest.objects.exists()


@pytest.mark.django_db
def test_a_forecast_knows_what_is_kept_away_from_a_video_and_what_it_is_about() -> None:
    ada = make_creator()
    post = make_video(ada, details=Details("Green tea", category="IAB8-5"))
    actions.choose_ads(creator=ada, blocked_categories=["IAB14"], at=NOON)
    actions.record_sample(sample=[replace(week()[0], after_video_id=post.pk)])
    [one] = queries.sampled_requests(at=NOON)
    assert (one.here.creator, one.here.categories) == (str(ada.pk), frozenset({"IAB8", "IAB8-5"}))
    assert one.here.blocked_categories == {"IAB14", "unsaid"}
    assert "tea" in one.here.keywords


@pytest.fixture
def requests() -> None:
    """Let there have been ten requests an hour in Germany, for a week until now."""
    now = clock.now()
    actions.record_sample(
        sample=[
            replace(one, here=replace(one.here, at=one.here.at + (now - NOON)))
            for one in week(per_hour=1)
        ]
    )


@pytest.mark.usefixtures("requests")
@pytest.mark.django_db
def test_a_line_item_that_bids_for_a_partner_is_no_rival_by_itself() -> None:
    item, dearer = (
        make_campaign(wanted=Wanted(cpm=usd(cpm), pricing=Pricing.CPM)).line_items.get()
        for cpm in ("5", "90")
    )
    for one in (item, dearer):
        one.ends_at = clock.now() + 30 * DAY
        one.save()
    plan = queries.plan_in(campaign=item.campaign, terms=queries.terms_of(item=item), item=item)
    beaten = queries.forecast_of(plan=plan, at=clock.now())
    draft = PartnerDraft("Bidder", dearer.pk, ACCESS, Blocks(), is_on=True)
    actions.add_partner(id=uuid.uuid4(), draft=draft, operator=make_operator(), at=NOON)
    alone = queries.forecast_of(plan=plan, at=clock.now())
    assert isinstance(beaten, Forecast)
    assert isinstance(alone, Forecast)
    assert (beaten.expected.impressions, alone.expected.impressions > 0) == (0, True)


FORM = {
    "price": "5",
    "pricing": "cpm",
    "sale": "fixed",
    "own_budget": "5",
    "starts_on": "2026-11-02",
    "time_zone": "UTC",
    "countries": "DE",
}


@pytest.mark.usefixtures("requests")
@pytest.mark.django_db
def test_a_form_tells_what_it_would_get_and_saves_nothing() -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("20")))
    client = Client()
    client.force_login(campaign.brand.members.get())
    last = clock.now().date() + 29 * DAY
    form = FORM | {"ends_on": last.isoformat()}
    address = f"/ads/campaigns/{campaign.pk}/line-items/new/"
    part = page_text(client.post(address, form | {"forecast": "part"}))
    assert "1,000 expected" in part
    assert "$5.00 expected" in part
    assert "a budget ends it" in part
    page = page_text(client.post(address, form | {"forecast": "page", "name": ""}))
    assert "1,000 expected" in page
    assert "This field is required" not in page
    assert "Fill in price, days and budgets first." in page_text(
        client.post(address, form | {"price": "", "forecast": "part"})
    )
    assert "must end after it starts" in page_text(
        client.post(address, form | {"ends_on": "2026-01-01", "forecast": "part"})
    )
    assert "None of the places" in page_text(
        client.post(address, form | {"countries": "FR", "forecast": "part"})
    )
    fresh = form | {"budget": "10", "forecast": "page"}
    assert "2,000 expected" in page_text(client.post("/ads/campaigns/new/", fresh))
    assert campaign.line_items.count() == 1
    item = campaign.line_items.get()
    edit = f"/ads/line-items/{item.pk}/edit/"
    assert "expected" in page_text(client.post(edit, form | {"forecast": "part"}))


@pytest.mark.usefixtures("requests")
@pytest.mark.django_db
def test_a_line_item_tells_on_its_page_and_over_the_api_what_to_expect() -> None:
    campaign = make_campaign(wanted=Wanted(budget=usd("3"), cpm=usd("6"), pricing=Pricing.CPM))
    item = campaign.line_items.get()
    item.ends_at = clock.now() + 30 * DAY
    item.save()
    client = Client()
    client.force_login(campaign.brand.members.get())
    address = f"/ads/line-items/{item.pk}/"
    assert 'data-forecast-of="?forecast=part"' in client.get(address).content.decode()
    assert "500 expected" in page_text(client.get(address, {"forecast": "part"}))
    assert "500 expected" in page_text(client.get(address, {"forecast": "page"}))
    told = json.loads(client.get(f"/api/ads/line-items/{item.pk}/forecast").content)
    assert told["expected"] == {
        "impressions": 500,
        "events": 500,
        "spent": {"micros": 3_000_000, "currency": "USD"},
    }
    item.ends_at = clock.now()
    item.save()
    assert "What to expect" not in page_text(client.get(address))
    told = json.loads(client.get(f"/api/ads/line-items/{item.pk}/forecast").content)
    assert (told["expected"], told["unknown"]) == (None, "over")
    unknown = client.get(f"/api/ads/line-items/{uuid.uuid4()}/forecast")
    assert unknown.status_code == 404
