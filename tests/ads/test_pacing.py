"""Budgets spread over days: the plan, the pace, and what an advertiser and a viewer see of it."""

import datetime as dt
import math
from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from takings.ads import actions
from takings.ads.edge import Chosen
from takings.ads.models import LineItem, Pace
from takings.ads.rules.changes import CampaignHasEnded
from takings.ads.rules.lines import MILLION, Sale
from takings.ads.rules.pacing import (
    FIRST_PART_PPM,
    LEAST_BID_PPM,
    LEAST_PART_PPM,
    Day,
    Spending,
    day_budget,
    next_pace,
    planned_part,
    running_day,
)
from tests.ads.test_serving import ask, make_server
from tests.make.ads import (
    Wanted,
    make_advertiser,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
    make_line_item,
    usd,
)
from tests.make.people import NOON, make_user

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
ON_PLAN = Spending(1_000_000, 500_000, 500_000, 1_000, 1_000)


def berlin(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC)


def day_at(text: str) -> Day:
    always = (NOON - dt.timedelta(days=999), NOON + dt.timedelta(days=999))
    return running_day(berlin(text), time_zone="Europe/Berlin", runs=always)


@pytest.mark.parametrize(
    ("date", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-02", 24)]
)
def test_a_day_is_as_long_as_the_advertisers_clock_makes_it(date: str, hours: int) -> None:
    day = day_at(f"{date}T13:00")
    assert (day.starts_at, day.ends_at - day.starts_at) == (berlin(f"{date}T00:00"), hours * HOUR)
    assert planned_part(day.starts_at, day=day) == 0
    assert planned_part(day.ends_at, day=day) == 1
    assert planned_part(day.starts_at + HOUR, day=day) == Fraction(1, hours)


def test_an_hour_that_the_clock_shows_twice_is_planned_twice() -> None:
    curve = [0] * 24
    curve[2] = 1
    for date, parts in (("2026-10-25", [0, 0, Fraction(1, 2), 1]), ("2026-11-02", [0, 0, 1, 1])):
        day = day_at(f"{date}T12:00")
        hours = (day.starts_at + number * HOUR for number in (1, 2, 3, 4))
        assert [planned_part(at, day=day, curve=curve) for at in hours] == parts


def test_a_campaign_that_starts_or_ends_in_a_day_has_only_a_part_of_it() -> None:
    runs = (NOON, NOON + 36 * HOUR)
    first = running_day(NOON + HOUR, time_zone="UTC", runs=runs)
    assert (first.starts_at, first.ends_at) == (NOON, NOON + 12 * HOUR)
    assert day_budget(900, day=first, ends_at=runs[1]) == 300
    assert day_budget(900, day=first, ends_at=runs[1], most_micros=200) == 200
    last = running_day(NOON + 20 * HOUR, time_zone="UTC", runs=runs)
    assert day_budget(600, day=last, ends_at=runs[1]) == 600
    assert planned_part(NOON + 6 * HOUR, day=first) == Fraction(1, 2)


def test_an_auctions_pace_stays_on_plan_and_moves_against_the_gap() -> None:
    def paced(**changes: int) -> int:
        return next_pace(500_000, spending=replace(ON_PLAN, **changes), sale=Sale.AUCTION)

    assert paced() == 500_000
    assert paced(spent_micros=510_000) == int(500_000 * math.exp(-0.02 * 20 * 0.01))
    assert paced(spent_now_micros=2_000) == int(500_000 * math.exp(-0.02 * 1.44))
    assert paced(spent_micros=0) == pytest.approx(500_000 * math.exp(0.2), abs=10)
    steepest = paced(spent_micros=0, spent_now_micros=-1_000_000)
    assert steepest == pytest.approx(500_000 * math.exp(0.3), abs=20)
    two = paced(planned_now_micros=2_000, spent_now_micros=2_500, minutes=2)
    assert two == int(500_000 * math.exp(-0.02 * 1.44 * 0.25))


@given(st.integers(1, MILLION), st.integers(-(10**9), 10**9), st.sampled_from(Sale))
def test_a_pace_stays_within_its_bounds(pace: int, spent: int, sale: Sale) -> None:
    found = next_pace(pace, spending=replace(ON_PLAN, spent_micros=spent), sale=sale)
    least = LEAST_BID_PPM if sale == Sale.AUCTION else LEAST_PART_PPM
    assert least <= found <= MILLION


def test_a_fixed_prices_part_grows_behind_the_plan_and_shrinks_ahead_of_it() -> None:
    assert next_pace(100_000, spending=ON_PLAN, sale=Sale.FIXED) == 110_000
    ahead = replace(ON_PLAN, spent_micros=500_001)
    assert next_pace(100_000, spending=ahead, sale=Sale.FIXED) == 90_000


def pace_of(item: LineItem) -> int:
    return Pace.objects.get(pk=item.pk).pace_ppm


@pytest.mark.django_db
def test_a_pace_follows_what_was_charged_and_is_set_once_a_minute() -> None:
    item = make_line_item(Wanted(budget=usd("0.3")))  # a cent a day
    user = make_user()
    for _ in range(2):
        actions.spread_line_item(line_item_id=item.pk, user=user, at=NOON)
    assert pace_of(item) == FIRST_PART_PPM
    assert str(Pace.objects.get()) == f"{item.pk}: 100000 ppm"
    assert actions.set_paces(at=NOON + MINUTE) == 1
    assert actions.set_paces(at=NOON + MINUTE) == 0
    assert pace_of(item) == 110_000
    lease = make_lease(item)
    beacons = [make_beacon(make_decision(lease)) for _ in range(2)]
    actions.charge_beacons(segment="one", beacons=beacons, at=NOON + 2 * MINUTE)
    assert actions.set_paces(at=NOON + 2 * MINUTE) == 1
    assert pace_of(item) == 99_000, "8,500 are spent of the 14 planned so far"
    assert actions.set_paces(at=NOON + 12 * HOUR) == 1
    assert pace_of(item) == 108_900, "a new day begins with the pace of the old one"


@pytest.mark.django_db
def test_only_running_line_items_are_paced() -> None:
    item = make_line_item()
    actions.spread_line_item(line_item_id=item.pk, user=make_user(), at=NOON - HOUR)
    assert actions.set_paces(at=NOON - MINUTE) == 0
    actions.pause_campaign(campaign_id=item.campaign_id, user=make_user(), at=NOON)
    assert actions.set_paces(at=NOON + MINUTE) == 0
    assert pace_of(item) == FIRST_PART_PPM


@pytest.mark.django_db
def test_an_ended_campaign_is_not_spread() -> None:
    item = make_line_item()
    actions.end_campaign(campaign_id=item.campaign_id, user=make_user(), at=NOON)
    with pytest.raises(CampaignHasEnded):
        actions.spread_line_item(line_item_id=item.pk, user=make_user(), at=NOON)
    assert not Pace.objects.exists()


@pytest.mark.django_db
def test_an_ad_server_shows_a_paced_campaign_in_its_part_of_the_places() -> None:
    item = make_line_item()
    actions.spread_line_item(line_item_id=item.pk, user=make_user(), at=NOON)
    server = make_server()
    server.refresh(at=NOON)
    shown = sum(isinstance(ask(server), Chosen) for _ in range(64))
    assert 0 < shown < 20
    for _ in range(2):
        actions.hurry_line_item(line_item_id=item.pk, user=make_user(), at=NOON)
    server.refresh(at=NOON + MINUTE)
    assert isinstance(ask(server, at=NOON + MINUTE), Chosen)
    assert not Pace.objects.exists()


@pytest.mark.django_db
def test_an_advertiser_spreads_a_campaign_and_changes_it_back() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    client = Client()
    client.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    page = f"/ads/line-items/{campaign.line_items.get().pk}/"
    assert "As fast as viewers come" in client.get(page).content.decode()
    assert "Spread the budget" in client.get(f"{page}spread/").content.decode()
    client.post(f"{page}spread/")
    assert "now in 10 % of the places that fit" in client.get(page).content.decode()
    assert "until its budget is spent" in client.get(f"{page}hurry/").content.decode()
    client.post(f"{page}hurry/")
    assert "As fast as viewers come" in client.get(page).content.decode()
