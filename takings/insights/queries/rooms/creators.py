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
        room.lines.values("creator_id", "country", "product", handle=F("creator__handle"))
        .annotate(lines=Count("pk"), seen=Sum("views"), micros=Sum("amount_micros"))
        .order_by("creator_id", "country", "product")
    )
    for row in rows.iterator(chunk_size=CHUNK):
        yield CreatorSum(
            creator_id=row["creator_id"],
            handle=row["handle"],
            country=row["country"],
            pool=_account(room, country=row["country"], product=row["product"]),
            line_count=row["lines"],
            views=int(row["seen"]),
            amount=Money(int(row["micros"]), room.currency),
        )


def _account(room: Room, *, country: str, product: str) -> str:
    return PoolKey(room.period.name, country, room.currency, product).account
