"""Auctions of others: what is no request is refused by name, and what is not bid on says why.

The real present is what the routes read, so campaigns run in it.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from takings.ads.actions import key_ring
from takings.ads.edge import Chosen
from takings.ads.edge.openrtb import AUCTION, BidEdge
from takings.ads.edge.partners import Partners
from takings.ads.edge.routes import AdEdge
from takings.ads.edge.vast import PlayersEdge
from takings.ads.models import BilledImpression, Campaign, Charge
from takings.ads.queries.outside import OUTSIDE, Outside
from takings.ads.rules.limits import Limits
from takings.ads.rules.openrtb import (
    WRONG_MEDIA,
    BadBidFloor,
    BadBidRequest,
    BidRequest,
    impression_hindrance,
    limits_of,
    playable,
    read_bid_request,
)
from takings.ads.rules.serving import NO_CAMPAIGN
from takings.ads.rules.vast import Filling, Version, one_ad
from takings.events.edge.collector import Collector
from takings.ledger.queries import balance, check_books
from takings.videos.models import Status, Video
from tests.ads.test_players import charge, make_world, reported
from tests.ads.test_serving import make_server, someone
from tests.ads.test_vast import make_filling, parsed
from tests.make.ads import make_campaign, usd
from tests.make.people import NOON
from tests.make.players import HOME, SITE, TV, Answer, Player

HLS = {"mimes": ["video/mp4", "application/x-mpegURL"], "protocols": [2, 3, 11, 13]}
GRAPH = {"id": "r1", "imp": [{"id": "1", "video": HLS}]}


def request(**changes: object) -> BidRequest:
    return read_bid_request(json.dumps(GRAPH | changes).encode())


def place(**changes: object) -> dict[str, Any]:
    return {"imp": [{"id": "1", "video": HLS, **changes}]}


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"", "Input data was truncated."),
        (b"\xff", "JSON is malformed"),
        (b"[]", "Expected object, got array"),
        (b'{"id": "1"}', "missing required field imp"),
        (b'{"id": "", "imp": [{"id": "1"}]}', r"\$\.id"),
        (b'{"id": "1", "imp": []}', r"length >= 1 - at \$\.imp"),
        (json.dumps({"id": "1", "imp": [{"id": "1"}] * 21}).encode(), "length <= 20"),
        (b'{"id": "1", "imp": [{"id": "1", "video": {}}]}', "missing required field mimes"),
        (b'{"id": "1", "imp": [{"id": "1", "bidfloor": true}]}', "Expected decimal"),
        (b'{"id": "\xff", "imp": [{"id": "1"}]}', "utf-8"),
        (b'{"id": "1", "imp": [{"id": "1"}], "x":' + b"[" * 100_000, "recursion"),
    ],
)
def test_what_is_no_bid_request_is_refused_with_its_flaw(body: bytes, flaw: str) -> None:
    with pytest.raises(BadBidRequest, match=flaw):
        read_bid_request(body)


@pytest.mark.parametrize("floor", ["-0.01", "1000000.01", "1e99999", '"NaN"', '"-Infinity"'])
def test_a_floor_is_no_less_than_nothing_and_not_absurd(floor: str) -> None:
    body = f'{{"id": "1", "imp": [{{"id": "a", "bidfloor": {floor}}}]}}'
    with pytest.raises(BadBidFloor, match="“a” must be a CPM from 0 to 1000000"):
        read_bid_request(body.encode())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"video": None}, "not_video"),
        ({"pmp": {"private_auction": 1}}, "deals_only"),
        ({"pmp": {"private_auction": 0, "deals": [{"id": "d"}]}}, ""),
        ({"video": {"mimes": ["video/webm"]}}, "wrong_media"),
        ({"video": {"mimes": ["video/MP4"]}}, ""),
        ({"video": {"mimes": ["application/vnd.apple.mpegURL"]}}, ""),
        ({"video": HLS | {"protocols": [5, 6]}}, "wrong_version"),
        ({"video": HLS | {"protocols": None}}, ""),
        ({"bidfloor": 1, "bidfloorcur": "EUR"}, "other_currency"),
        ({"bidfloor": 0, "bidfloorcur": "EUR"}, ""),
    ],
)
def test_a_place_that_no_ad_of_ours_fits_says_why(changes: dict[str, Any], code: str) -> None:
    [impression] = request(**place(**changes)).imp
    why = impression_hindrance(impression, currency="USD")
    assert (why.code if why else "") == code


@pytest.mark.parametrize(
    ("mimes", "is_stream", "is_whole"),
    [
        (["application/vnd.apple.mpegURL"], True, False),
        (["video/mp4"], False, True),
        (["video/mp4", "application/x-mpegURL"], True, True),
    ],
)
def test_a_player_is_offered_the_files_that_it_plays(
    *, mimes: list[str], is_stream: bool, is_whole: bool
) -> None:
    filling = make_filling(whole_bytes=1)
    [asked] = request(**place(video={"mimes": mimes})).imp
    found = playable(filling, asked)
    assert isinstance(found, Filling)
    offered = {
        one.get("type") for one in parsed(one_ad(found, version=Version.FOUR)).iter("MediaFile")
    }
    assert offered == {*(["application/x-mpegURL"] * is_stream), *(["video/mp4"] * is_whole)}
    if not is_stream:  # the one file of an ad may not be written yet
        assert playable(make_filling(), asked) == WRONG_MEDIA


def test_what_a_seller_asks_of_an_ad_is_read_to_the_micro_unit() -> None:
    video = HLS | {"minduration": 5, "maxduration": 30}
    asked = request(badv=["Rival.example"], bcat=["IAB7"], **place(bidfloor=4.2501, video=video))
    assert limits_of(asked, asked.imp[0]) == Limits(
        floor_micros=4_251,
        shortest_ms=5_000,
        longest_ms=30_000,
        blocked_domains=frozenset({"rival.example"}),
        blocked_categories=frozenset({"IAB7"}),
    )
    bare = request(imp=[{"id": "1"}])
    assert limits_of(bare, bare.imp[0]) == Limits()


def test_consent_is_read_where_any_version_has_it() -> None:
    new = request(regs={"gdpr": 1, "gpp": "DB", "gpp_sid": [2]}, user={"consent": "C"}).signals
    old = request(regs={"ext": {"gdpr": 1}}, user={"ext": {"consent": "C"}}).signals
    assert (new.gdpr, new.tc, new.gpp, new.sections) == (True, "C", "DB", frozenset({2}))
    assert (old.gdpr, old.tc) == (True, "C")
    assert request(regs={"ext": {"us_privacy": "1YYN"}}).signals.us_privacy == "1YYN"
    assert request().signals.gdpr is None
    for objecting in ({"regs": {"coppa": 1}}, {"device": {"dnt": 1}}, {"device": {"lmt": 1}}):
        assert request(**objecting).signals.objects
    assert request(user={"yob": 2009}).age(at=NOON) == 16  # may have been born in December
    assert request().age(at=NOON) is None


def test_a_request_names_its_site_and_our_video() -> None:
    video = uuid.uuid4()
    named = request(site={"page": f"{SITE}/a?b://c", "content": {"id": str(video)}})
    assert (named.origin, named.video_id) == (SITE, video)
    assert request(site={"domain": "blog.example"}).origin == SITE
    assert request(site={"page": "about:blank"}).origin == ""
    assert request(app={"domain": "x", "content": {"id": "7"}}).video_id is None
    assert (request().origin, request().video_id) == ("", None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "fits"),
    [
        (Limits(), True),
        (Limits(floor_micros=2_550, shortest_ms=6_000, longest_ms=6_000), True),
        (Limits(floor_micros=2_551), False),
        (Limits(shortest_ms=6_001), False),
        (Limits(longest_ms=5_999), False),
        (Limits(blocked_domains=frozenset({"rival.example", "other.brand.example"})), True),
        (Limits(blocked_domains=frozenset({"brand.example"})), False),
        (Limits(blocked_domains=frozenset({"example"})), False),
    ],
)
def test_an_ad_that_a_place_does_not_want_is_not_chosen_for_it(
    limits: Limits, *, fits: bool
) -> None:
    make_campaign()
    server = make_server()
    server.refresh(at=NOON)
    for _ in range(2):
        chosen = server.decide(viewer=someone(), after=None, at=NOON, limits=limits)
        assert isinstance(chosen, Chosen) if fits else chosen == NO_CAMPAIGN


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    events = tmp_path / "events"
    with override_settings(EMBED_SITES={SITE}, EVENTS_HOME=events, DEFAULT_COUNTRY="DE"):
        yield events


@asynccontextmanager
async def selling(way: Outside = OUTSIDE) -> AsyncIterator[tuple[Player, Player]]:
    """Give a seller on the listed site, and a player there, on an ad server of their own."""
    ads, events = AdEdge(), Collector()
    ads.partners = Partners(outside=way)
    yield Player(BidEdge(ads=ads)), Player(PlayersEdge(ads=ads, events=events))
    await events.shutdown()
    await ads.shutdown()


def run(story: Coroutine[object, object, None]) -> None:
    asyncio.run(story)


async def sell(seller: Player, video: Video | str, **changes: object) -> Answer:
    content = {"content": {"id": str(getattr(video, "pk", video))}}
    graph = GRAPH | {"site": {"page": SITE, **content}} | changes
    return await seller.ask(AUCTION, method="POST", body=json.dumps(graph).encode())


def viewable_url(bid: dict[str, str]) -> str:
    return next(one.text or "" for one in Answer(body=bid["adm"].encode()).xml.iter("Viewable"))


@pytest.mark.django_db(transaction=True)
def test_a_bid_that_is_played_is_charged_at_its_price(log: Path) -> None:
    video = make_world()

    async def story() -> None:
        async with selling() as (seller, player):
            two = [{"id": "a", "video": HLS}, {"id": "b", "video": HLS | {"protocols": [2]}}]
            answer = await sell(seller, video, imp=two, cur=["USD"], ext={"unknown": [1]})
            assert (answer.status, answer.headers[b"x-openrtb-version"]) == (200, b"2.6")
            assert answer.headers[b"access-control-allow-origin"] == SITE.encode()
            graph = json.loads(answer.body, parse_float=Decimal)
            assert (graph["id"], graph["cur"]) == ("r1", "USD")
            [seat] = graph["seatbid"]
            first, second = seat["bid"]
            assert (first["impid"], first["protocol"], first["attr"]) == ("a", 13, [16])
            assert (second["impid"], second["protocol"], second["attr"]) == ("b", 2, [])
            assert (first["price"], first["mtype"]) == (Decimal("2.55"), 2)  # $4.25, if seen
            assert (first["adomain"], first["exp"]) == (["brand.example"], 300)
            assert "nurl" not in first
            assert Answer(body=second["adm"].encode()).xml.get("version") == "2.0"
            viewable = viewable_url(first)
            decision = key_ring().read(viewable.rpartition("/")[2])
            assert first["id"] == str(decision.decision_id)
            assert (decision.price, decision.after_video_id) == (usd("0.00425"), video.pk)
            assert (await player.ask(viewable)).status == 204

    run(story())
    charge(reported(log))
    billed = BilledImpression.objects.get()
    assert billed.price_micros == 4_250
    pool = f"pool:feed_ads:DE:{Charge.objects.get().period}"
    assert balance(name=pool, currency="USD") == usd("0.00425")
    assert check_books() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_not_bid_on_says_why_and_promises_nothing(log: Path) -> None:
    video = make_world()
    creative = Campaign.objects.get().creatives.get().video

    async def story() -> None:
        async with selling() as (seller, _):
            evil = Player(seller.edge, origin="https://evil.example")
            server = Player(seller.edge, origin="", agent="Go-http-client/2.0")
            phone = {"device": {"ua": TV, "ip": HOME}}
            for who, changes, code in (
                (evil, {}, "other_site"),
                (Player(seller.edge, agent="curl/8"), {}, "robot"),
                (server, {}, "robot"),
                (server, phone | {"site": {"page": "https://evil.example/x"}}, "other_site"),
                (seller, {"site": None}, "not_embeddable"),
                (seller, {"site": {"content": {"id": str(uuid.uuid4())}}}, "not_embeddable"),
                (seller, {"test": 1}, "test_request"),
                (seller, {"cur": ["EUR"]}, "other_currency"),
                (seller, place(bidfloor=2.551), "no_campaign"),
                (seller, place(video={"mimes": ["video/webm"]}), "wrong_media"),
            ):
                answer = await sell(who, video, **changes)
                assert (answer.status, answer.body) == (204, b"")
                assert answer.headers[b"x-no-bid-reason"] == code.encode()
            with override_settings(EMBED_SITES=frozenset()):
                assert (await sell(seller, video)).headers[b"x-no-bid-reason"] == b"embedding_off"
            for path, method, status, refused in (
                (AUCTION, "GET", 405, "post_only"),
                ("/openrtb2/video", "POST", 404, "no_such_route"),
                (AUCTION, "POST", 400, "bad_bid_request"),
                (AUCTION, "OPTIONS", 204, ""),
            ):
                answer = await seller.ask(path, method=method, body=b"{}")
                assert answer.status == status
                assert (json.loads(answer.body)["code"] if answer.body else "") == refused
            large = await seller.ask(AUCTION, method="POST", body=b" " * 300_000)
            assert (large.status, json.loads(large.body)["code"]) == (413, "bid_request_too_large")
            creative.status = Status.REMOVED
            await asyncio.to_thread(creative.save)
            assert (await sell(seller, video)).headers[b"x-no-bid-reason"] == b"no_campaign"
        async with selling() as (seller, _):
            creative.status = Status.READY
            await asyncio.to_thread(creative.save)
            whole = await sell(seller, video, **place(video={"mimes": ["video/mp4"]}))
            assert whole.headers[b"x-no-bid-reason"] == b"wrong_media"  # it is not written yet

    run(story())
    assert reported(log) == []
    assert BilledImpression.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_server_asks_for_the_device_that_it_names(log: Path) -> None:
    video = make_world()

    async def story() -> None:
        async with selling() as (seller, player):
            server = Player(seller.edge, origin="", agent="Go-http-client/2.0", address="192.0.2.1")
            minor = {"user": {"yob": 2012}, "regs": {"gdpr": 0}}
            for told in ({"ip": HOME}, {}):
                answer = await sell(server, video, device={"ua": TV, **told}, **minor)
                [seat] = json.loads(answer.body)["seatbid"]
                assert (await player.ask(viewable_url(seat["bid"][0]))).status == 204

    run(story())
    charge(reported(log))
    assert BilledImpression.objects.count() == 2


def impression_url(bid: dict[str, str]) -> str:
    return next(one.text or "" for one in Answer(body=bid["adm"].encode()).xml.iter("Impression"))
