"""What the demo watches is charged as anybody's would be: only while there is money."""

import datetime as dt
import uuid
from pathlib import Path

import pytest

from takings.ads.models import Charge, Click, Lease, Served
from takings.ads.queries import line_items
from takings.ads.rules.snapshot import build_snapshot
from takings.core import clock
from takings.demo.actions.watching import Purse, imagine, tell_chapter
from takings.demo.rules.activity import DAY_MS, Shown, World
from takings.demo.rules.library import POSTS
from takings.demo.rules.months import Chapter
from takings.demo.rules.viewers import world_of
from takings.events.models import Segment
from tests.make.ads import Wanted, make_line_item, usd
from tests.make.events import own_lake
from tests.make.people import NOON

DAY = dt.timedelta(days=1)
CHAPTER = Chapter("demo-2026-11-1", NOON, NOON + DAY)


@pytest.fixture
def world() -> World:
    """Give every post of the library, out since yesterday, and the strangers."""
    out_ms = clock.to_ms(NOON) - DAY_MS
    posts = [
        Shown(uuid.UUID(int=1000 + n), post.duration_ms, out_ms, post.draw, uuid.UUID(int=n))
        for n, post in enumerate(POSTS)
    ]
    return world_of(signed_in=[], posts=posts, since=NOON - DAY)


@pytest.mark.django_db
def test_a_chapter_without_campaigns_is_watched_and_costs_nobody(
    world: World, tmp_path: Path
) -> None:
    with own_lake(tmp_path):
        story = imagine(world=world, starts_at=NOON, ends_at=NOON + DAY)
        tell_chapter(CHAPTER, story=story, campaigns=[], now=NOON + DAY)
        segment = Segment.objects.get()
        assert (segment.name, segment.row_count > 100) == (CHAPTER.name, True)
        assert not any(rows.objects.exists() for rows in (Charge, Served, Click))
        tell_chapter(CHAPTER, story=story, campaigns=[], now=NOON + DAY)
        assert Segment.objects.get().row_count == segment.row_count


@pytest.mark.django_db
def test_a_purse_leases_until_the_budget_is_used_up() -> None:
    item = make_line_item(Wanted(budget=usd("2")))
    [bid] = build_snapshot(line_items([item], at=NOON)).bids
    purse = Purse(chapter=CHAPTER)
    views = 0
    while purse.reserve(bid, 4_250, at=NOON) is not None:
        views += 1
    assert views == 2_000_000 // 4_250
    assert sum(lease.amount_micros for lease in Lease.objects.all()) == views * 4_250
    assert purse.reserve(bid, 4_250, at=NOON) is None


def test_a_month_that_has_just_begun_has_no_story_yet(world: World) -> None:
    story = imagine(world=world, starts_at=NOON, ends_at=NOON)
    assert (len(story.viewing.start_ms), len(story.breaks.start_ms)) == (0, 0)
