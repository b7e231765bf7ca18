"""A site that sells its places with Prebid.js, in a real browser: our bid wins and is played."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, Route

from takings.ads.edge.openrtb import BidEdge
from takings.ads.edge.routes import AdEdge
from takings.ads.edge.vast import PlayersEdge
from takings.ads.models import BilledImpression, Charge
from takings.ads.rules.vast import EVENT_OF, Report
from takings.events.edge.collector import Collector
from takings.ledger.queries import balance, check_books
from tests.ads.test_players import charge, make_world, reported
from tests.make.ads import usd
from tests.make.browser import AGENT
from tests.make.players import SITE, Player
from tests.web.stage import wait
from tools.node_path import usable_node

OURS = "https://takings.example"
REPORTS = {Report.IMPRESSION, Report.START, Report.VIEWABLE, Report.COMPLETE}
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Network:
    """Our edge routes behind a browser that believes to be on the Internet."""

    def __init__(self) -> None:
        """Begin to answer."""
        self.answered: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._ads, self._events = AdEdge(), Collector()
        self._bids = BidEdge(ads=self._ads)
        self._players = PlayersEdge(ads=self._ads, events=self._events)

    def answer(self, route: Route) -> None:
        """Pass a request on as it came."""
        request = route.request
        headers = request.all_headers()
        edge = self._bids if "/openrtb2/" in request.url else self._players
        player = Player(edge, origin=headers.get("origin", ""), agent=headers["user-agent"])
        body = request.post_data_buffer
        asked = player.ask(request.url, method=request.method, body=body)
        came = asyncio.run_coroutine_threadsafe(asked, self._loop).result(30)
        told = {name.decode(): value.decode() for name, value in came.headers.items()}
        self.answered.update(urlsplit(request.url).path.split("/")[2:3])
        route.fulfill(status=came.status, headers=told, body=came.body)

    def close(self) -> None:
        """Write down what was reported, and stop."""
        for part in (self._events, self._ads):
            asyncio.run_coroutine_threadsafe(part.shutdown(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    events = tmp_path / "events"
    ours = {"PUBLIC_URL": OURS, "EMBED_SITES": {SITE}, "DEFAULT_COUNTRY": "DE"}
    with override_settings(EVENTS_HOME=events, **ours):
        yield events


@pytest.fixture(scope="module")
def script() -> str:
    """Bundle the page's script, as the site would."""
    here = Path(__file__).parent
    done = subprocess.run(
        [Path(usable_node()) / "node", here / "bundle.mjs", "./seller.mjs"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def test_prebid_takes_our_bid_and_what_its_player_reports_is_charged(
    chromium: Browser, log: Path, script: str
) -> None:
    video = make_world()
    with closing(Network()) as network:
        context = chromium.new_context(user_agent=AGENT)
        page = context.new_page()
        page.route(
            f"{SITE}/", lambda route: route.fulfill(content_type="text/html", body="<p>Tea</p>")
        )
        page.route(f"{OURS}/**", network.answer)
        page.goto(f"{SITE}/")
        page.add_script_tag(content=script)
        [bid] = page.evaluate("id => sell(id)", str(video.pk))
        assert (bid["cpm"], bid["currency"], bid["mediaType"]) == (2.55, "USD", "video")
        assert (bid["adserverTargeting"]["hb_bidder"], bid["ttl"]) == ("takings", 300)
        page.evaluate("vast => play(vast)", bid["vastXml"])
        wait(page, lambda: network.answered >= {"auction", *REPORTS})
        context.close()
    rows = reported(log)
    assert {row.type for row in rows} == {EVENT_OF[report] for report in REPORTS}
    charge(rows)
    pool = f"pool:feed_ads:DE:{Charge.objects.get().period}"
    assert BilledImpression.objects.get().after_video_id == video.pk
    assert balance(name=pool, currency="USD") == usd("0.00425")
    assert check_books() == []
