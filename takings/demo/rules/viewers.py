"""The crowd: people with accounts watch often, browsers nobody has signed in with now and then."""

import datetime as dt
import uuid
from collections.abc import Sequence

from takings.core import ids
from takings.demo.rules.activity import Shown, Watcher, World

STRANGERS = 420
COUNTRY_PARTS = {"US": 30, "DE": 22, "BR": 18, "JP": 12, "IN": 10, "GB": 8}
DEALT = [country for country, part in COUNTRY_PARTS.items() for _ in range(part)]
SIGNED_IN_HABIT = 2.4
ROBOTS = 3


def crowd(*, signed_in: Sequence[tuple[uuid.UUID, str]], since: dt.datetime) -> tuple[Watcher, ...]:
    """Return everyone who watches the feed; ``signed_in`` are viewer ids and countries."""
    known = tuple(Watcher(viewer, country, SIGNED_IN_HABIT) for viewer, country in signed_in)
    return known + tuple(_stranger(number, since) for number in range(1, STRANGERS + 1))


def robots(*, since: dt.datetime) -> tuple[Watcher, ...]:
    """Return the robots of the burst; they say what they are."""
    return tuple(Watcher(_viewer("robot", n, since), "US", 0) for n in range(ROBOTS))


def world_of(
    *,
    signed_in: Sequence[tuple[uuid.UUID, str]],
    posts: Sequence[Shown],
    since: dt.datetime,
) -> World:
    """Return everybody and everything there is to watch."""
    return World(crowd(signed_in=signed_in, since=since), tuple(posts), robots(since=since))


def _stranger(number: int, since: dt.datetime) -> Watcher:
    return Watcher(_viewer("stranger", number, since), _country(number), 3 / (number + 4) ** 0.6)


def _country(number: int) -> str:
    """Deal countries out evenly in their parts, the same each time."""
    return DEALT[number * 61 % len(DEALT)]


def _viewer(kind: str, number: int, since: dt.datetime) -> uuid.UUID:
    return ids.uuid7(at=since, entropy=ids.derived("demo viewer", kind, number).int)
