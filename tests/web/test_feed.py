"""The feed in a real Chromium, playing a real HLS clip."""

import datetime as dt
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from takings.core import clock
from takings.people.models import Creator
from takings.videos.actions import Details
from takings.videos.models import Video
from tests.make.ads import make_advertiser
from tests.make.browser import Look
from tests.make.hls import make_hls
from tests.make.people import make_creator, make_user
from tests.make.videos import make_creative, make_video
from tests.web.stage import Stage, ad_of, playing, wait

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TITLES = ["Low tide", "Kiln opening", "Night market", "Bread, hour nine", "A loom", "Rain"]
FRONT = "article:not([inert])"
VIDEO = f"{FRONT} video"
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('takings_events')).length"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_hls(tmp_path_factory.mktemp("hls"))


@pytest.fixture
def stage(look: Look, clip: Path) -> Stage:
    return Stage(look=look, clip=clip)


@pytest.fixture
def creator(transactional_db: None) -> Creator:  # noqa: ARG001 - must be there first
    return make_creator("Ada")


@pytest.fixture
def posts(creator: Creator) -> list[Video]:
    """Publish six posts; the feed shows them in this order."""
    now = clock.now()
    return [
        make_video(
            creator,
            details=Details(title),
            duration_ms=6000,
            at=now - dt.timedelta(hours=1 + number),
        )
        for number, title in enumerate(TITLES)
    ]


def test_the_first_video_plays_by_itself_without_sound(stage: Stage, posts: list[Video]) -> None:
    page = stage.open()
    playing(page, "Low tide")
    assert page.locator(VIDEO).evaluate("video => video.muted")
    (start,) = stage.hears(page, "start")
    assert (start["video"], start["surface"]) == (str(posts[0].pk), "feed")
    assert uuid.UUID(start["id"]).version == uuid.UUID(start["view"]).version == 7
    page.locator(FRONT).get_by_role("button", name="Tap for sound").click()
    assert not page.locator(VIDEO).evaluate("video => video.muted")
    assert stage.hears(page, "unmute")[0]["view"] == start["view"]


def test_a_whole_view_is_told_step_by_step(stage: Stage, posts: list[Video]) -> None:
    page = stage.open()
    stage.hears(page, "replay", within_ms=20_000)
    told = stage.heard("start", "progress", "end", "replay", "heartbeat")
    order = [fact["type"] for fact in told if fact["type"] != "heartbeat"]
    assert order[:4] == ["start", "progress", "progress", "progress"]
    assert sorted(order[4:6]) == ["end", "replay"]  # both in one millisecond
    assert {fact["video"] for fact in told} == {str(posts[0].pk)}
    assert len({fact["view"] for fact in told}) == 1
    watched = [fact["watched_ms"] for fact in told]
    assert watched == sorted(watched)
    assert 5_400 <= stage.heard("end")[0]["watched_ms"] <= 6_200


def test_keys_move_pause_and_share(stage: Stage, posts: list[Video]) -> None:
    page = stage.open()
    playing(page, TITLES[0])
    page.keyboard.press("j")
    playing(page, TITLES[1])
    page.keyboard.press("ArrowDown")
    playing(page, TITLES[2])
    page.keyboard.press("k")
    playing(page, TITLES[1])
    page.keyboard.press("Space")
    wait(page, lambda: bool(page.locator(VIDEO).evaluate("video => video.paused")))
    page.keyboard.press("Space")
    playing(page, TITLES[1])
    page.keyboard.press("m")
    assert not page.locator(VIDEO).evaluate("video => video.muted")
    assert {fact["video"] for fact in stage.hears(page, "start", count=4)} == {
        str(post.pk) for post in posts[:3]
    }


FLICK = """() => {
  const front = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  for (let piece = 0; piece < 5; piece += 1) {
    front.dispatchEvent(new WheelEvent("wheel", { deltaY: 90, bubbles: true, cancelable: true }));
  }
}"""
"""A flick of a trackpad arrives in pieces; from here they come together on any machine."""


def test_one_turn_of_the_wheel_is_one_video(stage: Stage, posts: list[Video]) -> None:
    page = stage.open()
    playing(page, TITLES[0])
    page.evaluate(FLICK)
    playing(page, TITLES[1])
    assert len(posts) == 6


def test_only_the_neighbours_are_held(stage: Stage, posts: list[Video]) -> None:
    page = stage.open()
    playing(page, TITLES[0])
    held = "() => [...document.querySelectorAll('article')].map(a => !!a.querySelector('video'))"
    assert page.evaluate(held) == [True, True, True, False, False, False]
    for title in TITLES[1:4]:
        page.keyboard.press("j")
        playing(page, title)
    assert page.evaluate(held) == [False, False, True, True, True, True]
    assert len(posts) == 6


def test_the_next_video_is_ready_before_it_is_asked_for(stage: Stage, posts: list[Video]) -> None:
    page = stage.open()
    playing(page, TITLES[0])
    second = page.locator(f'article[aria-label^="{TITLES[1]}"] video')
    wait(page, lambda: second.evaluate("video => video.readyState") >= 3)
    page.wait_for_timeout(2500)
    # Ready is not watched: nothing is told about it.
    assert {fact["video"] for fact in stage.facts} == {str(posts[0].pk)}


def test_an_ad_comes_after_four_posts_and_says_what_it_is(stage: Stage, posts: list[Video]) -> None:
    _, member = make_advertiser()
    stage.ad = ad_of(make_creative(member))
    page = stage.open()
    for title in TITLES[:4]:
        playing(page, title)
        page.keyboard.press("j")
    playing(page, "Ad, paid by Northwind Tea")
    assert stage.asked == [str(posts[3].pk)]
    ad = page.locator(FRONT)
    expect(ad.locator(".mark")).to_have_text("Ad Paid by Northwind Tea")
    expect(ad.get_by_role("link", name="See the teas")).to_have_attribute(
        "href", "/ads/click/decision.signed"
    )
    shown = stage.hears(page, "ad_viewable")
    assert {fact["ad"] for fact in shown} == {"decision.signed"}
    assert [fact["type"] for fact in stage.heard("ad_impression", "ad_viewable")] == [
        "ad_impression",
        "ad_viewable",
    ]
    ad.get_by_role("button", name="Why this ad?").click()
    expect(page.get_by_role("dialog").get_by_text("Shown in Germany")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    playing(page, TITLES[4])


def test_an_ad_flicked_away_was_shown_but_not_seen(stage: Stage, posts: list[Video]) -> None:
    _, member = make_advertiser()
    stage.ad = ad_of(make_creative(member))
    page = stage.open()
    for title in TITLES[:4]:
        playing(page, title)
        page.keyboard.press("j")
    playing(page, "Ad, paid by")
    page.wait_for_timeout(600)
    page.keyboard.press("j")
    playing(page, TITLES[4])
    stage.hears(page, "ad_skip")
    assert len(stage.heard("ad_impression")) == 1
    assert stage.heard("ad_viewable") == []
    assert len(posts) == 6


def test_an_ad_that_is_only_preloaded_is_not_even_shown(stage: Stage, posts: list[Video]) -> None:
    _, member = make_advertiser()
    stage.ad = ad_of(make_creative(member))
    page = stage.open()
    for title in TITLES[:3]:
        playing(page, title)
        page.keyboard.press("j")
    playing(page, TITLES[3])
    ready = page.locator('article[data-kind="ad"] video')
    wait(page, lambda: ready.evaluate("video => video.readyState") >= 3)
    page.wait_for_timeout(3000)
    assert stage.heard("ad_impression", "ad_viewable") == []
    assert len(posts) == 6


def test_without_an_ad_there_is_no_gap(stage: Stage, posts: list[Video]) -> None:
    page = stage.open()
    for title in TITLES[:5]:
        playing(page, title)
        page.keyboard.press("j")
    playing(page, TITLES[5])
    page.keyboard.press("j")
    expect(page.get_by_text("You have seen everything")).to_be_in_viewport()
    assert len(posts) == 6


def test_offline_facts_arrive_when_the_connection_is_back(stage: Stage, posts: list[Video]) -> None:
    stage.look.tolerated.add("Failed to load resource")
    page = stage.open()
    stage.hears(page, "start")
    stage.cut(page, is_cut=True)
    expect(page.get_by_text("What you watch is kept and counted later.")).to_be_visible()
    before = len(stage.facts)
    wait(page, lambda: page.evaluate(KEPT) > 0)
    page.wait_for_timeout(4500)
    assert len(stage.facts) == before
    stage.cut(page, is_cut=False)
    facts = stage.hears(page, "heartbeat", "progress", count=2)
    assert {fact["video"] for fact in facts} == {str(posts[0].pk)}


def test_a_shared_link_opens_that_video_first(stage: Stage, posts: list[Video]) -> None:
    page = stage.open(f"/v/{posts[4].pk}")
    playing(page, TITLES[4])
    assert stage.hears(page, "start")[0]["surface"] == "link"
    page.keyboard.press("j")
    playing(page, TITLES[0])


def test_liking_needs_an_account_and_then_counts(
    stage: Stage, posts: list[Video], look: Look
) -> None:
    page = stage.open()
    playing(page, TITLES[0])
    page.keyboard.press("l")
    expect(page.get_by_role("dialog")).to_contain_text("Sign in to do that")
    fan = make_user("Fan")
    context = look.context(user=fan)
    stage.connect(context)
    mine = look.page(context)
    mine.goto("/")
    playing(mine, TITLES[0])
    like = mine.locator(FRONT).get_by_role("button", name="Like")
    expect(like).to_have_attribute("aria-pressed", "false")
    mine.keyboard.press("l")
    expect(like).to_have_attribute("aria-pressed", "true")
    mine.locator(FRONT).get_by_role("button", name="Follow").click()
    expect(mine.get_by_text("You follow @")).to_be_visible()
    mine.reload()
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(mine.locator(FRONT).get_by_role("button", name="Follow", exact=True)).to_have_count(0)
    assert len(posts) == 6


def test_a_video_that_does_not_play_can_be_tried_again(stage: Stage, posts: list[Video]) -> None:
    stage.look.tolerated.add("Failed to load resource")
    stage.media_broken = True
    page = stage.open()
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    stage.media_broken = False
    again.click()
    playing(page, TITLES[0])
    assert len(posts) == 6


def test_an_empty_feed_invites_the_first_upload(stage: Stage) -> None:
    page = stage.open()
    expect(page.get_by_text("No videos yet")).to_be_visible()
    expect(page.get_by_role("link", name="Upload a video")).to_be_visible()


def test_nothing_moves_that_need_not(stage: Stage, posts: list[Video]) -> None:
    context = stage.look.browser.new_context(base_url=stage.look.url, reduced_motion="reduce")
    stage.connect(context)
    page = stage.look.page(context)
    page.goto("/")
    playing(page, TITLES[0])
    page.keyboard.press("j")
    playing(page, TITLES[1])
    context.close()
    assert len(posts) == 6


@pytest.fixture(autouse=True)
def _no_leftovers(stage: Stage) -> Iterator[None]:
    yield
    for context in stage.look.browser.contexts:
        context.unroute_all(behavior="ignoreErrors")
