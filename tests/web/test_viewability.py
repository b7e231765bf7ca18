"""When an ad has been seen: WE-15, the MRC's cases, sample by sample in a real browser."""

from collections.abc import Iterator
from typing import TypedDict

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SAMPLE = """(stretches) => {
  const meter = new parts.ViewabilityMeter();
  const told = [];
  let atMs = 1000, positionMs = 0;
  for (const [index, s] of stretches.entries()) {
    positionMs = s.from_ms ?? positionMs;
    for (let ms = 0; ms <= s.ms; ms += 100) {
      const { pixels = 1, shown = true, playing = true, moves = true } = s;
      const news = meter.take({ atMs, pixels, shown, playing, positionMs });
      for (const name of ["impression", "viewable"]) if (news[name]) told.push([index, ms, name]);
      atMs += 100;
      if (playing && moves) positionMs += 100;
    }
  }
  return told;
}"""


class Stretch(TypedDict, total=False):
    """A time in which nothing changes; ``from_ms`` is where the ad's picture begins."""

    ms: int
    pixels: float
    shown: bool
    playing: bool
    moves: bool
    from_ms: int


@pytest.fixture
def page(chromium: Browser, parts: str) -> Iterator[Page]:
    page = chromium.new_page()
    page.evaluate(parts + "; window.parts = parts; 0")
    yield page
    page.close()


def told(page: Page, *stretches: Stretch) -> list[str]:
    return [name for _, _, name in page.evaluate(SAMPLE, list(stretches))]


def test_half_of_the_pixels_for_two_seconds_is_viewable(page: Page) -> None:
    assert told(page, {"ms": 1900, "pixels": 0.5}) == ["impression"]
    assert told(page, {"ms": 2000, "pixels": 0.5}) == ["impression", "viewable"]


def test_two_shorter_looks_do_not_add_up(page: Page) -> None:
    look_away: Stretch = {"ms": 300, "pixels": 0.2}
    assert told(page, {"ms": 1900}, look_away, {"ms": 1900}) == ["impression"]


def test_a_little_less_than_half_never_counts(page: Page) -> None:
    assert told(page, {"ms": 30_000, "pixels": 0.49}) == []


def test_seconds_seven_to_nine_of_the_ad_count_like_the_first(page: Page) -> None:
    hidden: Stretch = {"ms": 7000, "pixels": 0.1}
    assert told(page, hidden, {"ms": 2000, "from_ms": 7000}) == ["impression", "viewable"]


def test_a_tab_in_the_background_sees_nothing(page: Page) -> None:
    assert told(page, {"ms": 30_000, "shown": False}) == []


def test_a_paused_or_stalled_picture_sees_nothing(page: Page) -> None:
    assert told(page, {"ms": 30_000, "playing": False}) == []
    assert told(page, {"ms": 30_000, "moves": False}) == []


def test_a_stall_starts_the_two_seconds_again(page: Page) -> None:
    stall: Stretch = {"ms": 200, "moves": False}
    assert told(page, {"ms": 1500}, stall, {"ms": 1500}) == ["impression"]
    assert told(page, {"ms": 1500}, stall, {"ms": 2000}) == ["impression", "viewable"]


def test_each_is_told_once_however_long_one_looks(page: Page) -> None:
    assert told(page, {"ms": 9000}, {"ms": 100, "pixels": 0}, {"ms": 9000, "from_ms": 0}) == [
        "impression",
        "viewable",
    ]


def test_nobody_knows_what_happened_while_the_clock_stood_still(page: Page) -> None:
    gap = """() => {
      const meter = new parts.ViewabilityMeter();
      const good = { pixels: 1, shown: true, playing: true };
      meter.take({ ...good, atMs: 0, positionMs: 0 });
      return meter.take({ ...good, atMs: 5000, positionMs: 5000 });
    }"""
    assert page.evaluate(gap) == {"impression": False, "viewable": False}


def test_watching_counts_what_moved_in_front(page: Page) -> None:
    watched = """() => {
      const clock = new parts.WatchClock();
      clock.take(0, 0, true);
      clock.take(1000, 990, true);     // played
      clock.take(2000, 990, true);     // stalled
      clock.take(3000, 60000, true);   // jumped far: at most the clock
      clock.take(4000, 61000, false);  // hidden
      clock.take(5000, 62000, true);   // back again
      clock.take(6000, 500, true);     // a replay began half a second ago
      return clock.watchedMs;
    }"""
    assert page.evaluate(watched) == 990 + 1000 + 500
