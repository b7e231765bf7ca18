"""The ad of a place in a video: chosen when it is due, empty with a reason, charged once.

The real present is what the routes read, so campaigns run in it.
"""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from takings.ads.actions import charge_beacons, key_ring
from takings.ads.edge.routes import AdEdge
from takings.ads.edge.vast import PlayersEdge
from takings.ads.models import LineItem, RejectedImpression, Served
from takings.ads.rules.judging import Beacon
from takings.ads.rules.tokens import Placement
from takings.core import clock
from takings.events.edge.collector import Collector
from takings.events.queries.tailing import LogTail
from takings.ledger.queries import check_books
from takings.videos.actions import Details
from takings.videos.models import Video
from tests.make.ads import SECONDS, Wanted, make_line_item, paid_within, usd
from tests.make.collecting import BROWSER, viewer_cookie
from tests.make.people import NOON, make_creator
from tests.make.players import SITE, TV, Player
from tests.make.videos import make_video

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def log(tmp_path: Path) -> Iterator[Path]:
    with override_settings(EVENTS_HOME=tmp_path / "events", DEFAULT_COUNTRY="DE"):
        yield tmp_path / "events"


def make_world(*, duration_ms: int = 100_000) -> Video:
    """Let a campaign run now; return a video that may be interrupted, if it is long enough."""
    item = make_line_item(Wanted(countries=("DE",)))
    item.starts_at, item.ends_at = NOON.replace(year=2020), NOON.replace(year=2099)
    item.save()
    details = Details("Kiln opening", has_mid_rolls=True)
    return make_video(make_creator(), details=details, duration_ms=duration_ms)


@asynccontextmanager
async def on_our_page() -> AsyncIterator[Player]:
    """Give a player on our own page, with our cookie."""
    ads, events = AdEdge(), Collector()
    edge = PlayersEdge(ads=ads, events=events)
    yield Player(edge, origin="", agent=BROWSER, cookie=viewer_cookie(uuid.uuid4()))
    await events.shutdown()
    await ads.shutdown()


async def tell_all(player: Player, video: Video) -> None:
    """Get an ad before and within the video, and tell twice that each was seen."""
    for place, where in (("pre", "before a video"), ("mid", "in the middle of a video")):
        found = await listed(player, video, place)
        (asset,) = found["ASSETS"]
        card, (slot,) = asset["X-AD"], asset["X-AD-CREATIVE-SIGNALING"]["payload"]
        decision = key_ring().read(card["token"])
        assert (decision.placement.word, decision.after_video_id) == (place, video.pk)
        media = f"{settings.PUBLIC_URL}/media/{decision.creative_id}/master.m3u8"
        assert (asset["URI"], asset["DURATION"], slot["duration"]) == (media, 6.0, 6.0)
        skip = {"OFFSET": 5.0, "DURATION": 1.0, "LABEL-ID": "skip-ad"}
        assert found["SKIP-CONTROL"] == skip
        assert card["why"][1] == f"Shown in Germany, {where}."
        tracked = {one["type"]: one["urls"] for one in slot["tracking"]}
        assert {"impression", "start", "midpoint", "complete", "skip", "mute"} < set(tracked)
        assert slot["identifiers"][0]["value"] == str(decision.decision_id)
        for _ in range(2):
            assert (await player.ask(tracked["viewable"][0])).status == 204


async def listed(player: Player, video: Video, place: str) -> dict[str, Any]:
    """Ask as hls.js does, with the id of the playback session."""
    session = f"_HLS_interstitial_id={place}&_HLS_primary_id={uuid.uuid4()}"
    answer = await player.ask(f"/ads/list?video={video.pk}&break={place}&{session}")
    assert answer.status == 200
    assert answer.headers[b"content-type"] == b"application/json"
    assert answer.headers[b"cache-control"] == b"no-store"
    found: dict[str, Any] = json.loads(answer.body)
    return found


def run(story: Coroutine[object, object, None]) -> None:
    asyncio.run(story)


def test_each_place_gets_an_ad_whose_reports_are_charged_once(log: Path) -> None:
    video = make_world()

    async def story() -> None:
        async with on_our_page() as player:
            await tell_all(player, video)

    run(story())
    tail = LogTail(log, from_start=True)
    rows = list(tail.poll())
    tail.close()
    beacons = [
        Beacon(row.id, row.ad or "", row.viewer_id, row.received_at + 5 * SECONDS) for row in rows
    ]
    assert (len(rows), len({row.id for row in rows})) == (4, 2)
    charge_beacons(segment="segment-1", beacons=beacons, at=clock.now())
    assert paid_within(video) == (2, usd("0.0085"))
    assert RejectedImpression.objects.count() == 0
    assert check_books() == []


def test_there_is_an_empty_list_with_the_reason_where_no_ad_may_be() -> None:
    video = make_world()
    short = make_video(make_creator("Eve"), duration_ms=59_000)
    alone = make_video(make_creator("Sol", shares=False), duration_ms=100_000)
    places = (
        (video, "post", "no_break"),
        (video, "feed", "no_break"),
        (video, "%00", "no_break"),
        (short, "pre", "no_break"),
        (alone, "pre", "not_embeddable"),
    )

    async def story() -> None:
        async with on_our_page() as player:
            for asked, place, code in places:
                found = await listed(player, asked, place)
                assert (found["ASSETS"], found["X-NO-AD"]["code"]) == ([], code)
            robot = Player(player.edge, origin="", agent="curl/8.0", cookie=player.cookie)
            assert (await listed(robot, video, "pre"))["X-NO-AD"]["code"] == "robot"
            assert (await player.ask("/ads/list?video=x")).status == 200
            assert (await player.ask("/ads/list", method="POST")).status == 405

    run(story())
    assert Served.objects.count() == 0


def test_players_elsewhere_get_ads_only_where_a_site_is_listed() -> None:
    video = make_world()

    async def story() -> None:
        async with on_our_page() as ours:
            abroad = Player(ours.edge, agent=TV)
            for player in (abroad, Player(ours.edge, agent=TV, cookie=ours.cookie)):
                assert (await listed(player, video, "pre"))["X-NO-AD"]["code"] == "embedding_off"
            with override_settings(EMBED_SITES={SITE}):
                (asset,) = (await listed(abroad, video, "pre"))["ASSETS"]
                assert key_ring().read(asset["X-AD"]["token"]).placement is Placement.PRE

    run(story())


def test_an_age_group_aims_ads_inside_videos_on_our_own_pages_alone() -> None:
    video = make_world()
    LineItem.objects.update(ages=["25-34"])
    cookie = viewer_cookie(uuid.uuid4(), age="25-34")

    async def found(player: Player, consent: str = "") -> list[object]:
        assets: list[object] = (await listed(player, video, f"pre{consent}"))["ASSETS"]
        return assets

    async def story() -> None:
        async with on_our_page() as nobody:
            ours = Player(nobody.edge, origin="", agent=BROWSER, cookie=cookie)
            assert await found(nobody) == []
            assert len(await found(ours)) == 1
            assert await found(ours, "&coppa=1") == [], (
                "what a page says of consent holds there, too"
            )
            with override_settings(EMBED_SITES={SITE}):
                assert await found(Player(nobody.edge, agent=TV, cookie=cookie)) == []

    run(story())
