"""The terms of a campaign change while it runs, are copied, and keep what money depends on."""

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.test import Client

from takings.ads import actions
from takings.ads.models import Campaign, Change, LineItem
from takings.ads.rules.campaigns import BadText, CurrenciesDiffer, Frame
from takings.ads.rules.changes import (
    BudgetBelowSpent,
    CampaignHasEnded,
    PriceIsFixed,
    name_of_copy,
)
from takings.ads.rules.schedule import (
    day_of,
    days_until,
    last_day_of,
    midnight,
    moved_by,
)
from takings.ads.rules.terms import BadDates, BadLineBudget
from takings.core.errors import Refusal
from takings.core.zones import UnknownTimeZone, time_zone_or_utc
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import User
from tests.make.ads import (
    change,
    make_advertiser,
    make_campaign,
    make_lease,
    make_line_item,
    usd,
)
from tests.make.pages import page_text
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
    days = days_until(late, starts_at=starts, time_zone=BERLIN)
    assert moved_by(days, starts_at=starts, ends_at=ends, time_zone=BERLIN) == (
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


def refuse(item: LineItem, refusal: type[Refusal], **changes: object) -> None:
    with pytest.raises(refusal):
        change(item, **changes)


def reframe(campaign: Campaign, name: str, budget: Money) -> Campaign:
    user = campaign.brand.members.get()
    frame = Frame(name, budget)
    return actions.change_campaign(campaign_id=campaign.pk, frame=frame, user=user, at=NOON)


@pytest.mark.django_db
def test_a_running_line_item_changes_and_each_change_is_a_row_but_no_money_moves() -> None:
    item = make_line_item()
    make_lease(item)
    before, known = ledger.balances(prefix="advertiser:"), Change.objects.count()
    for _ in range(2):
        change(
            item,
            name=" Boots ",
            budget=usd("15"),
            countries=("FR", "DE", "FR"),
            ends_at=NOON + 2 * DAY,
            time_zone=BERLIN,
        )
    item.refresh_from_db()
    assert (item.name, item.budget, item.countries) == ("Boots", usd("15"), ["DE", "FR"])
    told = item.changes.exclude(field="line item")
    assert sorted(str(one) for one in told) == [
        "countries: DE → DE FR",
        "end: 2026-12-02 12:00 → 2026-11-04 13:00",
        f"name: {told.get(field='name').was} → Boots",
        "own budget: none → $15.00",
        "start: 2026-11-02 12:00 → 2026-11-02 13:00",
        "time zone: UTC → Europe/Berlin",
    ]
    assert Change.objects.count() == known + 6
    assert ledger.balances(prefix="advertiser:") == before


@pytest.mark.django_db
def test_a_campaign_changes_its_name_and_budget_within_what_money_depends_on() -> None:
    campaign = make_campaign()
    item = campaign.line_items.get()
    make_lease(item)
    for _ in range(2):
        reframe(campaign, " Winter ", usd("30"))
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget) == ("Winter", usd("30"))
    told = campaign.changes.filter(line_item=None, creative=None)
    assert [str(one) for one in told.filter(field="budget")] == ["budget: $20.00 → $30.00"]
    assert told.count() == 2
    with pytest.raises(BudgetBelowSpent):
        reframe(campaign, "Winter", campaign.committed - Money(1, "USD"))
    change(item, budget=usd("25"), daily=usd("1"))
    before, rows = Campaign.objects.values().get(), Change.objects.count()
    for budget, refusal in (
        (usd("24"), BadLineBudget),
        (Money(30_000_000, "EUR"), CurrenciesDiffer),
    ):
        with pytest.raises(refusal):
            reframe(campaign, "Winter", budget)
    with pytest.raises(BadText):
        reframe(campaign, " ", usd("30"))
    assert (Campaign.objects.values().get(), Change.objects.count()) == (before, rows)
    actions.end_campaign(campaign_id=campaign.pk, user=make_user(), at=NOON)
    with pytest.raises(CampaignHasEnded):
        reframe(campaign, "Spring", usd("30"))


@pytest.mark.django_db
def test_what_money_depends_on_does_not_change() -> None:
    item = make_line_item()
    make_lease(item)
    item.refresh_from_db()
    change(item, budget=item.committed)
    before, rows = LineItem.objects.values().get(), Change.objects.count()
    less = item.committed - Money(1, "USD")
    refuse(item, BudgetBelowSpent, budget=less)
    refuse(item, PriceIsFixed, price=usd("4"))
    refuse(item, BadDates, ends_at=NOON)
    refuse(item, UnknownTimeZone, time_zone="Mars/Base")
    refuse(item, CurrenciesDiffer, price=Money(4_250_000, "EUR"))
    assert (LineItem.objects.values().get(), Change.objects.count()) == (before, rows)
    actions.end_campaign(campaign_id=item.campaign_id, user=make_user(), at=NOON)
    refuse(item, CampaignHasEnded, name="Boots")


@pytest.mark.django_db
def test_what_never_ran_may_still_change_its_price() -> None:
    assert change(make_line_item(), price=usd("5")).price == usd("5")


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
    [item] = copy.line_items.all()
    assert (item.starts_at, item.ends_at) == (utc("2027-01-31 00:00"), utc("2027-03-03 00:00"))
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
    assert 'value="20.000000"' in client.get(address).content.decode()
    form = {"name": "Boots", "budget": "0.001"}
    assert "must pay for at least one view" in client.post(address, form).content.decode()
    answer = client.post(address, form | {"budget": "50"})
    assert answer.headers["location"] == f"/ads/campaigns/{campaign.pk}/"
    campaign.refresh_from_db()
    assert (campaign.name, campaign.budget) == ("Boots", usd("50"))
    far = {"name": "Boots", "starts_on": "0001-01-01", "ends_on": "9999-12-31", "time_zone": "UTC"}
    far |= {"pricing": "vcpm", "sale": "fixed", "price": "4.25"}
    said = page_text(client.post(f"/ads/line-items/{campaign.line_items.get().pk}/edit/", far))
    assert said.count("Choose a day from 2000 to 2199.") == 2
    asked = {"id": str(uuid.uuid4())}
    for _ in range(2):
        answer = client.post(f"/ads/campaigns/{campaign.pk}/duplicate/", asked)
        assert answer.headers["location"] == f"/ads/campaigns/{asked['id']}/"
    client.post(f"/ads/campaigns/{campaign.pk}/duplicate/", {"id": "?"})
    assert Campaign.objects.count() == 3
    asked = {"id": str(campaign.pk)}
    answer = client.post(f"/ads/campaigns/{campaign.pk}/duplicate/", asked, follow=True)
    assert "open the form again" in answer.content.decode()
    assert Campaign.objects.count() == 3
    assert signed_in(make_user()).get(address).status_code == 404
