"""Private deals: kept to by price, seat and id, before the auction where the price is fixed."""

import json
import uuid
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from takings.ads import actions
from takings.ads.actions import DealDraft, DealIdTaken
from takings.ads.edge import Chosen
from takings.ads.models import BilledImpression, Deal
from takings.ads.queries.deals import deal_rows
from takings.ads.rules import deals
from takings.ads.rules.deals import BadDeal, Kind
from takings.ads.rules.limits import Limits
from takings.ads.rules.openrtb import (
    AgreedDeal,
    BadBidFloor,
    deal_for,
    impression_hindrance,
    limits_of,
)
from takings.ads.rules.outbids import judge_answer
from takings.ads.rules.partners import Outcome
from takings.core import clock
from takings.ledger.queries import check_books
from takings.money import Money
from takings.people.models import StaffAct
from tests.ads.test_openrtb import HLS, place, request, run, sell, selling
from tests.ads.test_partner_rules import BID, PARTNER, PLACE, answer
from tests.ads.test_partner_rules import request as asking
from tests.ads.test_partners import House, counted, learn, someone
from tests.ads.test_players import make_world
from tests.make.ads import Wanted, make_beacon, make_campaign, usd
from tests.make.bidders import Bidder, bids, make_deal, make_partner
from tests.make.outside import TAG
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator, make_user
from tests.make.players import SITE

FIXED = deals.Deal(uuid.UUID(int=9), "D-1", Kind.FIXED, usd("6"), frozenset({"s1"}))
FLOOR = replace(FIXED, code="D-2", kind=Kind.FLOOR)


@pytest.mark.parametrize(
    ("changes", "dearest"),
    [
        ({"code": ""}, "20"),
        ({"code": "a b"}, "20"),
        ({"code": "ü"}, "20"),
        ({"code": "x" * 65}, "20"),
        ({"price": usd("0")}, "20"),
        ({"price": usd("-1")}, "20"),
        ({"price": usd("6.0001")}, "20"),
        ({"seats": frozenset()}, "20"),
        ({"seats": frozenset({"a b"})}, "20"),
        ({"seats": frozenset(str(one) for one in range(21))}, "20"),
        ({}, "5.999"),
        ({}, None),
    ],
)
def test_a_deal_that_nobody_could_keep_is_refused(
    changes: dict[str, object], dearest: str | None
) -> None:
    deal = replace(FIXED, **changes)  # type: ignore[arg-type] # by name
    with pytest.raises(BadDeal):
        deals.check_deal(deal, dearest=usd(dearest) if dearest else None)


def test_a_deal_is_offered_as_the_standard_wants_it() -> None:
    deals.check_deal(FIXED, dearest=usd("6"))
    deals.check_deal(replace(FIXED, seats=frozenset()), dearest=None)
    found = asking(partner=replace(PARTNER, deals=(FIXED, FLOOR)))
    assert isinstance(found["imp"], list)
    told = {"bidfloor": 6.0, "bidfloorcur": "USD", "wseat": ["s1"]}
    assert found["imp"][0]["pmp"] == {
        "private_auction": 0,
        "deals": [{"id": "D-1", "at": 3, **told}, {"id": "D-2", "at": 1, **told}],
    }


@pytest.mark.parametrize(
    ("changes", "seat", "floor_cpm", "found"),
    [
        ({"dealid": "D-1", "price": 6}, "s1", 0, 6_000),
        ({"dealid": "D-1", "price": 9}, "s1", 0, 6_000),
        ({"dealid": "D-2", "price": 9}, "s1", 0, 9_000),
        ({"dealid": "D-2", "price": 6}, "s1", 0, 6_000),
        ({"dealid": "D-1", "price": 5.999}, "s1", 0, Outcome.BELOW_DEAL),
        ({"dealid": "D-2", "price": 5.999}, "s1", 0, Outcome.BELOW_DEAL),
        ({"dealid": "D-1", "price": 9}, "s1", 7, Outcome.BELOW_FLOOR),
        ({"dealid": "D-2", "price": 9}, "s1", 7, 9_000),
        ({"dealid": "D-1", "price": 6}, "s2", 0, Outcome.WRONG_SEAT),
        ({"dealid": "D-1", "price": 6}, None, 0, Outcome.WRONG_SEAT),
        ({"dealid": "D-3", "price": 6}, "s1", 0, Outcome.UNKNOWN_DEAL),
        ({"dealid": "D-1", "price": 20.01}, "s1", 0, Outcome.TOO_DEAR),
    ],
)
def test_a_bid_is_held_to_the_deal_that_it_names(
    *, changes: dict[str, object], seat: str | None, floor_cpm: int, found: int | Outcome
) -> None:
    partner = replace(PARTNER, deals=(FIXED, FLOOR))
    limits = Limits(floor_micros=floor_cpm * 1_000)
    here = replace(PLACE, floor_micros=8_500, limits=limits)  # a deal stands for our own floor
    body = answer(seatbid=[{"seat": seat, "bid": [{**BID, **changes}]}])
    judged = judge_answer(body, partner=partner, place=here)
    if isinstance(found, Outcome):
        assert [one.outcome for one in judged.lost] == [found]
    else:
        assert judged.best is not None
        assert judged.best.price_micros == found


def test_of_a_partners_bids_the_one_at_an_agreed_price_comes_first() -> None:
    partner = replace(PARTNER, deals=(FIXED,))
    two = [{**BID, "price": 19}, {**BID, "price": 7, "dealid": "D-1"}]
    judged = judge_answer(
        answer(seatbid=[{"seat": "s1", "bid": two}]), partner=partner, place=PLACE
    )
    assert judged.best is not None
    assert judged.best.deal == FIXED
    assert [one.outcome for one in judged.lost] == [Outcome.OUTBID]


@pytest.mark.django_db
def test_an_agreed_price_wins_before_a_dearer_ad_and_is_what_is_charged(
    asked: Bidder, tmp_path: Path
) -> None:
    partner = make_partner()
    deal = make_deal(partner)
    house = House(asked)
    learn(house, asked, tmp_path)
    make_campaign(wanted=Wanted(cpm=usd("15")))
    house.look()
    asked.bid = bids("9", seat="s1", dealid="D-1")
    [won] = house.choose(someone())
    assert isinstance(won, Chosen)
    assert (won.offer.brand[:13], won.decision.price) == ("coats.example", usd("0.006"))
    assert "promised to its buyer beforehand" in won.why[2]
    asked.bid = bids("9", seat="s2", dealid="D-1")
    [other] = house.choose(someone())
    assert isinstance(other, Chosen)
    assert other.won.price_micros == 15_000
    house.look()
    assert counted() == {"asked": 3, "new_creative": 1, "won": 1, "wrong_seat": 1}
    beacon = replace(make_beacon(won.decision), event="ad_impression")
    actions.charge_beacons(segment="s1", beacons=[beacon], at=NOON)
    [row] = deal_rows([deal], at=NOON)
    assert (row.asked, row.made, row.charged, row.amount) == (3, 1, 1, usd("0.006"))
    assert ("Bids on a deal of a seat that it does not name", 1) in row.outcomes
    actions.tell_partners(at=NOON, outside=asked.way)
    assert any(one.startswith(f"{TAG}/won?p=6.0") for one in asked.server.asked), "not its bid of 9"
    assert check_books() == []
    # Without money it is passed over, and the auction goes on without it.
    campaign = partner.line_item.campaign
    campaign.refresh_from_db()
    campaign.budget_micros = campaign.committed_micros
    campaign.save()
    asked.bid = bids("9", seat="s1", dealid="D-1")
    later = house.choose(*(someone() for _ in range(90)))
    paid = [one.won.price_micros for one in later if isinstance(one, Chosen)]
    assert paid == sorted(paid), "first all at six, then at fifteen, while there is money"
    assert set(paid) == {6_000, 15_000}


@pytest.mark.django_db
def test_a_deal_with_a_floor_takes_part_in_the_auction(asked: Bidder, tmp_path: Path) -> None:
    partner = make_partner()
    make_deal(partner, kind=Kind.FLOOR)
    house = House(asked)
    learn(house, asked, tmp_path)
    make_campaign(wanted=Wanted(cpm=usd("15")))  # worth nine, as six of ten are seen
    house.look()
    prices = []
    for cpm in ("7", "10"):
        asked.bid = bids(cpm, seat="s1", dealid="D-1")
        [won] = house.choose(someone())
        assert isinstance(won, Chosen)
        prices.append(won.decision.price)
    assert prices == [usd("0.015"), usd("0.01")]


@pytest.mark.django_db
def test_deals_are_added_changed_and_refused_by_name_on_the_desk() -> None:
    partner, operator = make_partner(), make_operator()
    desk = Client()
    desk.force_login(operator)
    address = "/ads/desk/deals/"
    page = desk.get(address)
    assert "Nothing was agreed yet" in page_text(page)
    assert page.context["here"] == "/ads/desk/partners/"
    form = {
        "id": str(uuid.uuid4()),
        "code": "D-1",
        "partner": str(partner.pk),
        "kind": "fixed",
        "price": "6.25",
        "seats": "s2 s1",
        "is_on": "on",
    }
    assert "Name 1 to 20 seats" in page_text(desk.post(address, form | {"seats": ""}))
    assert "believes bids up to" in page_text(desk.post(address, form | {"price": "20.001"}))
    assert not Deal.objects.exists()
    for _ in range(2):
        assert "D-1 holds from now on." in page_text(desk.post(address, form, follow=True))
    deal = Deal.objects.get()
    assert (deal.price, deal.seats, deal.partner) == (usd("6.25"), ["s1", "s2"], partner)
    again = desk.post(address, form | {"id": str(uuid.uuid4())})
    assert "another deal with this id" in page_text(again)
    own = f"{address}{deal.pk}/"
    shown = desk.get(own)
    assert "It was not offered yet" in page_text(shown)
    assert 'name="price" value="6.250"' in shown.content.decode(), "it can be saved as it is"
    assert "steps of 0.001" in page_text(desk.post(own, form | {"price": "-1"}))
    off = {name: value for name, value in form.items() if name != "is_on"} | {"kind": "floor"}
    assert "D-1 holds no more." in page_text(desk.post(own, off, follow=True))
    deal.refresh_from_db()
    assert (deal.is_on, deal.kind) == (False, "floor")
    of_site = form | {"id": str(uuid.uuid4()), "code": "S-1", "partner": ""}
    assert "names no seats" in page_text(desk.post(address, of_site))
    told = page_text(desk.post(address, of_site | {"seats": ""}, follow=True))
    assert "With a site, for our own ads" in told
    acts = StaffAct.objects.filter(act__endswith="_deal").values_list("act", "reason")
    assert ("ads.change_deal", "D-1, floor $6.25, is off") in acts
    for one in (address, own):
        stranger = Client()
        stranger.force_login(make_user())
        assert stranger.get(one).status_code == 404
    assert desk.get(f"{address}{uuid.uuid4()}/").status_code == 404
    taken = DealDraft("S-1", None, Kind.FLOOR, usd("1"), frozenset(), is_on=True)
    with pytest.raises(DealIdTaken):
        actions.add_deal(id=deal.pk, draft=taken, operator=operator, at=NOON)
    with pytest.raises(IntegrityError, match="names_seats"), transaction.atomic():
        Deal.objects.update(seats=["s1"])


def test_a_site_offers_deals_that_we_know_and_others_are_left_out() -> None:
    known = {"D-1": replace(FIXED, seats=frozenset()), "D-2": replace(FLOOR, seats=frozenset())}

    def agreed(*offered: dict[str, object]) -> list[tuple[str, int]]:
        [one] = request(**place(pmp={"deals": list(offered)})).imp
        return [(a.deal.code, a.floor_micros) for a in one.agreed(known, currency="USD")]

    assert agreed() == []
    assert agreed({"id": "D-1"}, {"id": "D-2"}, {"id": "D-3"}) == [("D-1", 6_000), ("D-2", 6_000)]
    assert agreed({"id": "D-2", "bidfloor": 7}) == [("D-2", 7_000)]
    assert agreed({"id": "D-1", "bidfloor": 6.001}) == [], "more than was agreed"
    assert agreed({"id": "D-1", "wseat": ["other"]}, {"id": "D-1", "wseat": ["takings"]}) == [
        ("D-1", 6_000)
    ]
    assert agreed({"id": "D-1", "bidfloor": 1, "bidfloorcur": "EUR"}) == []
    with pytest.raises(BadBidFloor):
        agreed({"id": "D-1", "bidfloor": -1})


def test_a_deal_may_ask_for_less_than_the_open_auction_and_alone_where_it_is_private() -> None:
    deal = AgreedDeal(replace(FLOOR, price=usd("2")), 2_000)
    for private, open_floor, least in ((0, 5, 2_000), (1, 5, 2_000), (0, 1, 1_000), (1, 1, 2_000)):
        asked = request(**place(bidfloor=open_floor, pmp={"private_auction": private}))
        [one] = asked.imp
        assert limits_of(asked, one, agreed=[deal]).floor_micros == least
        assert impression_hindrance(one, currency="USD", has_deal=True) is None
    dearer = AgreedDeal(deal.deal, 3_000, frozenset({"brand.example"}))
    two = [deal, dearer]
    assert deal_for(two, worth_micros=3_000, advertiser="shop.brand.example") == dearer
    assert deal_for(two, worth_micros=3_000, advertiser="rival.example") == deal
    assert deal_for(two, worth_micros=2_999, advertiser="brand.example") == deal
    assert deal_for(two, worth_micros=1_999, advertiser="brand.example") is None


@pytest.mark.django_db(transaction=True)
def test_our_ads_bid_on_the_deals_of_a_site(tmp_path: Path) -> None:
    video = make_world()  # its ad is worth $2.55 for a thousand
    deal = make_deal(None, price="2.5")

    def offering(**changes: object) -> dict[str, object]:
        pmp = {"private_auction": 1, "deals": [{"id": "D-1", "bidfloor": 2, **changes}]}
        return {"imp": [{"id": "1", "video": HLS, "bidfloor": 9, "pmp": pmp}]}

    async def story() -> None:
        async with selling() as (seller, _):
            sold = await sell(seller, video, **offering())
            [seat] = json.loads(sold.body, parse_float=Decimal)["seatbid"]
            [bid] = seat["bid"]
            assert (seat["seat"], bid["dealid"], bid["price"]) == ("takings", "D-1", Decimal("2.5"))
            for changes in ({"wadomain": ["rival.example"]}, {"id": "D-9"}):
                none = await sell(seller, video, **offering(**changes))
                assert none.headers[b"x-no-bid-reason"] == b"deals_only"
            dear = await sell(seller, video, **offering() | place(bidfloor=9))
            assert dear.headers[b"x-no-bid-reason"] == b"no_campaign"

    with override_settings(EMBED_SITES={SITE}, EVENTS_HOME=tmp_path, DEFAULT_COUNTRY="DE"):
        run(story())
    from_now = deal_rows([deal], at=clock.now())
    assert [(row.asked, row.made, row.charged) for row in from_now] == [(2, 1, 0)]
    assert not BilledImpression.objects.exists()
    assert from_now[0].amount == Money.zero("USD")
