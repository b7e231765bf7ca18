"""Who watches what, when and for how long: sessions with a daily rhythm, day by day from a seed.

A day's viewing depends on the day, the people and the posts alone, so any stretch of days can be
made again and is the same. Times are UTC milliseconds; durations are milliseconds.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from takings.core import clock

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

DAY_MS, HOUR_MS = 86_400_000, 3_600_000
SESSIONS_A_DAY = 45
LONGEST_SESSION = 14
ORGANIC_BETWEEN_ADS = 4
AD_MS = 6_000
OFFSETS = {"US": -6, "BR": -3, "GB": 0, "DE": 1, "IN": 5, "JP": 9}
RHYTHM = np.array(  # how lively each local hour is: breakfast, lunch, and most of all the evening
    [3, 1, 1, 1, 1, 2, 5, 9, 8, 6, 6, 7, 10, 9, 7, 7, 8, 10, 13, 16, 19, 20, 15, 8], float
)
WEEK = (0.94, 0.92, 0.95, 1.0, 1.12, 1.18, 1.08)  # Monday first
SURFACES = ("feed", "profile", "link")


@dataclass(frozen=True, slots=True)
class Watcher:
    """Someone who watches; ``habit`` is how often, relative to the others."""

    viewer_id: uuid.UUID
    country: str
    habit: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A post that can be watched from ``published_ms`` on; ``owner`` is its creator's viewer id."""

    video_id: uuid.UUID
    duration_ms: int
    published_ms: int
    draw: float
    owner: uuid.UUID


@dataclass(frozen=True, slots=True)
class World:
    """Everybody and everything: the watchers first, then each post's owner and the robots."""

    watchers: tuple[Watcher, ...]
    posts: tuple[Shown, ...]
    robots: tuple[Watcher, ...]

    @property
    def everybody(self) -> tuple[Watcher, ...]:
        """Whom the ``watcher`` column of a day counts through: watchers, owners, robots."""
        owners = tuple(Watcher(post.owner, "DE", 0) for post in self.posts)
        return (*self.watchers, *owners, *self.robots)


class Viewing(NamedTuple):
    """Showings as columns: when each began, who (of ``World.everybody``), which post, how long.

    ``received_ms`` is when its last news arrived; ``surface`` counts through :data:`SURFACES`.
    """

    start_ms: Ints
    watcher: Ints
    post: Ints
    watched_ms: Ints
    received_ms: Ints
    surface: Ints

    def where(self, chosen: NDArray[np.bool_]) -> "Viewing":
        """Return some of the showings."""
        return Viewing(*(column[chosen] for column in self))


class Breaks(NamedTuple):
    """Ad breaks as columns: when, who, after which post, how long the ad stayed in sight."""

    start_ms: Ints
    watcher: Ints
    post: Ints
    seen_ms: Ints

    def where(self, chosen: NDArray[np.bool_] | Ints) -> "Breaks":
        """Return some of the breaks."""
        return Breaks(*(column[chosen] for column in self))

    def rows(self) -> list[tuple[int, int, int, int]]:
        """Return the breaks one by one."""
        return list(zip(*(column.tolist() for column in self), strict=True))


def days(*, starts_at: dt.datetime, ends_at: dt.datetime) -> Iterator[dt.date]:
    """Yield the UTC days that [``starts_at``, ``ends_at``) touches."""
    day = starts_at.date()
    while dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) < ends_at:
        yield day
        day += dt.timedelta(days=1)


def watch_day(world: World, *, day: dt.date) -> tuple[Viewing, Breaks]:
    """Return all that is watched in sessions that begin on this day, and the breaks in them."""
    chance = np.random.default_rng([53, day.toordinal()])
    day_ms = clock.to_ms(dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC))
    feed, breaks = _sessions(world, chance, day=day, day_ms=day_ms)
    others = [
        _own_views(world, chance, day_ms),
        _one_more_time(world, chance, day_ms),
        _robots(world, chance, day=day, day_ms=day_ms),
        _stragglers(world, chance, day=day, day_ms=day_ms),
    ]
    return joined([feed, *others]), breaks


def joined(parts: Sequence[Viewing]) -> Viewing:
    """Return the showings of all parts, by start."""
    whole = Viewing(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    order = np.argsort(whole.start_ms, kind="stable")
    return Viewing(*(column[order] for column in whole))


def _sessions(
    world: World, chance: np.random.Generator, *, day: dt.date, day_ms: int
) -> tuple[Viewing, Breaks]:
    count = round(SESSIONS_A_DAY * WEEK[day.weekday()] * chance.uniform(0.9, 1.1))
    habits = np.array([watcher.habit for watcher in world.watchers])
    who = chance.choice(len(habits), count, p=habits / habits.sum())
    opened = _openings(world, chance, who, day_ms)
    lengths = np.minimum(chance.geometric(0.13, count), LONGEST_SESSION)
    order = _playlists(world, chance, opened)
    width = order.shape[1]
    durations = np.array([post.duration_ms for post in world.posts])[order]
    watched = _watched(chance, durations)
    pause = chance.integers(250, 1400, watched.shape)
    places = np.arange(width)[None, :]
    is_break = (places + 1) % ORGANIC_BETWEEN_ADS == 0
    seen = np.where(
        chance.random(watched.shape) < 0.80,  # the others swipe on before two seconds are over
        chance.integers(2_100, AD_MS, watched.shape),
        chance.integers(300, 1_900, watched.shape),
    )
    spent = watched + pause + np.where(is_break, seen + 400, 0)
    starts = opened[:, None] + np.cumsum(spent, axis=1) - spent
    published = np.array([post.published_ms for post in world.posts])[order]
    kept = (places < lengths[:, None]) & (starts >= published)
    watcher = np.broadcast_to(who[:, None], kept.shape)
    surface = np.where(places == 0, chance.choice(3, (count, 1), p=(0.9, 0.06, 0.04)), 0)
    end = starts + watched
    received = end + chance.integers(200, 2_200, kept.shape)
    columns = (starts, watcher, order, watched, received, np.broadcast_to(surface, kept.shape))
    viewing = Viewing(*(column[kept].astype(np.int64) for column in columns))
    met = kept & is_break & (places + 1 < lengths[:, None])
    broken = (end + 200, watcher, order, seen)
    return viewing, Breaks(*(column[met].astype(np.int64) for column in broken))


def _openings(world: World, chance: np.random.Generator, who: Ints, day_ms: int) -> Ints:
    """Return when each session begins: an hour of the watcher's own day, told in UTC."""
    local = chance.choice(24, len(who), p=RHYTHM / RHYTHM.sum())
    offsets = np.array([OFFSETS[watcher.country] for watcher in world.watchers])[who]
    hours: Ints = day_ms + (local - offsets) % 24 * HOUR_MS
    return hours + chance.integers(0, HOUR_MS, len(who))


def _playlists(world: World, chance: np.random.Generator, opened: Ints) -> Ints:
    """Return for each session the posts in the order the feed offers them, unpublished ones last.

    Drawing without replacement by weight is sorting by log weight plus Gumbel noise.
    """
    draw = np.log([post.draw for post in world.posts])
    published = np.array([post.published_ms for post in world.posts])
    age_days = np.maximum(opened[:, None] - published[None, :], 0) / DAY_MS
    fresh = 0.9 * np.exp(-age_days / 4)  # a new post is shown more for some days
    noise = chance.gumbel(size=(len(opened), len(draw)))
    keys = np.where(opened[:, None] >= published, draw[None, :] + fresh + noise, -np.inf)
    order: Ints = np.argsort(-keys, axis=1)
    return order


def _watched(chance: np.random.Generator, durations: Ints) -> Ints:
    """Return how long each showing was watched.

    A quarter is swiped away, a fifth left half-way, the rest seen to the end, some more than once.
    Nothing lies near three tenths of a clip, where a millisecond of the probe would decide.
    """
    shape = durations.shape
    kind = chance.choice(4, shape, p=(0.25, 0.19, 0.40, 0.16))
    part = np.select(
        [kind == 0, kind == 1, kind == 2],
        [chance.uniform(0.03, 0.24, shape), chance.uniform(0.36, 0.93, shape), np.ones(shape)],
        chance.uniform(1.15, 2.7, shape),
    )
    watched: Ints = np.round(part * durations).astype(np.int64)
    return watched


def _own_views(world: World, chance: np.random.Generator, day_ms: int) -> Viewing:
    """Creators look at their own posts; that earns nothing."""
    looks = np.flatnonzero(chance.random(len(world.posts)) < 0.12)
    return _single(
        world,
        chance,
        watcher=len(world.watchers) + looks,
        post=looks,
        start_ms=day_ms + chance.integers(7 * HOUR_MS, 22 * HOUR_MS, len(looks)),
    )


def _one_more_time(world: World, chance: np.random.Generator, day_ms: int) -> Viewing:
    """Somebody plays one post over and over; from the fourth time on it earns nothing."""
    count = int(chance.integers(4, 9))
    fan, post = chance.integers(len(world.watchers)), chance.integers(len(world.posts))
    first = day_ms + int(chance.integers(9 * HOUR_MS, 20 * HOUR_MS))
    return _single(
        world,
        chance,
        watcher=np.full(count, fan),
        post=np.full(count, post),
        start_ms=first + np.arange(count) * 31_000,
    )


def _robots(world: World, chance: np.random.Generator, *, day: dt.date, day_ms: int) -> Viewing:
    """On the ninth of a month, at night, declared robots play one post for twenty minutes."""
    count = 160 if day.day == 9 else 0
    return _single(
        world,
        chance,
        watcher=len(world.watchers) + len(world.posts) + np.arange(count) % len(world.robots),
        post=np.full(count, 3),
        start_ms=day_ms + 3 * HOUR_MS + np.arange(count) * 7_500,
    )


def _stragglers(world: World, chance: np.random.Generator, *, day: dt.date, day_ms: int) -> Viewing:
    """On the fifth of a month some phones are offline; what they saw arrives nine days late."""
    count = 14 if day.day == 5 else 0
    late = _single(
        world,
        chance,
        watcher=chance.integers(0, len(world.watchers), count),
        post=chance.integers(0, len(world.posts), count),
        start_ms=day_ms + chance.integers(8 * HOUR_MS, 20 * HOUR_MS, count),
    )
    return late._replace(received_ms=late.received_ms + 9 * DAY_MS)


def _single(
    world: World, chance: np.random.Generator, *, watcher: Ints, post: Ints, start_ms: Ints
) -> Viewing:
    """Return showings outside of sessions, watched to the end, of posts that are out by then."""
    post = np.asarray(post, np.int64)
    published = np.array([one.published_ms for one in world.posts])[post]
    watched = np.array([one.duration_ms for one in world.posts])[post]
    received = start_ms + watched + chance.integers(200, 2_200, len(post))
    out = start_ms >= published
    columns = (start_ms, watcher, post, watched, received, np.ones(len(post)))
    return Viewing(*(np.asarray(column)[out].astype(np.int64) for column in columns))
