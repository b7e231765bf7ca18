"""The platform's own ads: shown where nobody pays, counted as all others, and never money."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from takings.ads import actions, queries
from takings.ads.actions import CreativeDraft, charge_beacons, count_showings, key_ring
from takings.ads.actions.pacing import NothingToSpread
from takings.ads.edge import AdServer, Chosen
from takings.ads.edge.routes import card
from takings.ads.edge.stock import Spot
from takings.ads.models import (
    BilledImpression,
    Campaign,
    Creative,
    House,
    Lease,
    LineItem,
    RejectedImpression,
)
from takings.ads.rules.campaigns import Frame, Message
from takings.ads.rules.creatives import HouseIsOpen
from takings.ads.rules.limits import Limits
from takings.ads.rules.lines import Sale
from takings.ads.rules.serving import MEMBER, NO_CAMPAIGN, SEEN_ENOUGH, NoAd
from takings.ads.rules.showings import AdFact
from takings.ads.rules.terms import Terms, WrongPayer
from takings.ads.rules.tokens import Placement
from takings.core import clock
from takings.ledger.models import Entry
from takings.ledger.queries import check_books
from takings.people.models import Brand, StaffAct, User
from takings.people.rules import Viewer
from tests.make.ads import FREE, Wanted, make_beacon, make_campaign, make_draft, make_house, usd
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator
from tests.make.videos import make_creative

pytestmark = pytest.mark.django_db

SECOND = dt.timedelta(seconds=1)


def make_server() -> AdServer:
    server = AdServer(name="server-1", keys=key_ring(), wake=lambda: None)
    server.refresh(at=NOON)
    return server


def someone(**known: object) -> Viewer:
    return replace(Viewer(uuid.uuid4(), None, "DE", NOON), **known)  # type: ignore[arg-type]


def ask(server: AdServer, viewer: Viewer | None = None, **place: object) -> Chosen | NoAd:
    spot = Spot(viewer or someone(), uuid.uuid4(), NOON, **place)  # type: ignore[arg-type]
    return server.decide_against((), spot=spot)[0]


def won(answer: Chosen | NoAd) -> Chosen:
    assert isinstance(answer, Chosen)
    return answer


def test_an_ad_of_the_platform_is_shown_where_nobody_pays_and_says_so() -> None:
    house = make_house()
    alone = won(ask(make_server(), placement=Placement.MID))
    assert (alone.offer.campaign_id, alone.decision.price) == (house.pk, usd("0"))
    shown = card(alone)
    assert (shown["label"], shown["from"], shown["paid_by"]) == ("From", "Takings", "")
    assert alone.why[:3] == [
        "This is from Takings itself; nobody paid for it.",
        "Shown in Germany, in the middle of a video.",
        "No ad that is paid for could run here at this moment.",
    ]
    paying = make_campaign(wanted=Wanted(budget=usd("0.0425")))
    server = make_server()
    chosen = [won(ask(server)) for _ in range(12)]
    assert [one.offer.campaign_id for one in chosen] == [paying.pk] * 10 + [house.pk] * 2
    assert chosen[0].why[2] == "No other ad could run here at this moment."  # it is no rival


def test_it_is_offered_to_no_others_and_shown_to_nobody_who_paid_or_saw_enough() -> None:
    house = make_house()
    house.line_items.update(day_cap=1)
    server = make_server()
    assert ask(server, limits=Limits(is_offer=True)) == NO_CAMPAIGN
    assert ask(server, someone(ad_free_until=NOON + dt.timedelta(days=1))) == MEMBER
    viewer = someone()
    won(ask(server, viewer))
    assert ask(server, viewer) == SEEN_ENOUGH
    house.line_items.update(paused_at=NOON)
    server.refresh(at=NOON)
    assert ask(server) == NO_CAMPAIGN
    assert not Lease.objects.filter(closed_at=None).exists()


def test_what_is_told_of_it_is_counted_and_no_money_moves() -> None:
    house = make_house()
    server = make_server()
    decisions = [won(ask(server)).decision for _ in range(3)]
    for decision in decisions:
        assert Lease.objects.get(pk=decision.lease_id).amount_micros == 0
    token = key_ring().sign(decisions[0])
    page = server.follow(token=token, viewer_id=decisions[0].viewer_id, at=NOON + SECOND)
    assert page == "https://brand.example/coats"
    server.refresh(at=NOON + SECOND)
    for kind in ("ad_impression", "ad_viewable", "ad_end", "ad_click", "ad_skip"):
        beacons = [replace(make_beacon(one), event=kind) for one in decisions]
        charge_beacons(segment=kind, beacons=[*beacons, *beacons], at=NOON)
        count_showings(
            facts=[
                AdFact(kind, beacon.token, beacon.viewer_id, beacon.received_at)
                for beacon in beacons[:2]
            ]
        )
    [row] = queries.house_rows(brand=house.brand, at=NOON)
    assert (row.served, row.impressions, row.clicks, row.is_over) == (3, 2, 1, False)
    server.close(at=NOON + dt.timedelta(minutes=9))
    actions.return_leases(at=NOON + dt.timedelta(days=1))
    assert not Lease.objects.filter(closed_at=None).exists()
    assert not BilledImpression.objects.exists()
    assert not RejectedImpression.objects.exists()
    assert not Entry.objects.exists()
    assert check_books() == []


def test_only_the_platform_pays_nothing_and_it_buys_nothing() -> None:
    house, paying = make_house(), make_campaign()
    bea, otto = paying.brand.members.get(), house.brand.members.get()
    free = house.line_items.get()
    before = (LineItem.objects.count(), Campaign.objects.count())
    for campaign, terms, user in (
        (paying, queries.terms_of(item=free), bea),
        (house, replace(queries.terms_of(item=free), price=usd("1")), otto),
        (house, replace(queries.terms_of(item=free), budget=usd("0")), otto),
        (house, replace(queries.terms_of(item=free), sale=Sale.AUCTION), otto),
    ):
        _refused(campaign, terms, user)
    for campaign, user, wanted in ((paying, bea, FREE), (house, otto, Wanted())):
        draft = make_draft(make_creative(user).pk, wanted)
        with pytest.raises(WrongPayer), transaction.atomic():
            actions.create_campaign(brand=campaign.brand, draft=draft, user=user, at=NOON)
    with pytest.raises(WrongPayer):
        actions.change_campaign(
            campaign_id=house.pk, frame=Frame("Ours", usd("5")), user=otto, at=NOON
        )
    with pytest.raises(NothingToSpread):
        actions.spread_line_item(line_item_id=free.pk, user=otto, at=NOON)
    for columns in ({"price_micros": 1}, {"pricing": "cpm"}, {"sale": "auction"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LineItem.objects.filter(pk=free.pk).update(**columns)
    assert (LineItem.objects.count(), Campaign.objects.count()) == before


def _refused(campaign: Campaign, terms: Terms, user: User) -> None:
    draft = actions.LineItemDraft(uuid.uuid4(), terms)
    with pytest.raises(WrongPayer), transaction.atomic():
        actions.add_line_item(campaign_id=campaign.pk, draft=draft, user=user, at=NOON)


def test_what_an_operator_says_for_the_platform_needs_no_second_look_but_leaves_its_row() -> None:
    house = make_house()
    first = house.creatives.get()
    assert (first.review, first.approved_url) == ("approved", first.landing_url)
    [act] = StaffAct.objects.filter(act="ads.approve_creative")
    assert act.target == f"creative:{first.pk}"
    message = Message("Split an ad with who helped", "See how", "https://takings.example/split")
    otto = house.brand.members.get()
    changed = actions.change_creative(creative_id=first.pk, message=message, user=otto, at=NOON)
    assert (changed.review, changed.approved_url) == ("approved", message.landing_url)
    assert StaffAct.objects.filter(act="ads.approve_creative").count() == 2
    olga = make_operator("Olga")  # another operator need not belong to it
    draft = CreativeDraft(uuid.uuid4(), make_creative(olga).pk, message)
    actions.add_creative(campaign_id=house.pk, draft=draft, user=olga, at=NOON)
    assert Creative.objects.get(pk=draft.id).review == "approved"
    otto.is_staff = False  # a member who is no operator waits for one
    otto.save()
    draft = CreativeDraft(uuid.uuid4(), make_creative(otto).pk, message)
    actions.add_creative(campaign_id=house.pk, draft=draft, user=otto, at=NOON)
    assert Creative.objects.get(pk=draft.id).review == "submitted"


def test_the_house_opens_once() -> None:
    brand = make_house().brand
    with pytest.raises(HouseIsOpen):
        actions.open_house(
            operator=make_operator(), name="Another", website="https://takings.example", at=NOON
        )
    assert queries.house_brand() == brand == Brand.objects.get()
    assert House.objects.get().opened_by == brand.members.get()
    assert StaffAct.objects.get(act="ads.open_house").target == f"brand:{brand.pk}"


def test_an_operator_opens_the_house_and_fills_it_without_a_price(client: Client) -> None:
    operator = make_operator()
    desk = client
    desk.force_login(operator)
    address = "/ads/desk/house/"
    assert "Under which name?" in page_text(desk.get(address))
    named = {"name": "Takings", "website": "https://takings.example"}
    assert "No campaign yet" in page_text(desk.post(address, named, follow=True))
    again = desk.post(address, named | {"name": "Another"}, follow=True)
    assert "has a brand of its own already" in page_text(again)
    house = Brand.objects.get()
    form = f"/ads/campaigns/new/?brand={house.pk}"
    page = desk.get(form).content.decode()
    assert 'name="price"' not in page
    assert 'name="budget"' not in page
    today = clock.now().date()
    filled = {
        "id": str(uuid.uuid4()),
        "name": "Share with who helped",
        "headline": "Made it together?",
        "call_to_action": "Split the earnings",
        "landing_url": "https://takings.example/studio/splits/",
        "creative": str(make_creative(operator).pk),
        "starts_on": today.isoformat(),
        "ends_on": (today + dt.timedelta(days=30)).isoformat(),
        "time_zone": "UTC",
    }
    assert "Its ad is in review" not in page_text(desk.post(form, filled, follow=True))
    campaign = Campaign.objects.get()
    page = page_text(desk.post(f"/ads/campaigns/{campaign.pk}/activate/", follow=True))
    assert "From Takings itself" in page
    assert "Not served" not in page
    assert "$" not in page
    item = campaign.line_items.get()
    page = page_text(desk.get(f"/ads/line-items/{item.pk}/"))
    assert "None: it is Takings’s own" in page
    edit = f"/ads/line-items/{item.pk}/edit/"
    assert 'name="daily"' not in desk.get(edit).content.decode()
    desk.post(edit, filled | {"name": "In the evening", "hours": ["20"], "day_cap": "2"})
    item.refresh_from_db()
    assert (item.name, item.hours, item.day_cap, item.price_micros) == (
        "In the evening",
        [20],
        2,
        0,
    )
    desk.post(f"/ads/campaigns/{campaign.pk}/line-items/new/", filled | {"id": str(uuid.uuid4())})
    assert campaign.line_items.count() == 2
    desk.post(f"/ads/campaigns/{campaign.pk}/edit/", {"name": "Together"})
    assert "Together" in page_text(desk.get(address))
    account = desk.get(f"/ads/?brand={house.pk}")
    assert account["location"] == f"/ads/campaigns/?brand={house.pk}"
    listed = page_text(desk.get(account["location"]))
    assert "Together" in listed
    assert "$" not in listed, "what costs nothing has no amounts"
