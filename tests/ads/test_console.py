"""The advertiser's console and the operator's desk, through their pages and the API."""

import datetime as dt
import re
import uuid
from typing import Protocol

import pytest
from django.conf import settings
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import ClickDraft
from takings.ads.models import Campaign, Deposit, LineItem
from takings.ads.views.reports import HEAD
from takings.core import clock
from takings.money import Money
from takings.people.models import Brand, StaffAct, User
from tests.make.ads import (
    SECONDS,
    Wanted,
    make_advertiser,
    make_beacon,
    make_campaign,
    make_decision,
    make_lease,
    make_served,
    usd,
)
from tests.make.people import NOON, make_operator, make_user
from tests.make.videos import make_creative

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


class Page(Protocol):
    """A response with a body."""

    @property
    def content(self) -> bytes:
        """The body."""


def text(answer: Page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def filled(creative_id: uuid.UUID, **changes: str) -> dict[str, str]:
    today = clock.now().date()
    return {
        "id": str(uuid.uuid4()),
        "creative": str(creative_id),
        "name": "Coats",
        "headline": "Warm all winter",
        "call_to_action": "See the coats",
        "landing_url": "https://brand.example/coats",
        "price": "4.25",
        "pricing": "vcpm",
        "sale": "fixed",
        "budget": "20",
        "starts_on": today.isoformat(),
        "ends_on": (today + dt.timedelta(days=9)).isoformat(),
        "time_zone": "UTC",
        "countries": "DE",
        **changes,
    }


def charge_some(campaign: Campaign) -> None:
    """Let three views be charged, one be rejected, and one ad be clicked."""
    lease = make_lease(campaign)
    decisions = [make_decision(lease) for _ in range(4)]
    beacons = [make_beacon(decision) for decision in decisions[:3]]
    beacons.append(make_beacon(decisions[3], after=SECONDS))
    actions.charge_beacons(segment="one", beacons=beacons, at=NOON)
    make_served(campaign, 5)
    day_later = NOON + dt.timedelta(days=2)
    clicks = [
        ClickDraft(decisions[0], day_later),
        ClickDraft(decisions[1], day_later, "other_viewer"),
    ]
    actions.record_clicks(clicks=clicks)


def test_who_has_no_brand_opens_one_first() -> None:
    user = make_user()
    client = signed_in(user)
    for page in ("/ads/", "/ads/campaigns/", "/ads/campaigns/new/"):
        assert client.get(page).headers["location"] == "/ads/brands/new/"
    answer = client.post("/ads/brands/new/", {"name": "Northwind", "website": "brand.example"})
    assert answer.headers["location"] == "/ads/"
    assert list(Brand.objects.get().members.all()) == [user]
    assert "There is no prepaid money" in text(client.get("/ads/"))
    taken = client.post("/ads/brands/new/", {"name": "Northwind", "website": "b.example"})
    assert "is already here" in text(taken)
    nothing = client.post("/ads/brands/new/", {"name": "", "website": "x"})
    assert "This field is required" in text(nothing)
    assert Brand.objects.count() == 1


def test_strangers_are_asked_to_sign_in_and_see_no_brand_of_others(client: Client) -> None:
    brand, _ = make_advertiser()
    assert client.get("/ads/").headers["location"].startswith("/accounts/login/")
    assert client.get("/ads/brands/new/").status_code == 302
    stranger = signed_in(make_user())
    assert stranger.get(f"/ads/?brand={brand.pk}").status_code == 404
    campaign = make_campaign()
    for page in ("", "pause/"):
        assert stranger.get(f"/ads/campaigns/{campaign.pk}/{page}").status_code == 404
    assert stranger.post(f"/ads/campaigns/{campaign.pk}/pause/").status_code == 404
    assert stranger.get("/ads/desk/deposits/").status_code == 404
    campaign.refresh_from_db()
    assert campaign.status == "active"


def test_a_campaign_is_drafted_activated_paused_resumed_and_ended() -> None:
    brand, member = make_advertiser()
    creative = make_creative(member)
    client = signed_in(member)
    page = client.get("/ads/campaigns/new/")
    assert 'data-island="upload"' in page.content.decode()
    assert 'id="uploaded-creative"' in page.content.decode()
    data = filled(creative.pk)
    client.post("/ads/campaigns/new/", data)
    answer = client.post("/ads/campaigns/new/", data)  # a double click is one campaign
    campaign = Campaign.objects.get()
    assert answer.headers["location"] == f"/ads/campaigns/{campaign.pk}/"
    assert (campaign.brand, campaign.status, campaign.budget) == (brand, "drafted", usd("20"))
    [item] = campaign.line_items.all()
    assert (item.price, (item.ends_at - item.starts_at).days) == (usd("4.25"), 10)
    for step, status, button in (
        ("activate", "active", "Pause"),
        ("pause", "paused", "Resume"),
        ("activate", "active", "Pause"),
        ("end", "ended", "Ended"),
    ):
        address = f"/ads/campaigns/{campaign.pk}/{step}/"
        assert "Coats" in text(client.get(address))
        campaign.refresh_from_db()
        assert campaign.status != status
        client.post(address)
        campaign.refresh_from_db()
        assert campaign.status == status
        assert button in text(client.get(f"/ads/campaigns/{campaign.pk}/"))
    client.post(f"/ads/campaigns/{campaign.pk}/activate/")
    assert "cannot become active" in text(client.get(f"/ads/campaigns/{campaign.pk}/"))
    assert client.get(f"/ads/campaigns/{campaign.pk}/explode/").status_code == 404
    steps = campaign.steps.values_list("status", flat=True)
    assert list(steps) == ["drafted", "active", "paused", "active", "ended"]
    assert str(campaign.steps.last()) == "Coats → ended"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"price": "0"}, "price must be above 0"),
        ({"price": "-3"}, "price must be above 0"),
        ({"price": "4.2501"}, "at most three decimals"),
        ({"budget": "0.001"}, "must pay for at least one view"),
        ({"ends_on": "2020-01-01"}, "must end after it starts"),
        ({"landing_url": "javascript:alert(1)"}, "full https address"),
        ({"landing_url": "http://brand.example/"}, "full https address"),
        ({"creative": ""}, "Choose a video that was uploaded as an ad"),
        ({"uploaded": str(uuid.UUID(int=7))}, "Choose a video that was uploaded as an ad"),
        ({"headline": "a\tb"}, "The headline needs 1 to 60 characters"),
        ({"price": "much"}, "Enter a number"),
    ],
)
def test_each_mistake_has_its_sentence_and_nothing_is_drafted(
    changes: dict[str, str], sentence: str
) -> None:
    _, member = make_advertiser()
    creative = make_creative(member)
    answer = signed_in(member).post("/ads/campaigns/new/", filled(creative.pk, **changes))
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert not Campaign.objects.exists()


def test_the_video_of_another_brand_cannot_be_used() -> None:
    _, member = make_advertiser()
    _, other = make_advertiser()
    stolen = make_creative(other)
    client = signed_in(member)
    for data in (filled(stolen.pk), filled(stolen.pk, creative="", uploaded=str(stolen.pk))):
        assert client.post("/ads/campaigns/new/", data).status_code == 200
    assert not Campaign.objects.exists()


def test_the_overview_shows_where_the_money_is() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    campaign.line_items.update(ends_at=clock.now() + dt.timedelta(days=1))
    charge_some(campaign)
    shown = text(signed_in(member).get("/ads/"))
    assert "$99.95" in shown
    assert "$0.01 Charged" in shown
    assert f"3 viewable views of “{campaign.name}” in DE" in shown
    assert f"{brand} paid in advance" in shown
    listed = text(signed_in(member).get("/ads/campaigns/"))
    assert campaign.name in listed
    assert "Active" in listed


def test_a_report_counts_served_viewable_charged_clicked_and_why_not() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    charge_some(campaign)
    report = queries.campaign_report(campaign=campaign)
    assert [(row.day.day, row.country) for row in report.rows] == [(2, "DE"), (4, "DE")]
    total = report.total
    assert (total.served, total.viewable, total.charged, total.clicks) == (5, 4, 3, 1)
    assert total.spent == usd("0.01275")
    assert [(day.day.day, day.charged) for day in report.days] == [(2, 3), (3, 0), (4, 0)]
    [rejection] = report.rejections
    assert rejection.count == 1
    page = text(signed_in(member).get(f"/ads/campaigns/{campaign.pk}/"))
    assert rejection.sentence in page
    assert "2 Nov 2026 Germany 5 4 3 1 0 $0.01 2750" in page
    assert "Approved 3 $0.01 2750" in page


def test_a_long_report_is_paged_the_newest_days_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("takings.ads.views.console.ROWS_PER_PAGE", 1)
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    charge_some(campaign)
    client, address = signed_in(member), f"/ads/campaigns/{campaign.pk}/"
    first, second = text(client.get(address)), text(client.get(f"{address}?page=2"))
    assert "Page 1 of 2" in first
    assert ("4 Nov 2026 Germany" in first, "2 Nov 2026 Germany" in first) == (True, False)
    assert "2 Nov 2026 Germany" in second


def test_a_report_is_a_file_for_its_brand_only() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    charge_some(campaign)
    address = f"/ads/campaigns/{campaign.pk}/report.csv"
    answer = signed_in(member).get(address)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines() == [
        ",".join(HEAD),
        "2026-11-02,DE,5,4,3,1,0,0,12750,0.012750,USD",
        "2026-11-04,DE,0,0,0,0,1,0,0,0.000000,USD",
    ]
    assert signed_in(make_user()).get(address).status_code == 404


def test_a_campaign_without_views_has_an_empty_report() -> None:
    report = queries.campaign_report(campaign=make_campaign())
    assert (report.rows, report.days, report.rejections) == ((), [], ())
    assert report.total.spent == usd("0")


def test_a_report_over_json_is_for_its_brand_only() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    charge_some(campaign)
    client = signed_in(member)
    [listed] = client.get("/api/ads/campaigns").json()
    assert listed == client.get(f"/api/ads/campaigns/{campaign.pk}").json()
    assert listed["line_items"][0]["price"] == {"micros": 4_250_000, "currency": "USD"}
    report = client.get(f"/api/ads/campaigns/{campaign.pk}/report").json()
    assert (report["charged"], report["spent"]["micros"]) == (3, 12_750)
    assert [row["rejected"] for row in report["rows"]] == [1, 0]
    assert [one["reason"] for one in report["rejections"]] == ["too_early"]
    stranger = signed_in(make_user())
    assert stranger.get("/api/ads/campaigns").json() == []
    answer = stranger.get(f"/api/ads/campaigns/{campaign.pk}/report")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_campaign")
    assert Client().get("/api/ads/campaigns").status_code == 401


def test_an_operator_takes_a_deposit_once_and_it_is_on_record() -> None:
    brand, _ = make_advertiser()
    operator = make_operator()
    client = signed_in(operator)
    page = client.get(f"/ads/desk/deposits/?brand={brand.pk}").content.decode()
    (given,) = re.findall(r'name="id" value="([0-9a-f-]{36})"', page)
    data = {"id": given, "brand": str(brand.pk), "amount": "250", "reason": "statement 17"}
    for _ in range(2):
        client.post("/ads/desk/deposits/", data)
    deposit = Deposit.objects.get()
    assert (deposit.brand, deposit.amount) == (brand, usd("250"))
    act = StaffAct.objects.get()
    assert (act.operator, act.target, act.reason) == (operator, f"deposit:{given}", "statement 17")
    assert f"{brand} $250.00" in text(client.get("/ads/desk/deposits/"))
    other = client.post("/ads/desk/deposits/", {**data, "amount": "251"})
    assert "use a new id" in text(other)
    wrong = client.post("/ads/desk/deposits/", {**data, "amount": "-1"})
    assert "A deposit is at least 0.01." in text(wrong)
    assert Deposit.objects.count() == StaffAct.objects.count() == 1
    assert queries.prepaid(brand_id=brand.pk, currency="USD") == usd("250")


def test_an_operator_sees_every_brand_and_members_of_two_choose() -> None:
    first, member = make_advertiser("Alpine")
    second, _ = make_advertiser("Boreal")
    assert [str(brand) for brand in queries.brands_for(user=make_operator())] == [
        str(first),
        str(second),
    ]
    second.members.add(member)
    page = signed_in(member).get(f"/ads/?brand={second.pk}").content.decode()
    assert f"<h1>{second}</h1>" in page
    assert f'<option value="{first.pk}">' in page


def test_an_operator_reaches_every_campaign() -> None:
    campaign = make_campaign()
    shown = text(signed_in(make_operator()).get(f"/ads/campaigns/{campaign.pk}/"))
    assert campaign.name in shown


def test_a_campaign_that_is_over_says_so() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member, wanted=Wanted(deposit=None))
    LineItem.objects.update(
        starts_at=NOON.replace(year=2020), ends_at=NOON.replace(year=2020, day=9)
    )
    client = signed_in(member)
    assert "Over" in text(client.get(f"/ads/campaigns/{campaign.pk}/"))
    client.post(f"/ads/campaigns/{campaign.pk}/pause/")
    client.post(f"/ads/campaigns/{campaign.pk}/activate/")
    assert "dates are over" in text(client.get(f"/ads/campaigns/{campaign.pk}/"))


def test_a_draft_under_the_id_of_another_campaign_is_refused() -> None:
    brand, member = make_advertiser()
    campaign = make_campaign(brand, member=member)
    creative = make_creative(member)
    data = filled(creative.pk, id=str(campaign.pk), name="Another")
    assert "open the form again" in text(signed_in(member).post("/ads/campaigns/new/", data))


def test_money_of_another_currency_buys_no_campaign() -> None:
    brand, member = make_advertiser()
    euros = Wanted(cpm=Money(4_250_000, "EUR"), budget=Money(10**7, "EUR"), deposit=None)
    with pytest.raises(actions.CurrencyNotSold):
        make_campaign(brand, member=member, wanted=euros)
    assert not Campaign.objects.exists()
