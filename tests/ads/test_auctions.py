"""Line items sold by the highest bid: what they pay, how they are paced, what may change."""

import datetime as dt
import uuid
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from takings.ads import actions, queries
from takings.ads.edge import Chosen
from takings.ads.models import BilledImpression, LineItem
from takings.ads.rules.auction import SetBy
from takings.ads.rules.changes import PriceIsFixed
from takings.ads.rules.judging import Beacon
from takings.ads.rules.lines import MILLION, Pricing, Sale
from takings.ads.rules.terms import BidTooLow
from takings.ledger import queries as ledger
from takings.money import Money
from tests.ads.test_serving import ask, make_server
from tests.make.ads import (
    Wanted,
    change,
    make_beacon,
    make_decision,
    make_lease,
    make_line_item,
    usd,
)
from tests.make.people import NOON, make_user

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def make_bidder(bid: str, *, pricing: Pricing = Pricing.CPM) -> LineItem:
    return change(make_line_item(Wanted(pricing=pricing, cpm=usd(bid))), sale=Sale.AUCTION)


def chosen_now() -> Chosen:
    server = make_server()
    server.refresh(at=NOON)
    chosen = ask(server)
    assert isinstance(chosen, Chosen)
    return chosen


def test_the_highest_bid_pays_what_it_took_to_win_and_that_is_charged() -> None:
    make_bidder("3")
    best = make_bidder("9")
    chosen = chosen_now()
    assert chosen.won.item.id == best.pk
    assert (chosen.decision.price, chosen.won.set_by) == (usd("0.003"), SetBy.RUNNER_UP)
    seen = make_beacon(chosen.decision)
    actions.charge_beacons(segment="one", beacons=[began(seen)], at=NOON)
    assert BilledImpression.objects.get().price_micros == 3_000
    assert ledger.balance(name="pool:feed_ads:DE:2026-11", currency="USD") == usd("0.003")
    assert not ledger.check_books()


def began(seen: Beacon) -> Beacon:
    """Return the report that an ad began, instead of one that it was seen."""
    return replace(seen, event="ad_impression")


def test_alone_it_pays_the_floor_of_the_policy_and_a_bid_below_it_is_refused() -> None:
    make_bidder("9")
    assert (chosen_now().decision.price, chosen_now().won.set_by) == (
        Money(100, "USD"),
        SetBy.FLOOR,
    )
    item = make_bidder("9")
    with pytest.raises(BidTooLow, match=r"A bid below \$0.10 for 1,000 impressions"):
        change(item, price=usd("0.099"))
    with pytest.raises(BidTooLow, match=r"\$0.02 for one click"):
        change(item, price=usd("0.019999"), pricing=Pricing.CPC)
    change(item, price=usd("0.1"))
    change(item, price=usd("0.05"), sale=Sale.FIXED)


def test_a_fixed_price_competes_with_bids_and_pays_itself() -> None:
    make_bidder("3")
    fixed = make_line_item(Wanted(pricing=Pricing.CPM, cpm=usd("5")))
    chosen = chosen_now()
    assert (chosen.won.item.id, chosen.decision.price) == (fixed.pk, usd("0.005"))


def test_a_bid_may_change_while_it_runs_but_not_how_it_is_sold() -> None:
    item = make_bidder("9")
    make_bidder("8")
    server = make_server()
    server.refresh(at=NOON)
    make_lease(item)
    change(item, price=usd("20"))
    assert str(item.changes.filter(field="price").latest("pk")) == (
        "price: $9.00 for 1,000 impressions → $20.00 for 1,000 impressions"
    )
    with pytest.raises(PriceIsFixed):
        change(item, sale=Sale.FIXED)
    with pytest.raises(PriceIsFixed):
        change(item, pricing=Pricing.VCPM)
    item.refresh_from_db()
    assert (item.sale, item.price) == (Sale.AUCTION, usd("20"))
    server.refresh(at=NOON)
    assert isinstance(ask(server), Chosen)


def test_an_auction_is_paced_by_its_bid() -> None:
    item = make_bidder("9")
    actions.spread_line_item(line_item_id=item.pk, user=make_user(), at=NOON)
    assert pace_of(item) == MILLION
    lease = make_lease(item)
    beacons = [began(make_beacon(make_decision(lease))) for _ in range(10)]
    actions.charge_beacons(segment=str(uuid.uuid4()), beacons=beacons, at=NOON + MINUTE)
    assert actions.set_paces(at=NOON + MINUTE) == 1
    first = pace_of(item)
    assert 700_000 < first < MILLION, "90,000 were spent in a minute of 461 a minute"
    assert actions.set_paces(at=NOON + 2 * MINUTE) == 1
    assert pace_of(item) < first, "the day so far is still ahead of its plan"
    [weighed] = queries.line_items(queries.running_line_items(at=NOON), at=NOON)
    assert (weighed.pace_ppm, weighed.sale) == (pace_of(item), Sale.AUCTION)


def pace_of(item: LineItem) -> int:
    pace = queries.pace_of(item=item)
    assert pace is not None
    return pace.pace_ppm


def test_an_advertiser_bids_and_changes_the_bid_in_the_browser() -> None:
    item = make_line_item()
    member = item.campaign.brand.members.get()
    client = Client()
    client.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/ads/line-items/{item.pk}/edit/"
    form = {
        "name": item.name,
        "price": "0.01",
        "pricing": "cpm",
        "sale": "auction",
        "starts_on": "2026-11-02",
        "ends_on": "2036-10-25",
        "time_zone": "UTC",
    }
    assert "never wins here" in client.post(address, form).content.decode()
    client.post(address, form | {"price": "9"})
    item.refresh_from_db()
    assert (item.sale, item.pricing, item.price) == ("auction", "cpm", usd("9"))
    page = client.get(f"/ads/line-items/{item.pk}/").content.decode()
    assert "What it takes to win, at most $9.00 for 1,000 impressions" in page
    make_lease(item)
    again = client.get(address).content.decode()
    assert 'name="price"' in again
    assert 'name="sale"' not in again
    client.post(address, form | {"price": "7", "sale": "fixed", "pricing": "cpc"})
    item.refresh_from_db()
    assert (item.sale, item.pricing, item.price) == ("auction", "cpm", usd("7"))
