"""Days of watching by the million, the same every time, with all that goes wrong.

Popular videos and busy viewers; robots that say so and robots that do not; retries, late arrivals,
stolen views, farms of viewers, impossible views.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from takings.core import clock
from takings.events.rules.pairs import ENTROPY_BITS, to_pair
from takings.events.rules.rows import COLUMNS

Numbers = npt.NDArray[np.int64]
Dice = np.random.Generator
DAY_MS = 86_400_000
COUNTRIES = ("US", "DE", "FR", "GB", "JP", "BR", "MX", "KR", "IN", "IT")
KINDS = ("start", "heartbeat", "end", "not_interested", "replay")
SURFACES = ("feed", "search", "profile", "link", "promoted")
AGENTS, CLASSES = ("browser", "bot"), ("", "hosting", "blocked")
VERSION_7, VARIANT = 0x7000, -(1 << 63)
EVENTS_A_VIEW = 2.42
"""On average, with retries."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A video that is watched: who uploaded it (their viewer id), and its length."""

    video_id: uuid.UUID
    owner_id: uuid.UUID
    duration_ms: int


@dataclass(frozen=True, slots=True)
class World:
    """Who watches what: ``viewers`` people, some of them robots, and these videos by fame."""

    clips: Sequence[Clip]
    viewers: int
    seed: int = 7


def make_days(world: World, *, first: dt.date, days: int, events: int) -> Iterator[pa.Table]:
    """Yield the events of each day, about ``events`` in all, in the lake's columns but two.

    ``day`` and ``segment`` are added by ``append_events``.
    """
    crowd = _Crowd.of(world)
    for number in range(days):
        dice = np.random.default_rng([world.seed, number])
        day_ms = clock.to_ms(dt.datetime.combine(first, dt.time(), tzinfo=clock.UTC))
        count = int(events / days / EVENTS_A_VIEW)
        yield _day(crowd, dice, start_ms=day_ms + number * DAY_MS, count=count)


@dataclass(frozen=True, slots=True)
class _Crowd:
    """The world as columns: cumulated fame of videos, activity of viewers, and their ids."""

    videos: Numbers
    owners: Numbers
    lengths: Numbers
    fame: npt.NDArray[np.float64]
    viewers: Numbers
    activity: npt.NDArray[np.float64]

    @staticmethod
    def of(world: World) -> "_Crowd":
        dice = np.random.default_rng(world.seed)
        fame = np.cumsum(1 / np.arange(1, len(world.clips) + 1) ** 0.9)
        activity = np.cumsum(dice.lognormal(0, 1.2, world.viewers))
        high = dice.integers(0, 1 << 47, world.viewers) << ENTROPY_BITS | 0x4000
        low = VARIANT | dice.integers(0, 1 << 62, world.viewers)
        return _Crowd(
            videos=np.array([to_pair(clip.video_id) for clip in world.clips], np.int64),
            owners=np.array([to_pair(clip.owner_id) for clip in world.clips], np.int64),
            lengths=np.array([clip.duration_ms for clip in world.clips], np.int64),
            fame=fame / fame[-1],
            viewers=np.stack([high, low], axis=1),
            activity=activity / activity[-1],
        )

    def robots(self) -> int:
        """Return how many viewers, the first ones, are robots: 4 in 1 000."""
        return max(2, len(self.viewers) // 250)


def _day(crowd: _Crowd, dice: Dice, *, start_ms: int, count: int) -> pa.Table:
    """Return one day: views first, then their events, then what goes wrong on the way."""
    clip = np.searchsorted(crowd.fame, dice.random(count))
    who = np.searchsorted(crowd.activity, dice.random(count))
    robot = dice.random(count) < 0.07
    who[robot] = dice.integers(0, crowd.robots(), int(robot.sum()))
    begun = start_ms + np.sort(dice.integers(0, DAY_MS, count))
    watched = np.minimum(dice.lognormal(8.6, 1.1, count).astype(np.int64), 600_000)
    viewer = crowd.viewers[who]
    own = dice.random(count) < 0.002
    viewer[own] = crowd.owners[clip[own]]
    network = 1 + who // 3
    farm = (clip == len(crowd.videos) // 2) & ~robot  # all who watch it sit behind four networks
    network[farm] = (1 << 40) + who[farm] % 4
    lie = dice.random(count) < 0.001
    views = {
        "view_hi": _high(begun, dice),
        "view_lo": VARIANT | dice.integers(0, 1 << 62, count),
        **_halves("video", crowd.videos[clip]),
        **_halves("viewer", viewer),
        "country": (who * 7 % 97 % len(COUNTRIES)),
        "surface": dice.choice(5, count, p=[0.85, 0.06, 0.05, 0.03, 0.01]),
        "ua_class": (robot & (who % 2 == 0)).astype(np.int64),
        "network": network,
        "net_class": dice.choice(3, count, p=[0.994, 0.005, 0.001]),
        "begun": begun,
        "late": np.where(dice.random(count) < 0.001, 8 * DAY_MS, 0),
        "watched": watched,
        "told": np.where(lie, watched + 80_000_000, watched),
    }
    return _table(_spoil(_events(views, dice, count), dice, clips=crowd.videos))


def _events(views: dict[str, Numbers], dice: Dice, count: int) -> dict[str, Numbers]:
    """Give each view a start, heartbeats every ten seconds (two at most), an end, and rare others.

    A lie is told by the last event alone.
    """
    beats = np.minimum(views["watched"] // 10_000, 2)
    others = dice.choice(3, count, p=[0.992, 0.003, 0.005])
    sizes = 2 + beats + (others > 0)
    row = np.repeat(np.arange(count), sizes)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    last = turn == (1 + beats)[row]
    kind = np.where(turn == 0, 0, np.where(last, 2, 1))
    kind = np.where(turn > (1 + beats)[row], others[row] + 2, kind)
    events = {name: values[row] for name, values in views.items()}
    at = np.where(turn == 0, 0, np.where(kind == 1, turn * 10_000, events["watched"]))
    moment = events.pop("begun") + at
    told = events.pop("told")
    events.pop("watched")
    return events | {
        "id_hi": _high(moment, dice),
        "id_lo": VARIANT | dice.integers(0, 1 << 62, len(row)),
        "type": kind,
        "watched_ms": np.where(last, told, at),
        "position_ms": at,
        "received_ms": moment + events.pop("late") + dice.integers(200, 3_000, len(row)),
    }


def _spoil(events: dict[str, Numbers], dice: Dice, *, clips: Numbers) -> dict[str, Numbers]:
    """Send one event in a hundred twice, let some arrive days late, and some name another video."""
    count = len(events["type"])
    late = dice.random(count)
    events["received_ms"] += np.where(late < 0.005, dice.integers(0, 3 * DAY_MS, count), 0)
    wrong = dice.random(count) < 0.0003
    stolen = clips[dice.integers(0, len(clips), count)]
    for half, name in enumerate(("video_hi", "video_lo")):
        events[name] = np.where(wrong, stolen[:, half], events[name])
    again = np.concatenate([np.arange(count), np.flatnonzero(dice.random(count) < 0.01)])
    return {name: values[again] for name, values in events.items()}


def _table(events: dict[str, Numbers]) -> pa.Table:
    words = {
        "type": KINDS,
        "country": COUNTRIES,
        "surface": SURFACES,
        "ua_class": AGENTS,
        "net_class": CLASSES,
    }
    columns = {
        name: pa.array(words[name]).take(pa.array(values)) if name in words else pa.array(values)
        for name, values in events.items()
    }
    columns["ad"] = pa.nulls(len(events["type"]), pa.string())
    given = [field for field in COLUMNS if field.name in columns]
    return pa.table([columns[field.name] for field in given], schema=pa.schema(given))


def _high(ms: Numbers, dice: Dice) -> Numbers:
    return ms << ENTROPY_BITS | VERSION_7 | dice.integers(0, 1 << 12, len(ms))


def _halves(name: str, ids: Numbers) -> dict[str, Numbers]:
    return {f"{name}_hi": ids[:, 0], f"{name}_lo": ids[:, 1]}
