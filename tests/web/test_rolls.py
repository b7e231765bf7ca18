"""Ads before, within and after a video, in a real Chromium: hls.js plays, our player tells."""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from takings.core import clock
from takings.videos.actions import Details
from takings.videos.models import Video
from takings.videos.rules.breaks import Break, with_breaks
from tests.make.ads import make_advertiser
from tests.make.browser import Look
from tests.make.hls import make_hls
from tests.make.people import make_creator
from tests.make.videos import make_creative, make_video
from tests.web.stage import AD, Stage, ad_of, playing, wait

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FRONT = "article:not([inert])"
PLACES = (Break("pre", 0), Break("mid", 2_000), Break("post", 4_000))


@dataclass(kw_only=True)
class Rolls(Stage):
    """A stage with a video of four seconds that has three places for ads."""

    creative: Video
    asked_for: list[dict[str, str]] = field(default_factory=list)
    unsold: frozenset[str] = frozenset()

    def begin(self, *, phone: bool = False) -> Page:
        """Open the feed."""
        context = self.look.context(phone=phone)
        self.connect(context)
        context.route("**/media/*/breaks/**", self._places)
        context.route("**/ads/list*", self._list)
        page = self.look.page(context)
        page.goto("/")
        return page

    def _places(self, route: Route) -> None:
        _, _, name = route.request.url.partition("/breaks/")
        text = (self.clip / name.partition("?")[0]).read_text()
        rendition = name.partition("/")[0]
        if name.startswith("master"):
            route.fulfill(body=text)
        else:
            route.fulfill(
                body=with_breaks(text, PLACES, video_id=uuid.UUID(int=1), rendition=rendition)
            )

    def _list(self, route: Route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        asked = {name: values[0] for name, values in query.items()}
        self.asked_for.append(asked)
        if asked["break"] in self.unsold:
            route.fulfill(json={"ASSETS": []})
            return
        card = {**ad_of(self.creative), "token": f"{asked['break']}.{len(self.asked_for)}"}
        media = f"{self.look.url}/media/{self.creative.pk}/master.m3u8"
        asset = {"URI": media, "DURATION": 4.0, "X-AD": card}
        skip = {"OFFSET": 1.0, "DURATION": 3.0, "LABEL-ID": "skip-ad"}
        route.fulfill(json={"ASSETS": [asset], "SKIP-CONTROL": skip})

    def told(self, token: str) -> list[str]:
        """Return what was told of an ad, in order."""
        ads = [fact for fact in self.heard(*AD_TYPES) if fact["ad"] == token]
        assert {fact["video"] for fact in ads} <= {str(self.creative.pk)}
        assert len({fact["view"] for fact in ads}) <= 1
        return [fact["type"].removeprefix("ad_") for fact in ads]


AD_TYPES = [
    f"ad_{name}"
    for name in (
        *("impression", "viewable", "start", "first_quartile", "midpoint", "third_quartile"),
        *("end", "skip", "mute", "unmute", "click"),
    )
]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_hls(tmp_path_factory.mktemp("hls"), seconds=4)


@pytest.fixture
def rolls(look: Look, clip: Path, transactional_db: None) -> Rolls:  # noqa: ARG001 - first
    _, member = make_advertiser()
    stage = Rolls(look=look, clip=clip, creative=make_creative(member))
    for title in ("Kiln opening", "Night market"):
        make_video(make_creator(), details=Details(title), duration_ms=130_000, at=clock.now())
    return stage


def test_ads_play_before_within_and_after_a_video_and_the_video_goes_on(rolls: Rolls) -> None:
    page = rolls.begin(phone=True)
    front = page.locator(FRONT)
    expect(front.locator(".mark")).to_have_text(f"Ad Paid by {AD['paid_by']}")
    skip = front.get_by_role("button", name="Skip")
    expect(skip).to_have_text("Skip after 1 seconds")
    expect(skip).to_be_disabled()
    expect(skip).to_have_text("Skip ad")
    page.keyboard.press("s")
    playing(page, "Night market")
    expect(front.locator(".mark")).to_have_count(0)
    rolls.hears(page, "ad_skip")
    assert set(rolls.told("pre.1")[:2]) == {"impression", "start"}  # in one millisecond
    rolls.hears(page, "ad_end")
    played = rolls.told("mid.2")
    assert played.count("viewable") == 1
    assert [one for one in played if one not in {"viewable", "impression", "start"}] == [
        *("first_quartile", "midpoint", "third_quartile", "end"),
    ]
    rolls.hears(page, "ad_impression", count=3)
    expect(skip).to_have_text("Skip ad")
    skip.click()
    rolls.hears(page, "replay")
    playing(page, "Night market")
    assert rolls.told("pre.1")[-1] == rolls.told("post.3")[-1] == "skip"
    (end,) = rolls.heard("end")
    assert 3_400 <= end["watched_ms"] <= 4_300
    assert [asked["break"] for asked in rolls.asked_for] == ["pre", "mid", "post"]
    sessions = {asked["_HLS_primary_id"] for asked in rolls.asked_for}
    assert len(sessions) == 1
    assert uuid.UUID(sessions.pop()).version == 4


def test_a_video_whose_ads_nobody_bought_plays_at_once(rolls: Rolls) -> None:
    rolls.unsold = frozenset({"pre", "mid", "post"})
    page = rolls.begin()
    rolls.hears(page, "replay")
    playing(page, "Night market")
    assert rolls.heard(*AD_TYPES) == []
    assert len(rolls.heard("end")) == 1


def test_an_ad_of_a_video_that_is_not_in_front_is_neither_chosen_nor_told(rolls: Rolls) -> None:
    page = rolls.begin()
    rolls.hears(page, "ad_viewable")
    assert [asked["break"] for asked in rolls.asked_for] == ["pre"]
    page.keyboard.press("j")
    rolls.hears(page, "ad_skip")
    assert rolls.told("pre.1")[-1] == "skip"
    wait(page, lambda: len(rolls.asked_for) == 2)
    page.keyboard.press("k")  # who comes back has seen that ad
    playing(page, "Night market")
    expect(page.locator(f"{FRONT} .mark")).to_have_count(0)
    assert len(rolls.asked_for) == 2
