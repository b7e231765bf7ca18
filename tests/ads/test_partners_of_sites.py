"""Partners outside are asked in the auctions of sites, too, within the caller's time."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest

from takings.ads import actions
from takings.ads.models import BilledImpression, PartnerNotice, PartnerRest
from takings.ads.rules.judging import Beacon
from takings.core import clock
from takings.ledger.queries import check_books
from tests.ads.test_openrtb import HLS, impression_url, log, request, run, sell, selling
from tests.ads.test_partners import House, counted, learn
from tests.ads.test_players import make_world, reported
from tests.make.bidders import Bidder, make_partner
from tests.make.outside import TAG
from tests.make.people import NOON

__all__ = ["log"]


def test_others_are_told_nothing_of_minors_and_have_what_the_caller_leaves_of_its_time() -> None:
    minor, grown = request(user={"yob": 2010}), request(user={"yob": 2000})
    assert minor.signals_for_others(at=NOON).objects
    assert not grown.signals_for_others(at=NOON).objects
    for tmax, left in ((200, 160), (40, 0), (0, None), (-1, None), (None, None)):
        assert request(tmax=tmax).left_ms(passed_ms=10) == left


@pytest.mark.django_db(transaction=True)
def test_partners_compete_in_auctions_of_sites_and_hear_of_a_win_once_it_is_charged(
    log: Path, asked: Bidder, tmp_path: Path
) -> None:
    video = make_world()  # an ad of ours is worth $2.55 for a thousand
    partner = make_partner()
    item = partner.line_item
    item.starts_at, item.ends_at = NOON.replace(year=2020), NOON.replace(year=2099)
    item.save()
    house = House(asked)
    learn(house, asked, tmp_path)
    asked.requests.clear()
    asked.server.asked.clear()

    async def story() -> None:
        async with selling(asked.way) as (seller, player):
            two = [{"id": "a", "video": HLS}, {"id": "b", "video": HLS | {"maxduration": 1}}]
            answer = await sell(seller, video, imp=two, tmax=10_000, badv=["rival.example"])
            [seat] = json.loads(answer.body, parse_float=Decimal)["seatbid"]
            [bid] = seat["bid"]
            assert (bid["impid"], bid["price"], bid["adomain"]) == ("a", 3, ["coats.example"])
            told = asked.requests[0]
            assert isinstance(told["site"], dict)
            assert told["site"]["domain"] == "blog.example"
            assert told["badv"] == ["rival.example"]
            assert all(int(str(one["tmax"])) <= 9_970 for one in asked.requests)
            assert (await player.ask(impression_url(bid))).status == 204
            for hindrance in ({"tmax": 45}, {"user": {"yob": 2012}}, {"regs": {"coppa": 1}}):
                own = await sell(seller, video, **hindrance)
                [seat] = json.loads(own.body, parse_float=Decimal)["seatbid"]
                assert seat["bid"][0]["price"] == Decimal("2.55")
            assert len(asked.requests) == 2

    run(story())
    assert counted() == {"asked": 3, "new_creative": 1, "offered": 1, "does_not_fit": 1}
    assert not PartnerNotice.objects.filter(kind="win").exists()
    [row] = reported(log)
    beacon = Beacon(row.id, row.ad or "", row.viewer_id, row.received_at, event=row.type)
    actions.charge_beacons(segment="s1", beacons=[beacon], at=clock.now())
    assert BilledImpression.objects.get().price_micros == 3_000
    actions.tell_partners(at=clock.now(), outside=asked.way)
    assert any(one.startswith(f"{TAG}/won?p=3.0") for one in asked.server.asked)
    assert check_books() == []


@pytest.mark.usefixtures("log")
@pytest.mark.django_db(transaction=True)
def test_a_partner_that_a_site_leaves_too_little_time_is_not_taken_for_ill(asked: Bidder) -> None:
    video = make_world()
    make_partner()
    House(asked)
    asked.bid = lambda _request: None

    async def story() -> None:
        async with selling(asked.way) as (seller, _):
            await sell(seller, video, regs={"coppa": 1})  # asks nobody, and waits for the server
            started = clock.now()
            answer = await sell(seller, video, tmax=1_500)
            assert answer.status == 200, "our own bid"
            assert clock.now() - started < dt.timedelta(seconds=15)

    run(story())
    assert (counted(), PartnerRest.objects.count()) == ({"asked": 1, "timed_out": 1}, 0)
