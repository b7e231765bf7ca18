"""Shaka Player on another site plays our playlists with their places: what it tells is charged.

It reports by itself what the list of a place names (SVTA 2053-2), but knows no “viewable”.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Route

from takings.ads.actions import charge_beacons, key_ring
from takings.ads.models import BilledImpression, LineItem
from takings.ads.rules.judging import Beacon
from takings.ads.rules.lines import Pricing
from takings.core import clock
from takings.ledger.queries import check_books
from takings.videos.actions import Details
from takings.videos.rules.breaks import Break, with_breaks
from takings.videos.rules.files import content_type
from tests.ads.test_players import make_world, reported
from tests.ads.test_selling import OURS, Network
from tests.house.source import ROOT
from tests.make.ads import paid_within, usd
from tests.make.browser import AGENT
from tests.make.hls import make_hls
from tests.make.people import make_creator
from tests.make.players import SITE
from tests.make.videos import make_video
from tests.web.stage import wait

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHAKA = ROOT / "node_modules/shaka-player/dist/shaka-player.compiled.js"
PAGE = '<div id="place"><video id="video" muted></video></div>'
GUIDE = (ROOT / "docs/how-to/other-players.md").read_text()
HINT = GUIDE.partition("```js\n")[2].partition("```")[0]
"""What the guide tells pages with Shaka to run."""
PLAY = """async ([url, hint]) => {
    const player = new shaka.Player();
    new Function("player", hint)(player);
    const place = document.getElementById("place"), video = document.getElementById("video");
    await player.attach(video);
    player.getAdManager().setContainers(place, place);
    await player.load(url);
    await video.play();
}"""
PLACES = (Break("pre", 0), Break("mid", 1_000), Break("post", 2_000))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    events = tmp_path / "events"
    ours = {"PUBLIC_URL": OURS, "EMBED_SITES": {SITE}, "DEFAULT_COUNTRY": "DE"}
    with override_settings(EVENTS_HOME=events, **ours):
        yield events


@dataclass
class Host:
    """Our server: a clip's files for every video, with places where asked; the real ad routes."""

    clip: Path
    network: Network
    told: Counter[str] = field(default_factory=Counter)

    def answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if not path.startswith("/media/"):
            self.network.answer(route)
            self.told.update(path.split("/")[2:3])
            return
        _, _, video_id, name = path.split("/", 3)
        named = name.removeprefix("breaks/")
        body = (self.clip / named).read_bytes()
        rendition, _, playlist = named.partition("/")
        if named != name and playlist:
            video = uuid.UUID(video_id)
            text = with_breaks(body.decode(), PLACES, video_id=video, rendition=rendition)
            body = text.encode()
        headers = {"access-control-allow-origin": SITE, "access-control-allow-credentials": "true"}
        route.fulfill(body=body, content_type=content_type(name), headers=headers)


def test_shaka_plays_the_ads_of_a_playlist_and_each_that_began_is_charged(
    chromium: Browser, log: Path, tmp_path: Path
) -> None:
    make_hls(tmp_path, seconds=2)
    make_world()
    LineItem.objects.update(pricing=Pricing.CPM)
    details = Details("Kiln opening", has_mid_rolls=True)
    video = make_video(make_creator(), details=details, duration_ms=130_000)
    with closing(Network()) as network:
        host = Host(tmp_path / "made", network)
        context = chromium.new_context(user_agent=AGENT)
        page = context.new_page()
        page.route(f"{SITE}/", lambda route: route.fulfill(content_type="text/html", body=PAGE))
        page.route(f"{OURS}/**", host.answer)
        page.goto(f"{SITE}/")
        page.add_script_tag(path=SHAKA)
        page.evaluate(PLAY, [f"{OURS}/media/{video.pk}/breaks/master.m3u8", HINT])
        wait(page, lambda: host.told["complete"] == len(PLACES))
        context.close()
    reports = ("impression", "start", "firstQuartile", "midpoint", "thirdQuartile", "complete")
    assert host.told == dict.fromkeys((*reports, "list"), len(PLACES))
    rows = reported(log)
    places = Counter(key_ring().read(row.ad or "").placement.word for row in rows)
    assert places == dict.fromkeys(("pre", "mid", "post"), len(reports))
    beacons = [
        Beacon(row.id, row.ad or "", row.viewer_id, row.received_at, event=row.type) for row in rows
    ]
    for segment in ("first", "again"):
        charge_beacons(segment=segment, beacons=beacons, at=clock.now())
    assert set(BilledImpression.objects.values_list("after_video_id", flat=True)) == {video.pk}
    assert paid_within(video) == (len(PLACES), usd("0.01275"))
    assert check_books() == []
