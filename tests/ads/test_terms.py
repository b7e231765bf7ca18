"""The terms of a campaign change while it runs, are copied, and keep what money depends on."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import CurrencyNotSold
from takings.ads.models import Campaign, Change
from takings.ads.rules.campaigns import BadDates
from takings.ads.rules.changes import (
    BudgetBelowSpent,
    CampaignHasEnded,
    PriceIsFixed,
    name_of_copy,
)
from takings.ads.rules.schedule import (
    UnknownTimeZone,
    day_of,
    last_day_of,
    midnight,
    moved_to,
    time_zone_or_utc,
)
from takings.core.errors import Refusal
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import User
from tests.make.ads import Wanted, make_advertiser, make_campaign, make_lease, usd
from tests.make.people import NOON, make_user

DAY = dt.timedelta(days=1)
BERLIN, SANTIAGO = "Europe/Berlin", "America/Santiago"


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("day", "zone", "begins"),
    [
        ("2026-11-02", "UTC", "2026-11-02 00:00"),
        ("2026-11-02", BERLIN, "2026-11-01 23:00"),
        ("2026-10-25", BERLIN, "2026-10-24 22:00"),  # 25 hours long
        ("2026-10-26", BERLIN, "2026-10-25 23:00"),
        ("2026-09-06", SANTIAGO, "2026-09-06 04:00"),  # begins at one o'clock
        ("2026-11-02", "Asia/Kathmandu", "2026-11-01 18:15"),
    ],
)
def test_a_day_begins_at_midnight_of_the_place(day: str, zone: str, begins: str) -> None:
    began = midnight(dt.date.fromisoformat(day), time_zone=zone)
    assert began == utc(begins)
    assert day_of(began, time_zone=zone) == last_day_of(began + DAY / 2, time_zone=zone)
    assert last_day_of(began, time_zone=zone) == dt.date.fromisoformat(day) - DAY


def test_a_copy_runs_for_as_many_days_of_its_place_from_today() -> None:
    starts, ends = (midnight(dt.date(2026, 10, day), time_zone=BERLIN) for day in (20, 27))
    late = utc("2026-12-31 23:30")  # the new year has begun in Berlin
    assert moved_to(late, starts_at=starts, ends_at=ends, time_zone=BERLIN) == (
        utc("2026-12-31 23:00"),
        utc("2027-01-07 23:00"),
    )
    assert name_of_copy("x" * 80) == "x" * 73 + " (copy)"


def test_a_browsers_time_zone_is_taken_if_it_is_one() -> None:
    assert [time_zone_or_utc(zone) for zone in (BERLIN, "UTC", "Mars/Base", "")] == [
        BERLIN,
        "UTC",
        "UTC",
        "UTC",
    ]


def change(campaign: Campaign, **changes: object) -> Campaign:
    terms = replace(queries.terms_of(campaign=campaign), **changes)  # type: ignore[arg-type] # by name
    user = campaign.brand.members.get()
    return actions.change_terms(campaign_id=campaign.pk, terms=terms, user=user, at=NOON)


def refuse(campaign: Campaign, refusal: type[Refusal], **changes: object) -> None:
    with pytest.raises(refusal):
        change(campaign, **changes)


@pytest.mark.django_db
def test_a_running_campaign_changes_and_each_change_is_a_row_but_no_money_moves() -> None:
    campaign = make_campaign()
    make_lease(campaign)
    before = ledger.balances(prefix="advertiser:")
    for _ in range(2):
        change(
            campaign,
            name=" Boots ",
            budget=usd("30"),
            countries=("FR", "DE", "FR"),
            ends_at=NOON + 2 * DAY,
            time_zone=BERLIN,
        )
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget) == ("Boots", usd("30"))
    assert campaign.countries == ["DE", "FR"]
    told = Change.objects.filter(campaign=campaign, creative=None)
    assert sorted(str(one) for one in told) == [
        "budget: $20.00 → $30.00",
        "countries: DE → DE FR",
        "end: 2026-12-02 12:00 → 2026-11-04 13:00",
        f"name: {told.get(field='name').was} → Boots",
        "start: 2026-11-02 12:00 → 2026-11-02 13:00",
        "time zone: UTC → Europe/Berlin",
    ]
    assert ledger.balances(prefix="advertiser:") == before


@pytest.mark.django_db
def test_what_money_depends_on_does_not_change() -> None:
    campaign = make_campaign()
    make_lease(campaign)
    campaign.refresh_from_db()
    change(campaign, budget=campaign.committed)
    before, rows = Campaign.objects.values().get(), Change.objects.count()
    less = campaign.committed - Money(1, "USD")
    euros = {"cpm": Money(4_250_000, "EUR"), "budget": Money(10**7, "EUR")}
    refuse(campaign, BudgetBelowSpent, budget=less)
    refuse(campaign, PriceIsFixed, cpm=usd("5"))
    refuse(campaign, BadDates, ends_at=NOON)
    refuse(campaign, UnknownTimeZone, time_zone="Mars/Base")
    refuse(campaign, CurrencyNotSold, **euros)
    assert (Campaign.objects.values().get(), Change.objects.count()) == (before, rows)
    actions.end_campaign(campaign_id=campaign.pk, user=make_user(), at=NOON)
    refuse(campaign, CampaignHasEnded, name="Boots")


@pytest.mark.django_db
def test_a_draft_may_still_change_its_price() -> None:
    campaign = make_campaign(wanted=Wanted(is_active=False))
    assert change(campaign, cpm=usd("5")).cpm == usd("5")


@pytest.mark.django_db
def test_a_copy_is_a_draft_from_today_with_the_same_ads_made_once() -> None:
    original = make_campaign()
    copy_id, later = uuid.uuid4(), NOON + 90 * DAY

    def duplicate(campaign: Campaign) -> Campaign:
        user = campaign.brand.members.get()
        return actions.duplicate_campaign(
            campaign_id=campaign.pk, copy_id=copy_id, user=user, at=later
        )

    copy = duplicate(original)
    assert duplicate(original) == copy
    assert (copy.status, copy.committed, copy.budget) == ("drafted", usd("0"), usd("20"))
    assert copy.name == f"{original.name} (copy)"
    assert (copy.starts_at, copy.ends_at) == (utc("2027-01-31 00:00"), utc("2027-03-03 00:00"))
    [ad], [same] = copy.creatives.all(), original.creatives.all()
    assert (ad.review, ad.video_id, ad.approved_url) == (
        "approved",
        same.video_id,
        same.landing_url,
    )
    assert ad != same
    assert Change.objects.get(creative=ad).reason == "copied with its campaign"
    assert copy.steps.count() == 1
    other = make_campaign()
    with pytest.raises(actions.CampaignIdTaken):
        duplicate(other)
    assert Campaign.objects.count() == 3


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.mark.django_db
def test_an_advertiser_edits_and_duplicates_in_the_browser() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    client = signed_in(member)
    address = f"/ads/campaigns/{campaign.pk}/edit/"
    page = client.get(address).content.decode()
    assert "The price stays $4.25" in page
    assert 'value="2026-12-02"' in page
    form = {
        "name": "Boots",
        "budget": "0.001",
        "starts_on": "2026-11-02",
        "ends_on": "2036-10-25",
        "time_zone": BERLIN,
        "countries": "DE",
    }
    assert "must pay for at least one view" in client.post(address, form).content.decode()
    answer = client.post(address, form | {"budget": "50"})
    assert answer.headers["location"] == f"/ads/campaigns/{campaign.pk}/"
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget, campaign.cpm) == ("Boots", usd("50"), usd("4.25"))
    assert (campaign.starts_at, campaign.ends_at) == (
        utc("2026-11-01 23:00"),
        utc("2036-10-25 22:00"),
    )
    asked = {"id": str(uuid.uuid4())}
    for _ in range(2):
        answer = client.post(f"/ads/campaigns/{campaign.pk}/duplicate/", asked)
        assert answer.headers["location"] == f"/ads/campaigns/{asked['id']}/edit/"
    client.post(f"/ads/campaigns/{campaign.pk}/duplicate/", {"id": "?"})
    assert Campaign.objects.count() == 3
    asked = {"id": str(campaign.pk)}
    answer = client.post(f"/ads/campaigns/{campaign.pk}/duplicate/", asked, follow=True)
    assert "open the form again" in answer.content.decode()
    assert Campaign.objects.count() == 3
    assert 'name="cpm"' in client.get(answer_of_copy(campaign)).content.decode()
    assert signed_in(make_user()).get(address).status_code == 404


def answer_of_copy(campaign: Campaign) -> str:
    """Return where a copy of a campaign is edited."""
    copy = Campaign.objects.exclude(pk=campaign.pk).earliest("pk")
    return f"/ads/campaigns/{copy.pk}/edit/"
