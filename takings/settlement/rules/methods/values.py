"""What goes into the sharing of a pool, and what comes out; amounts are whole micro-units."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from takings.money import Money, allocate
from takings.policies.rules import PoolRule


@dataclass(frozen=True, slots=True)
class CountedViews:
    """Counted views of one video on one day in one country, and how long they were watched.

    ``shares`` says whether they earn: its creator had accepted the pool terms by that day, and the
    product asks for no more. ``holders`` names the rights holder of each track, once per track.
    """

    creator_id: int
    video_id: UUID
    day: dt.date
    views: int
    shares: bool = True
    holders: tuple[str, ...] = ()
    watched_ms: int = 0

    def units(self, rule: PoolRule) -> int:
        """Return what the rule shares by: views, or milliseconds watched."""
        return self.views if rule.unit == "views" else self.watched_ms


@dataclass(frozen=True, slots=True)
class Watched:
    """What one member watched of one video on one day, of views that count."""

    video_id: UUID
    day: dt.date
    views: int
    watched_ms: int

    def units(self, rule: PoolRule) -> int:
        """Return what the rule shares by: views, or milliseconds watched."""
        return self.views if rule.unit == "views" else self.watched_ms


@dataclass(frozen=True, slots=True)
class Member:
    """Who paid into a pool: the viewer's pseudonym, the fee, and what was watched for it."""

    viewer_id: UUID
    fee: Money
    watched: tuple[Watched, ...] = ()


@dataclass(frozen=True, slots=True)
class CreatorLine:
    """What one creator earned with one video on one day."""

    creator_id: int
    video_id: UUID
    day: dt.date
    views: int
    amount: Money


@dataclass(frozen=True, slots=True)
class PoolShares:
    """A pool shared: ``total`` = all creators + all holders + ``platform``, to the micro-unit.

    ``allocation`` is what the creators' share is taken of, rounded down, for show. ``said`` tells
    people in a sentence what was done; the music of feed ads has a trace of its own.
    """

    total: Money
    views: int
    sharing_views: int
    allocation: Money
    creators: dict[int, Money]
    holders: dict[str, Money]
    holder_views: dict[str, int]
    platform: Money
    lines: tuple[CreatorLine, ...]
    said: str = ""


def shared_without_music(
    *, total: Money, counted: Iterable[CountedViews], lines: Iterable[CreatorLine], said: str
) -> PoolShares:
    """Return the result of a method in which rights holders have no part of their own."""
    listed = tuple(lines)
    creators: dict[int, Money] = {}
    for line in listed:
        known = creators.get(line.creator_id, Money.zero(total.currency))
        creators[line.creator_id] = known + line.amount
    paid = sum(amount.micros for amount in creators.values())
    rows = list(counted)
    return PoolShares(
        total=total,
        views=sum(row.views for row in rows),
        sharing_views=sum(row.views for row in rows if row.shares),
        allocation=total,
        creators=creators,
        holders={},
        holder_views={},
        platform=Money(total.micros - paid, total.currency),
        lines=listed,
        said=said,
    )


def lines_of(
    *, creators: Mapping[int, Money], counted: Iterable[CountedViews], rule: PoolRule
) -> Iterator[CreatorLine]:
    """Split each creator's amount over their videos and days by views or watch time, exactly."""
    seen_of: dict[int, list[CountedViews]] = defaultdict(list)
    for row in counted:
        if row.shares:
            seen_of[row.creator_id].append(row)
    for creator_id, seen in sorted(seen_of.items()):
        yield from _lines(seen, whole=creators[creator_id], rule=rule)


def _lines(seen: list[CountedViews], *, whole: Money, rule: PoolRule) -> Iterator[CreatorLine]:
    """Split one creator's amount. Parts are known by their places: ids are slow to compare."""
    rows = _by_place(seen)
    parts = (
        allocate(whole.micros, dict(enumerate(row.units(rule) for row in rows))) if whole else {}
    )
    for number, row in enumerate(rows):
        yield CreatorLine(
            row.creator_id,
            row.video_id,
            row.day,
            row.views,
            Money(parts.get(number, 0), whole.currency),
        )


def _by_place(seen: list[CountedViews]) -> list[CountedViews]:
    """Return one row for each video and day, in their order; members watch in many countries."""
    places: dict[tuple[int, dt.date], CountedViews] = {}
    for row in seen:
        place = row.video_id.int, row.day
        known = places.setdefault(place, row)
        if known is not row:
            places[place] = replace(
                known,
                views=known.views + row.views,
                watched_ms=known.watched_ms + row.watched_ms,
            )
    return [places[place] for place in sorted(places)]
