"""A feed in a browser: our pages and our posts; the test plays the network behind the player."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Route, expect

from takings.videos.models import Video
from takings.videos.rules.files import content_type
from tests.make.browser import Look


class Fact(TypedDict, total=False):
    """An event as the collector receives it."""

    id: str
    type: str
    video: str
    view: str
    watched_ms: int
    position_ms: int
    surface: str
    ad: str


AD = {
    "token": "decision.signed",
    "decision_id": "01a20bd4-efed-7b43-a575-1125d1ba0c28",
    "campaign": "7",
    "headline": "Tea that waits for you",
    "call_to_action": "See the teas",
    "click_url": "/ads/click/decision.signed",
    "label": "Ad",
    "paid_by": "Northwind Tea",
    "why": ["Northwind Tea paid for this ad.", "Shown in Germany, between videos."],
}


@dataclass(kw_only=True)
class Stage:
    """What the network holds and has heard."""

    look: Look
    clip: Path
    facts: list[Fact] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    ad: Mapping[str, object] | None = None
    media_broken: bool = False
    is_cut: bool = False

    def open(self, path: str = "/", *, phone: bool = False) -> Page:
        """Open a page of the feed with this network behind it."""
        context = self.look.context(phone=phone)
        self.connect(context)
        page = self.look.page(context)
        page.goto(path)
        return page

    def connect(self, context: BrowserContext) -> None:
        """Answer for the edge routes."""
        context.route("**/media/**", self._media)
        context.route("**/ads/next*", self._next_ad)
        context.route("**/e", self._collect)
        context.route("**/live/stream/**", self._say_nothing)

    def heard(self, *types: str) -> list[Fact]:
        """Return the events of these types, in the order of their ids, each once."""
        once = {fact["id"]: fact for fact in self.facts}
        return [fact for _, fact in sorted(once.items()) if fact["type"] in types]

    def hears(self, page: Page, *types: str, count: int = 1, within_ms: int = 12_000) -> list[Fact]:
        """Wait until so many events of these types have arrived."""
        wait(page, lambda: len(self.heard(*types)) >= count, within_ms=within_ms)
        return self.heard(*types)

    def cut(self, page: Page, *, is_cut: bool) -> None:
        """Take the connection away, or give it back; answers of this stage are cut, too."""
        self.is_cut = is_cut
        page.context.set_offline(is_cut)

    def _media(self, route: Route) -> None:
        _, _, name = urlsplit(route.request.url).path.partition("/media/")
        path = self.clip / name.partition("/")[2]
        if self.media_broken or not path.is_file():
            route.fulfill(status=404)
        else:
            route.fulfill(body=path.read_bytes(), content_type=content_type(path.name))

    def _next_ad(self, route: Route) -> None:
        self.asked.append(route.request.url.partition("after=")[2])
        route.fulfill(json={"ad": self.ad})

    def _say_nothing(self, route: Route) -> None:
        body = "retry: 600000\n\n"  # longer than any test: it is not asked again
        route.fulfill(body=body, content_type="text/event-stream")

    def _collect(self, route: Route) -> None:
        if self.is_cut:
            route.abort()
            return
        batch = json.loads(route.request.post_data or "{}")
        facts = cast("list[Fact]", batch["events"])
        self.facts += facts
        route.fulfill(status=202, json={"accepted": len(facts), "rejected": []})


def ad_of(creative: Video) -> Mapping[str, object]:
    """Return the ad server's answer for this creative."""
    media = f"/media/{creative.pk}"
    return AD | {
        "video": media,
        "media": f"{media}/master.m3u8",
        "poster": f"{media}/poster.webp",
    }


def wait(page: Page, is_so: Callable[[], bool], *, within_ms: int = 12_000) -> None:
    """Let the page live until something is so."""
    for _ in range(within_ms // 100):
        if is_so():
            return
        page.wait_for_timeout(100)
    message = f"it did not happen within {within_ms} ms"
    raise AssertionError(message)


def playing(page: Page, title: str) -> None:
    """Wait until the slide of this name is in front and its picture moves."""
    video = page.locator(f'article:not([inert])[aria-label*="{title}"] video.framed')
    expect(video).to_be_visible()
    start = cast("float", video.evaluate("video => video.currentTime"))
    wait(page, lambda: cast("float", video.evaluate("video => video.currentTime")) != start)
