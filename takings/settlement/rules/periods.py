"""How periods tile time: calendar months in UTC, cut where one was closed early.

A month is ``2026-11``; what is left of it after an early close is ``2026-11.2``, and so on.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from takings.core.errors import Conflict, NotFound

UTC = dt.UTC
_NAME = re.compile(r"(\d{4})-(\d{2})(\.\d+)?")
DECEMBER = 12


class UnknownPeriod(NotFound):
    """No period has this name."""

    code = "unknown_period"
    sentence = "There is no period “{period}”; a month is written 2026-11."


class PeriodNotOver(Conflict):
    """A period is closed after its end, not before."""

    code = "period_not_over"
    sentence = "The period {period} runs until {ends_at:%Y-%m-%d %H:%M} UTC; close it after that."


class AlreadyClosed(Conflict):
    """A period is closed once; what changes later is a correction."""

    code = "already_closed"
    sentence = "{period} is closed already; its numbers are final."


@dataclass(frozen=True, slots=True)
class Tile:
    """A period's name and its instants [``starts_at``, ``ends_at``)."""

    name: str
    starts_at: dt.datetime
    ends_at: dt.datetime


def tile_at(stored: Iterable[Tile], *, at: dt.datetime) -> Tile:
    """Return the period of an instant: the stored one, or the one the calendar leaves."""
    starts_at, ends_at = _month(at)
    inside = [tile for tile in stored if starts_at <= tile.starts_at < ends_at]
    for tile in inside:
        if tile.starts_at <= at < tile.ends_at:
            return tile
    start = max([tile.ends_at for tile in inside if tile.ends_at <= at], default=starts_at)
    end = min([tile.starts_at for tile in inside if tile.starts_at > at], default=ends_at)
    name = f"{starts_at:%Y-%m}" + (f".{len(inside) + 1}" if inside else "")
    return Tile(name, start, end)


def tile_named(stored: Iterable[Tile], *, name: str) -> Tile:
    """Return the period of this name: a stored one, or the one the calendar leaves of its month.

    Refuses: UnknownPeriod.
    """
    known = list(stored)
    for tile in known:
        if tile.name == name:
            return tile
    found = _NAME.fullmatch(name)
    if found is None or not 1 <= int(found[2]) <= DECEMBER or int(found[1]) == 0:
        raise UnknownPeriod(period=name)
    starts_at, ends_at = _month(dt.datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC))
    inside = [tile.ends_at for tile in known if starts_at <= tile.starts_at < ends_at]
    rest = tile_at(known, at=min(max(inside, default=starts_at), ends_at - dt.timedelta.resolution))
    if rest.name != name:
        raise UnknownPeriod(period=name)
    return rest


def _month(at: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    first = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + dt.timedelta(days=31)).replace(day=1)
    return first, following
