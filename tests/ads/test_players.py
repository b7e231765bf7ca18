"""Players of other sites: they get ads on money that is there, and are charged for what was seen.

The real present is what the routes read, so campaigns run in it.
"""

import asyncio
import datetime as dt
import json
import subprocess
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from takings.ads.actions import charge_beacons, key_ring
from takings.ads.edge.routes import AdEdge
from takings.ads.edge.vast import PlayersEdge
from takings.ads.models import (
    BilledImpression,
    Campaign,
    Charge,
    Click,
    Lease,
    PlayerReport,
    RejectedImpression,
    Served,
)
from takings.ads.rules.conversions import make_click_id
from takings.ads.rules.judging import Beacon
from takings.ads.rules.tokens import Decision, Placement
from takings.core import clock, ids
from takings.events.edge.collector import Collector
from takings.events.queries.tailing import LogTail
from takings.events.rules.rows import EventRow
from takings.ledger.queries import balance, check_books
from takings.videos.actions import Details
from takings.videos.models import Status, Video
from takings.videos.queries import served_folder
from tests.make.ads import Wanted, make_line_item, usd
from tests.make.collecting import viewer_cookie
from tests.make.people import NOON, make_creator
from tests.make.players import HOME, SITE, TV, Player
from tests.make.videos import make_video
from tools.node_path import usable_node

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def log(tmp_path: Path) -> Iterator[Path]:
    """Let one site have ads, and keep what its players report in a log of this test's own."""
    events = tmp_path / "events"
    with override_settings(EMBED_SITES={SITE}, EVENTS_HOME=events, DEFAULT_COUNTRY="DE"):
        yield events


@asynccontextmanager
async def playing() -> AsyncIterator[Player]:
    """Give a player on the listed site, on an ad server and a collector of its own."""
    ads, events = AdEdge(), Collector()
    yield Player(PlayersEdge(ads=ads, events=events))
    await events.shutdown()
    await ads.shutdown()


def run(story: Coroutine[object, object, None]) -> None:
    asyncio.run(story)


def make_world() -> Video:
    """Let a campaign run now; return a video that others may show."""
    item = make_line_item(Wanted(countries=("DE",)))
    item.starts_at, item.ends_at = NOON.replace(year=2020), NOON.replace(year=2099)
    item.save()
    return make_video(make_creator())


PAGE = "https://brand.example/coats"


def decided(document: bytes) -> Decision:
    token = document.decode().partition("/vast/impression/")[2].partition("<")[0]
    return key_ring().read(token)


def reported(log: Path) -> list[EventRow]:
    tail = LogTail(log, from_start=True)
    rows = list(tail.poll())
    tail.close()
    return rows


def charge(rows: list[EventRow], *, later: dt.timedelta = dt.timedelta(seconds=5)) -> None:
    """Charge what was reported, as if each report had come so much later."""
    beacons = [
        Beacon(row.id, row.ad or "", row.viewer_id, row.received_at + later, row.ua_class == "bot")
        for row in rows
        if row.type == "ad_viewable"
    ]
    charge_beacons(segment=f"segment-{uuid.uuid4()}", beacons=beacons, at=clock.now())


def rejected() -> list[str]:
    return sorted(RejectedImpression.objects.values_list("reason", flat=True))


def test_an_ad_in_another_player_is_charged_once_however_often_it_is_reported(log: Path) -> None:
    video = make_world()

    async def story() -> None:
        async with playing() as player:
            answer = await player.ask(f"/vast?video={video.pk}&break=feed")
            assert (answer.status, answer.headers[b"cache-control"]) == (200, b"no-store")
            assert answer.headers[b"content-type"] == b"application/xml; charset=utf-8"
            assert answer.headers[b"access-control-allow-origin"] == SITE.encode()
            addresses = [
                one.text or "" for one in answer.xml.iter() if "/vast/" in (one.text or "")
            ]
            reports = [one for one in addresses if "/vast/click/" not in one]
            assert len(reports) == len(set(reports)) == 12
            for url in [*reversed(reports), *reports]:
                assert (await player.ask(url)).status == 204

    run(story())
    rows = reported(log)
    kinds = {row.type for row in rows}
    assert (len(rows), len(kinds)) == (22, 11)
    assert {"ad_impression", "ad_viewable", "ad_start", "ad_end", "ad_click"} < kinds
    assert len({row.id for row in rows}) == 11
    charge(rows)
    billed, charged = BilledImpression.objects.get(), Charge.objects.get()
    assert (billed.after_video_id, billed.price_micros) == (video.pk, 4_250)
    pool = f"pool:feed_ads:{charged.country}:{charged.period}"
    assert (charged.country, balance(name=pool, currency="USD")) == ("DE", usd("0.00425"))
    charge(rows)
    assert balance(name=pool, currency="USD") == usd("0.00425")
    assert rejected() == []
    assert PlayerReport.objects.get().error_code == 900  # a macro that was left as it is
    assert check_books() == []


def test_dailymotions_clients_play_our_ads_and_find_their_places(log: Path) -> None:
    video = make_world()
    creative = Campaign.objects.get().creatives.get()
    (served_folder(creative.video_id) / "whole.mp4").write_bytes(b"mp4")

    async def story() -> None:
        async with playing() as player:
            versions = ("4", "3", "2", "4")
            ads = [await player.ask(f"/vast?video={video.pk}&v={one}") for one in versions]
            breaks = await player.ask(f"/vmap?video={video.pk}&v=3")
            found = dailymotion([ad.body for ad in ads], breaks.body)
            assert [when for when, _, _ in found["places"]] == ["start", "end"]
            for _, language, url in found["places"]:
                assert language == "vast3"
                assert (await player.ask(url)).xml.get("version") == "3.0"
            for ad, version in zip(found["played"], versions, strict=True):
                assert (ad["title"], ad["duration"]) == ("Warm all winter", 6)
                assert ad["skipDelay"] == (-1 if version == "2" else 5)
                stream, whole = ad["media"]
                assert stream[1:] == ["application/x-mpegURL", 1_080, 1_920]
                assert whole[0].endswith("/whole.mp4")
                assert whole[1:] == ["video/mp4", 1_080, 1_920]
                for url in ad["asked"]:
                    assert (await player.ask(url)).status == 204
                assert (await player.ask(ad["page"])).status == 302

    run(story())
    rows = reported(log)
    told = Counter(row.type for row in rows)
    every = dict.fromkeys(("impression", "start", "midpoint", "mute", "unmute", "click"), 4)
    every |= {"first_quartile": 4, "third_quartile": 4, "end": 3, "skip": 1, "viewable": 2}
    assert told == {f"ad_{name}": count for name, count in every.items()}
    charge(rows)
    charged = Charge.objects.get()
    assert (charged.impression_count, charged.amount) == (2, usd("0.0085"))
    places = set(BilledImpression.objects.values_list("placement", "after_video_id"))
    assert places == {(Placement.PRE, video.pk)}  # nobody asked for another place
    assert Click.objects.filter(ignored_why="").count() == 4
    failed = PlayerReport.objects.values_list("error_code", flat=True)
    assert sorted(failed) == [0, 0, 0, 405]


def dailymotion(ads: list[bytes], breaks: bytes) -> dict[str, list[Any]]:
    """Play these with the clients that others build on; the last ad is skipped, and fails."""
    given = {"ads": [ad.decode() for ad in ads], "breaks": breaks.decode()}
    node = Path(usable_node()) / "node"
    done = subprocess.run(
        [node, Path(__file__).with_name("players.mjs")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, list[Any]] = json.loads(done.stdout)
    return found


def test_reports_from_elsewhere_too_early_or_late_are_kept_with_their_reason(log: Path) -> None:
    video = make_world()

    async def story(player: Player, agents: list[tuple[str, str]]) -> None:
        for agent, address in agents:
            decision = decided((await player.ask(f"/vast?video={video.pk}")).body)
            url = f"/vast/viewable/{key_ring().sign(decision)}"
            teller = Player(player.edge, agent=agent, address=address)
            assert (await teller.ask(url)).status == 204

    async def stories() -> None:
        async with playing() as player:
            other = "198.51.100.7"
            await story(player, [(TV, other), ("", HOME), (TV, HOME)])

    run(stories())
    elsewhere, nameless, honest = reported(log)
    charge([elsewhere, nameless])
    assert rejected() == ["other_viewer", "other_viewer"]
    charge([replace(honest, id=ids.uuid7(at=NOON))], later=dt.timedelta())
    charge([replace(honest, id=ids.uuid7(at=NOON))], later=dt.timedelta(minutes=31))
    assert rejected() == ["expired", "other_viewer", "other_viewer", "too_early"]
    assert (BilledImpression.objects.count(), Charge.objects.count()) == (0, 0)


def test_what_is_no_report_is_refused_and_not_written_down(log: Path) -> None:
    video = make_world()

    async def story() -> None:
        async with playing() as player:
            decision = decided((await player.ask(f"/vast?video={video.pk}")).body)
            token = key_ring().sign(decision)
            two_days_ago = ids.uuid7(at=clock.now() - dt.timedelta(days=2))
            old = key_ring().sign(replace(decision, decision_id=two_days_ago))
            for path, status, code in (
                (f"/vast/viewable/{token[:-1]}", 422, "forged_token"),
                ("/vast/viewable/", 422, "forged_token"),
                ("/vast/viewable/[TOKEN]", 422, "forged_token"),
                ("/vast/click/a.b.c", 422, "forged_token"),
                (f"/vast/viewable/{old}", 404, "ad_is_over"),
                (f"/vast/pause/{token}", 404, "no_such_route"),
                ("/vast/", 404, "no_such_route"),
            ):
                answer = await player.ask(path)
                assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
            posted = await player.ask(f"/vast/viewable/{token}", method="POST")
            assert (posted.status, posted.headers[b"allow"]) == (405, b"GET")
            assert (await player.ask("/vast", method="OPTIONS")).status == 204

    run(story())
    assert reported(log) == []


def test_there_is_an_empty_document_with_the_reason_where_no_ad_may_be_shown() -> None:
    video, ada = make_world(), make_creator()
    private = make_video(ada, details=Details("Mine", visibility="private"))
    alone = make_video(make_creator(shares=False))
    creative = Campaign.objects.get().creatives.get().video_id

    async def story() -> None:
        async with playing() as player:
            for query, code in (
                ("", "not_embeddable"),
                ("video=[CONTENTID]&v=[VASTVERSIONS]&cb=[CACHEBUSTING]&p=-1", "not_embeddable"),
                ("video=%5BX%5D&video=%00%ff&v=\u00fc" + "&a=b" * 400, "not_embeddable"),
                (f"video={uuid.uuid4()}", "not_embeddable"),
                (f"video={private.pk}", "not_embeddable"),
                (f"video={alone.pk}", "not_embeddable"),
                (f"video={creative}", "not_embeddable"),
            ):
                assert await why(player, query) == code
            query = f"video={video.pk}"
            assert (
                await why(Player(player.edge, origin="https://evil.example"), query) == "other_site"
            )
            assert await why(Player(player.edge, agent="curl/8"), query) == "robot"
            with override_settings(EMBED_SITES=frozenset()):
                assert await why(player, query) == "embedding_off"
            with override_settings(DEFAULT_COUNTRY="FR"):
                assert await why(player, query) == "no_campaign"

    run(story())
    assert Served.objects.count() == 0


async def why(player: Player, query: str) -> str:
    """Ask for an ad that is not to be had; return the reason's code."""
    answer = await player.ask(f"/vast?{query}")
    assert (answer.status, len(answer.xml)) == (200, 0)
    breaks = await player.ask(f"/vmap?{query}")
    assert (breaks.status, breaks.headers) == (200, answer.headers)
    assert len(breaks.xml) == (0 if b"no_campaign" not in answer.body else 2)
    return answer.body.decode().partition("<!-- ")[2].partition(":")[0]


def test_who_paid_for_it_sees_no_ad_in_any_place_of_any_player() -> None:
    video = make_world()
    tomorrow = clock.now() + dt.timedelta(days=1)

    async def story() -> None:
        async with playing() as player:
            member = Player(player.edge, cookie=viewer_cookie(uuid.uuid4(), ad_free_until=tomorrow))
            assert await why(member, f"video={video.pk}") == "member"
            listed = await member.ask(f"/ads/list?video={video.pk}&break=pre")
            assert json.loads(listed.body)["ASSETS"] == []

    run(story())
    assert Served.objects.count() == 0


def test_a_click_counts_with_our_cookie_and_without(log: Path) -> None:
    video, someone = make_world(), uuid.uuid4()

    async def story() -> None:
        async with playing() as player:
            known = Player(player.edge, cookie=viewer_cookie(someone))
            for asking, clicking in ((player, known), (player, player), (known, known)):
                document = (await asking.ask(f"/vast?video={video.pk}&v=3")).body
                decision = decided(document)
                assert (decision.viewer_id == someone) is (asking is known)
                token = key_ring().sign(decision)
                answer = await clicking.ask(f"/vast/click/{token}")
                assert answer.status == 302
                name = make_click_id(decision.decision_id, secret=settings.SECRET_KEY)
                assert answer.headers[b"location"].decode() == f"{PAGE}?takings_click={name}"

    run(story())
    assert list(Click.objects.values_list("ignored_why", flat=True)) == ["", "", ""]
    assert sum(lease.room_micros for lease in Lease.objects.all()) == 3 * 4_250
    assert reported(log) == []


def test_without_consent_an_ad_is_for_the_client_alone_and_is_charged_all_the_same(
    log: Path,
) -> None:
    video, someone = make_world(), uuid.uuid4()

    async def story() -> None:
        async with playing() as player:
            known = Player(player.edge, cookie=viewer_cookie(someone))
            asked = f"/vast?video={video.pk}&gdpr=1&gdpr_consent=[GDPRCONSENT]"
            decision = decided((await known.ask(asked)).body)
            assert decision.viewer_id != someone
            token = key_ring().sign(decision)
            assert (await known.ask(f"/vast/viewable/{token}")).status == 204
            assert (await known.ask(f"/vast/click/{token}")).headers[b"location"] == PAGE.encode()
            for cookie, named in (("", True), ("takings_private=1", False)):
                asking = Player(player.edge, cookie=cookie)
                theirs = key_ring().sign(
                    decided((await asking.ask(f"/vast?video={video.pk}")).body)
                )
                answer = await asking.ask(f"/vast/click/{theirs}")
                assert (b"takings_click" in answer.headers[b"location"]) is named

    run(story())
    [row] = reported(log)
    assert row.network == 0
    charge([row])
    assert (BilledImpression.objects.count(), rejected()) == (1, [])


def test_an_ad_that_was_removed_a_moment_ago_is_not_shown() -> None:
    video = make_world()
    creative = Campaign.objects.get().creatives.get().video

    async def story() -> None:
        async with playing() as player:
            with override_settings(DEFAULT_COUNTRY="FR"):
                assert await why(player, f"video={video.pk}") == "no_campaign"
            creative.status = Status.REMOVED
            await asyncio.to_thread(creative.save)
            assert await why(player, f"video={video.pk}") == "no_campaign"

    run(story())


def test_a_player_that_tells_too_much_is_asked_to_wait() -> None:
    video = make_world()

    async def story() -> None:
        async with playing() as player:
            with override_settings(EVENTS_PER_SECOND=1):
                decision = decided((await player.ask(f"/vast?video={video.pk}")).body)
                url = f"/vast/start/{key_ring().sign(decision)}"
                answers = [await player.ask(url) for _ in range(103)]
            assert {answer.status for answer in answers} == {204, 429}
            assert int(answers[-1].headers[b"retry-after"]) > 0

    run(story())
