"""Every creator's part of every pool, for people who work with spreadsheets."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Sum

from takings.insights.queries.rooms.lines import Room
from takings.money import Money
from takings.settlement.rules import PoolKey

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class CreatorSum:
    """What one creator has of one pool, before what is shared with others."""

    creator_id: int
    handle: str
    country: str
    pool: str
    line_count: int
    views: int
    amount: Money


def creator_sums(*, room: Room) -> Iterator[CreatorSum]:
    """Yield creators × pools, by creator and country, as they are read."""
    rows = (
        room.lines.values("creator_id", "country", handle=F("creator__handle"))
        .annotate(lines=Count("pk"), seen=Sum("views"), micros=Sum("amount_micros"))
        .order_by("creator_id", "country")
    )
    for row in rows.iterator(chunk_size=CHUNK):
        yield CreatorSum(
            creator_id=row["creator_id"],
            handle=row["handle"],
            country=row["country"],
            pool=PoolKey(room.period.name, row["country"], room.currency).account,
            line_count=row["lines"],
            views=int(row["seen"]),
            amount=Money(int(row["micros"]), room.currency),
        )
