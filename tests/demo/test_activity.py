"""The crowd: repeatable days, a rhythm, and every reason for which a view may not count."""

import datetime as dt
import itertools
import uuid

import numpy as np
import pytest

from takings.core import clock
from takings.demo.rules.activity import (
    DAY_MS,
    ORGANIC_BETWEEN_ADS,
    RHYTHM,
    Shown,
    World,
    days,
    watch_day,
)
from takings.demo.rules.library import POSTS
from takings.demo.rules.months import months
from takings.demo.rules.records import view_events
from takings.demo.rules.viewers import COUNTRY_PARTS, crowd, robots, world_of
from takings.events.rules.pairs import from_pair

UTC = dt.UTC
MARCH = dt.datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    """Give a world of all posts, published before March, and the strangers."""
    owners = [uuid.UUID(int=number) for number in range(1, len(POSTS) + 1)]
    posts = [
        Shown(uuid.UUID(int=1000 + n), post.duration_ms, clock.to_ms(MARCH) - DAY_MS, post.draw, o)
        for n, (post, o) in enumerate(zip(POSTS, owners, strict=True))
    ]
    return world_of(signed_in=[], posts=posts, since=MARCH)


def test_a_day_is_the_same_each_time_and_unlike_the_next(world: World) -> None:
    day = dt.date(2026, 3, 3)
    first, breaks = watch_day(world, day=day)
    again, breaks_again = watch_day(world, day=day)
    other, _ = watch_day(world, day=dt.date(2026, 3, 4))

    for column, same in zip((*first, *breaks), (*again, *breaks_again), strict=True):
        assert np.array_equal(column, same)
    assert not np.array_equal(first.start_ms[:50], other.start_ms[:50])


def test_nobody_watches_what_is_not_out_yet(world: World) -> None:
    noon = clock.to_ms(MARCH) + DAY_MS // 2
    late = Shown(world.posts[0].video_id, 7_000, noon, 1.0, world.posts[0].owner)
    later = World(world.watchers, (late, *world.posts[1:]), world.robots)
    viewing, _ = watch_day(later, day=MARCH.date())
    assert viewing.start_ms[viewing.post == 0].min() >= noon


def test_no_view_lies_where_a_millisecond_of_the_probe_would_decide(world: World) -> None:
    durations = np.array([post.duration_ms for post in world.posts])
    for day in days(starts_at=MARCH, ends_at=MARCH + dt.timedelta(days=6)):
        viewing, _ = watch_day(world, day=day)
        part = viewing.watched_ms / durations[viewing.post]
        assert not ((part > 0.25) & (part < 0.35)).any()


def test_evenings_are_livelier_than_nights_and_the_first_posts_than_the_last(world: World) -> None:
    told = [
        watch_day(world, day=day)[0]
        for day in days(starts_at=MARCH, ends_at=months(MARCH).now + dt.timedelta(days=8))
    ]
    posts = np.concatenate([viewing.post for viewing in told])
    counts = np.bincount(posts, minlength=len(world.posts))
    assert counts[0] > 1.5 * counts[-1]
    assert RHYTHM.argmax() == 21


def test_an_ad_comes_after_every_fourth_post_of_a_session(world: World) -> None:
    viewing, breaks = watch_day(world, day=dt.date(2026, 3, 3))
    assert 0 < len(breaks.start_ms) < len(viewing.start_ms) / ORGANIC_BETWEEN_ADS
    starts = set(zip(viewing.watcher.tolist(), viewing.post.tolist(), strict=True))
    assert starts.issuperset(zip(breaks.watcher.tolist(), breaks.post.tolist(), strict=True))


def test_robots_come_on_the_ninth_and_stragglers_on_the_fifth(world: World) -> None:
    ninth, _ = watch_day(world, day=dt.date(2026, 3, 9))
    table = view_events(ninth, world=world, seed=[1])
    assert "bot" in table["ua_class"].to_pylist()
    fifth, _ = watch_day(world, day=dt.date(2026, 3, 5))
    assert ((fifth.received_ms - fifth.start_ms) > 8 * DAY_MS).any()
    third, _ = watch_day(world, day=dt.date(2026, 3, 3))
    quiet = view_events(third, world=world, seed=[1])
    assert set(quiet["ua_class"].to_pylist()) == {"browser"}
    assert ((third.received_ms - third.start_ms) < DAY_MS).all()


def test_a_showing_becomes_what_a_player_would_have_sent(world: World) -> None:
    viewing, _ = watch_day(world, day=dt.date(2026, 3, 3))
    table = view_events(viewing, world=world, seed=[1])

    kinds = table["type"].to_pylist()
    assert kinds.count("start") == len(viewing.start_ms)
    assert {"start", "heartbeat", "end", "replay"} == set(kinds)
    views = set(zip(table["view_hi"].to_pylist(), table["view_lo"].to_pylist(), strict=True))
    assert len(views) == len(viewing.start_ms)
    assert all(from_pair(*view).version == 7 for view in list(views)[:50])
    watched = np.array(table["watched_ms"].to_pylist())
    assert watched.max() == viewing.watched_ms.max()


def test_the_crowd_lives_in_its_countries_in_proportion() -> None:
    people = crowd(signed_in=[(uuid.UUID(int=1), "BR")], since=MARCH)
    countries = [person.country for person in people]
    assert set(countries) == set(COUNTRY_PARTS)
    assert countries.count("US") > countries.count("GB")
    assert len({person.viewer_id for person in (*people, *robots(since=MARCH))}) == len(people) + 3


@pytest.mark.parametrize(
    ("now", "names"),
    [
        (dt.datetime(2026, 11, 24, 9, 30, tzinfo=UTC), ["2026-10"] * 3 + ["2026-11"] * 3),
        (dt.datetime(2026, 1, 1, 0, 5, tzinfo=UTC), ["2025-12"] * 3 + ["2026-01"]),
        (dt.datetime(2026, 3, 1, tzinfo=UTC), ["2026-02"] * 3),
    ],
)
def test_two_months_are_told_without_gaps_until_now(now: dt.datetime, names: list[str]) -> None:
    time = months(now)
    chapters = list(time.chapters())

    assert [chapter.name[5:12] for chapter in chapters] == names
    assert chapters[0].starts_at == time.first
    assert chapters[-1].ends_at == now
    for before, after in itertools.pairwise(chapters):
        assert before.ends_at == after.starts_at
    assert time.second in {chapter.ends_at for chapter in chapters}
    assert time.second <= time.closed_at <= now
    assert time.last_name == names[0]
