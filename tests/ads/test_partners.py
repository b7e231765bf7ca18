"""Partners outside bid as line items of ours: what they win is promised, charged and told once."""

import asyncio
import datetime as dt
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.db.models import F, Sum
from django.test import Client, override_settings

from takings.ads import actions
from takings.ads.actions import key_ring
from takings.ads.edge.partners import Partners
from takings.ads.edge.server import AdServer, Chosen
from takings.ads.edge.stock import Spot
from takings.ads.models import (
    BilledImpression,
    Campaign,
    LineItem,
    PartnerCount,
    PartnerCreative,
    PartnerNotice,
    PartnerRest,
)
from takings.ads.rules.consent import Signals
from takings.ads.rules.outward import Watcher
from takings.ads.rules.serving import NO_BUDGET, NO_CAMPAIGN, NoAd
from takings.core import clock
from takings.ledger.queries import balance, check_books
from takings.people.rules import Viewer
from takings.videos import actions as videos
from takings.videos.models import Video
from tests.make.ads import Wanted, approve, make_beacon, make_campaign, usd
from tests.make.bidders import (
    ACCESS,
    Bidder,
    be_patient,
    bids,
    make_partner,
)
from tests.make.outside import INSIDE, MEDIA, TAG
from tests.make.pages import page_text
from tests.make.people import NOON, make_operator
from tests.make.videos import make_draft

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


class House:
    """An ad server with its partners, moved by hand."""

    def __init__(self, bidder: Bidder, *, name: str = "server-1") -> None:
        """Forget what was asked before."""
        self.name = name
        bidder.requests.clear()
        bidder.keys.clear()
        bidder.server.asked.clear()
        self.server = AdServer(name=name, keys=key_ring(), wake=lambda: None)
        self.partners = Partners(outside=bidder.way)
        self.look()

    def look(self, *, at: dt.datetime = NOON) -> None:
        """Look at the database."""
        self.server.refresh(at=at)
        self.partners.refresh(server=self.name, at=at)

    def choose(self, *viewers: Viewer, signals: Signals | None = None) -> list[Chosen | NoAd]:
        """Choose an ad for each, one after the other, as the routes do."""

        async def story() -> list[Chosen | NoAd]:
            found = [await self._choose(one, signals or Signals()) for one in viewers]
            self.partners.close()
            return found

        return asyncio.run(story())

    def choose_at(self, spot: Spot) -> Chosen | NoAd:
        """Choose an ad for one place."""

        async def story() -> Chosen | NoAd:
            found = await self._choose_at(spot, Signals())
            self.partners.close()
            return found

        return asyncio.run(story())

    async def _choose(self, viewer: Viewer, signals: Signals) -> Chosen | NoAd:
        return await self._choose_at(Spot(viewer, None, NOON), signals)

    async def _choose_at(self, spot: Spot, signals: Signals) -> Chosen | NoAd:
        viewer = spot.viewer
        wanting = self.partners.wanting(country=viewer.country, placement="feed")
        watcher = Watcher(viewer.viewer_id, viewer.country, signals=signals)
        found = await self.partners.ask(wanting, place=self.server.place(spot), watcher=watcher)
        chosen, outcomes = self.server.decide_against(found, spot=spot)
        decision_id = chosen.decision.decision_id if isinstance(chosen, Chosen) else None
        self.partners.settle(found, outcomes, decision_id=decision_id, at=NOON)
        return chosen


def someone(country: str = "DE") -> Viewer:
    return Viewer(uuid.uuid4(), None, country, NOON)


def counted() -> dict[str, int]:
    rows = PartnerCount.objects.values("outcome").annotate(total=Sum("count"))
    return {row["outcome"]: row["total"] for row in rows}


def review_ad(way: Bidder, folder: Path) -> Video:
    """Fetch the one new ad, prepare its video, and approve it."""
    row = PartnerCreative.objects.get()
    with override_settings(MEDIA_HOME=folder):
        for _ in range(2):
            row = actions.take_partner_creative(creative_id=row.pk, at=NOON, outside=way.way)
        assert row.creative is not None
        video = row.creative.video
        videos.begin_preparing(video_id=video.pk, at=NOON)
        videos.mark_ready(video_id=video.pk, draft=make_draft(video.pk), at=NOON)
    approve(row.creative.campaign)
    return video


def learn(house: House, asked: Bidder, folder: Path) -> None:
    """Let a partner bid three for a thousand, and its ad be reviewed."""
    asked.bid = bids("3")
    house.choose(someone())
    house.look()
    review_ad(asked, folder)
    house.look()


def test_an_ad_of_a_partner_is_fetched_reviewed_bid_for_shown_charged_and_told(
    asked: Bidder, tmp_path: Path
) -> None:
    rival = make_campaign()
    partner = make_partner()
    campaign = partner.line_item.campaign
    asked.bid = bids("6.0009")
    house = House(asked)
    [first] = house.choose(someone())
    assert isinstance(first, Chosen)
    assert first.offer.campaign_id == rival.pk  # what was not reviewed cannot win
    house.look()
    assert counted() == {"asked": 1, "new_creative": 1}
    video = review_ad(asked, tmp_path)
    creative = PartnerCreative.objects.get().creative
    assert creative is not None
    told = (creative.headline, creative.landing_url, creative.call_to_action)
    assert told == ("Warm coats", "https://coats.example/now", "Learn more")
    house.look()
    [won] = house.choose(someone())
    assert isinstance(won, Chosen)
    assert (won.decision.campaign_id, won.decision.creative_id) == (campaign.pk, video.pk)
    assert won.decision.price == usd("0.006")  # a ten-thousandth of a cent less than the bid
    assert won.why[0] == f"coats.example, through {campaign.brand} paid for this ad."
    house.look()
    assert counted() == {"asked": 2, "new_creative": 1, "won": 1}
    assert asked.keys == ["s3cret", "s3cret"]
    # Nothing is charged yet: the loss and the win are told, each once.
    assert actions.tell_partners(at=NOON, outside=asked.way) == 2
    request = asked.requests[1]
    wins = [f"{TAG}/lost?l=201", f"{TAG}/won?p=6.0009&i={request['id']}"]
    assert sorted(one for one in asked.server.asked if "/clip" not in one) == wins
    asked.server.asked.clear()
    beacon = replace(make_beacon(won.decision), event="ad_impression")
    actions.charge_beacons(segment="s1", beacons=[beacon], at=NOON)
    for due in (2, 0):
        assert actions.tell_partners(at=NOON + MINUTE, outside=asked.way) == due
    cache = f"{won.decision.decision_id.int % 10**8:08}"
    seen = f"{MEDIA}/seen?p=6.0009&cb={cache}"
    assert sorted(asked.server.asked) == [seen, f"{TAG}/billed?p=6.0009"]
    # The books: one impression at its price, from the partner's brand to the pool.
    billed = BilledImpression.objects.get()
    assert (billed.price_micros, billed.campaign) == (6_000, campaign)
    assert balance(name="pool:feed_ads:DE:2026-11", currency="USD") == usd("0.006")
    house.server.close(at=NOON)
    paid = balance(name=f"advertiser:{campaign.brand_id}:prepaid", currency="USD")
    held = balance(name=f"advertiser:{campaign.brand_id}:reserved", currency="USD")
    assert paid + held == usd("99.994")
    assert check_books() == []
    assert actions.tell_partners(at=NOON + 8 * 1_440 * MINUTE, outside=asked.way) == 0
    assert PartnerNotice.objects.count() == 0


def test_a_bid_loses_to_what_is_worth_more_and_wins_without_a_rival(
    asked: Bidder, tmp_path: Path
) -> None:
    partner = make_partner()
    house = House(asked)
    learn(house, asked, tmp_path)
    [alone] = house.choose(someone())
    assert isinstance(alone, Chosen)
    rival = make_campaign(wanted=Wanted(cpm=usd("9")))
    house.look()
    asked.bid = bids("3", lurl=f"https://{TAG}/gone?l=${{AUCTION_LOSS}}", nurl="http://x/")
    found = house.choose(someone(), someone("FR"))
    assert [isinstance(one, Chosen) for one in found] == [True, False]
    assert isinstance(found[0], Chosen)
    assert found[0].offer.campaign_id == rival.pk
    assert len(asked.requests) == 3  # its line item is for Germany: France is no question to it
    house.look()
    assert counted() == {"asked": 3, "new_creative": 1, "won": 1, "outbid": 1}
    lost = PartnerNotice.objects.get(url__endswith="102")
    assert (lost.kind, lost.partner) == ("loss", partner)
    actions.tell_partners(at=NOON, outside=asked.way)
    lost.refresh_from_db()
    assert (lost.asked_at, lost.failed_code) == (NOON, "outside_refuses")


def test_a_bid_without_money_or_a_fitting_place_does_not_win(asked: Bidder, tmp_path: Path) -> None:
    partner = make_partner()
    item = partner.line_item
    house = House(asked)
    learn(house, asked, tmp_path)
    Campaign.objects.filter(pk=item.campaign_id).update(budget_micros=F("committed_micros"))
    chosen = house.choose(*(someone() for _ in range(70)))
    assert isinstance(chosen[-1], NoAd)
    assert chosen[-1] == NO_BUDGET  # what was leased is promised away, and no more is there
    LineItem.objects.filter(pk=item.pk).update(languages=["fr"])
    house.look()
    assert house.choose(someone()) == [NO_CAMPAIGN]
    house.look()
    won = sum(isinstance(one, Chosen) for one in chosen)
    assert won > 0
    assert counted()["won"] == won
    assert counted()["no_money"] == 70 - won
    assert counted()["does_not_fit"] == 1


def test_an_ad_of_a_partner_is_shown_to_nobody_more_often_than_its_cap(
    asked: Bidder, tmp_path: Path
) -> None:
    partner = make_partner()
    house = House(asked)
    learn(house, asked, tmp_path)
    LineItem.objects.filter(pk=partner.line_item.pk).update(day_cap=1)
    house.look()
    viewer, nobody = someone(), replace(someone(), is_shared=True)
    found = house.choose(viewer, viewer, nobody)
    assert [isinstance(one, Chosen) for one in found] == [True, False, False]
    house.look()
    assert counted()["does_not_fit"] == 2


def test_two_servers_ask_a_partner_no_more_often_together_than_one(
    asked: Bidder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_partner(access=replace(ACCESS, qps=6))
    house = House(asked)
    learn(house, asked, tmp_path)
    both = [House(asked, name=name) for name in ("server-2", "server-3")]
    for one in both:
        one.look(at=NOON + MINUTE)  # by then the first one is gone
    both[0].look(at=NOON + MINUTE)
    PartnerCount.objects.all().delete()
    monkeypatch.setattr("takings.core.clock.now", lambda: NOON)  # all within one second
    for one in both:
        one.choose(*(someone() for _ in range(6)))
        one.look(at=NOON + MINUTE)
    assert counted() == {"asked": 6, "won": 6, "too_many": 6}, "three each"
    both[0].look(at=NOON + 2 * MINUTE)
    monkeypatch.setattr("takings.core.clock.now", lambda: NOON + MINUTE)
    both[0].choose(*(someone() for _ in range(8)))
    both[0].look(at=NOON + 2 * MINUTE)
    assert counted()["asked"] == 12, "who is gone shares no more"


def test_who_objects_is_spoken_of_to_nobody(asked: Bidder) -> None:
    make_partner()
    house = House(asked)
    house.choose(someone(), signals=Signals(objects=True))
    assert asked.requests == []


def test_whoever_fails_is_left_alone_and_the_page_says_so(asked: Bidder, tmp_path: Path) -> None:
    make_campaign()
    partner = make_partner()
    house = House(asked)
    learn(house, asked, tmp_path)
    PartnerCount.objects.all().delete()
    asked.bid = lambda _request: (500, b"")
    house.choose(*(someone() for _ in range(3)))
    asked.bid = lambda _request: None
    be_patient(partner, ms=100)
    house.look()
    started = clock.now()
    chosen = house.choose(*(someone() for _ in range(4)))
    assert clock.now() - started < dt.timedelta(seconds=10)
    assert all(isinstance(one, Chosen) for one in chosen)  # our own decision waits for nobody
    house.look()
    assert counted() == {"asked": 5, "bad_status": 3, "timed_out": 2, "resting": 2}
    rest = PartnerRest.objects.get()
    assert (rest.failures, rest.why, rest.server) == (5, "timed_out", "server-1")
    desk = Client()
    desk.force_login(make_operator())
    page = page_text(desk.get(f"/ads/desk/partners/{partner.pk}/"))
    assert "server-1 leaves it alone" in page
    assert "No answer in time2" in page


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((204, b""), "no_bid"),
        ((302, b""), "bad_status"),
        ((200, b"<html>"), "unreadable"),
        ((200, b"{" * 300_000), "too_large"),
        ((200, b'{"id":"another","seatbid":[]}'), "wrong_id"),
    ],
)
def test_what_is_no_bid_is_counted_by_its_name(
    asked: Bidder, answer: tuple[int, bytes], outcome: str
) -> None:
    make_partner()
    house = House(asked)
    asked.bid = lambda _request: answer
    assert house.choose(someone()) == [NO_CAMPAIGN]
    house.look()
    assert counted() == {"asked": 1, outcome: 1}


def test_nobody_is_led_into_our_own_network(asked: Bidder) -> None:
    make_partner(access=replace(ACCESS, endpoint=f"https://{INSIDE}/bid"))
    house = House(asked)
    assert house.choose(someone(), someone()) == [NO_CAMPAIGN, NO_CAMPAIGN]
    house.look()
    assert counted() == {"asked": 1, "unreachable": 1, "too_many": 1}  # it learns slowly
    assert asked.requests == []


def test_what_could_not_be_written_is_written_the_next_time(
    asked: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_partner()
    house = House(asked)
    asked.bid = bids("3")
    house.choose(someone())

    def away(**_: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("takings.ads.edge.learned.record_partner_traffic", away)
    with pytest.raises(DatabaseError):
        house.look()
    monkeypatch.undo()
    house.look()
    assert counted() == {"asked": 1, "new_creative": 1}
    assert (PartnerCreative.objects.count(), PartnerNotice.objects.count()) == (1, 1)
