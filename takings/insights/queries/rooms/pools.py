"""The pools of a period: what came in and from where, what went out, and last month's beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Sum, Value, When

from takings.ads.models import Charge
from takings.insights.queries.rooms.lines import Place, Room, filled_pools, key_of, pool_sums
from takings.insights.rules.rooms import Moved, Paid, PoolRow, PoolSums, moved
from takings.money import Money
from takings.policies.rules import WATCH_ADS
from takings.settlement.models import Period, PoolResult
from takings.settlement.rules import PRODUCT, PoolKey


@dataclass(frozen=True, slots=True)
class PoolTable:
    """Every pool in one currency, the fullest first, and their sums.

    ``rights`` and ``platform`` are unknown while the period is estimated.
    """

    rows: tuple[PoolRow, ...]
    now: PoolSums
    before: PoolSums | None
    paid: Paid | None
    without_views: int
    without_money: int

    @property
    def total_moved(self) -> Moved:
        """How the money in all pools moved."""
        return moved(
            before=None if self.before is None else self.before.total.micros,
            now=self.now.total.micros,
        )

    @property
    def rate_moved(self) -> Moved:
        """How the rate over all pools moved."""
        return moved(
            before=None if self.before is None else self.before.rate.micros,
            now=self.now.rate.micros,
        )


def pool_table(*, room: Room) -> PoolTable:
    """Return the pools of a room: as they were shared, or as the estimate would share them."""
    shared = _shared(room.period, room.currency) if room.is_shared else {}
    now = {place: sums for place, (sums, _, _) in shared.items()}
    if not room.is_shared:
        now = _estimated(room)
    before = {place: one[0] for place, one in _shared(room.before, room.currency).items()}
    sources = _sources(room)
    rows = [
        PoolRow(
            country=place[1],
            product=place[0],
            account=PoolKey(room.period.name, place[1], room.currency, place[0]).account,
            now=sums,
            before=before.get(place, _nothing(room.currency)) if room.before else None,
            paid=shared[place][1] if place in shared else None,
            came_from=sources.get(place, ""),
            entry_id=shared[place][2] if place in shared else None,
        )
        for place, sums in now.items()
    ]
    return PoolTable(
        rows=tuple(sorted(rows, key=lambda row: (-row.now.total.micros, row.country, row.product))),
        now=_sum(now, room.currency),
        before=_sum(before, room.currency) if room.before else None,
        paid=_paid(shared, room.currency) if room.is_shared else None,
        without_views=sum(
            1 for row in rows if row.now.total and not (row.now.views or row.is_direct)
        ),
        without_money=sum(1 for row in rows if row.now.views and not row.now.total),
    )


def _shared(period: Period | None, code: str) -> dict[Place, tuple[PoolSums, Paid, UUID | None]]:
    rows = PoolResult.objects.filter(period_id=key_of(period), currency=code)
    return {
        (row.product, row.country): (
            PoolSums(
                Money(row.total_micros, code), Money(row.creators_micros, code), row.sharing_views
            ),
            Paid(Money(row.rights_micros, code), Money(row.platform_micros, code)),
            row.entry_id,
        )
        for row in rows
    }


def _estimated(room: Room) -> dict[Place, PoolSums]:
    """Return what is in the pools now, and what creators would get of it."""
    filled = {
        (product, country): money
        for (product, country, code), money in filled_pools(period=room.period).items()
        if code == room.currency
    }
    lines = pool_sums(room.lines)
    nothing = Money.zero(room.currency)
    return {
        place: PoolSums(
            total=filled.get(place, nothing),
            creators=Money(lines.get(place, (0, 0))[1], room.currency),
            views=lines.get(place, (0, 0))[0],
        )
        for place in filled.keys() | lines.keys()
    }


def _sources(room: Room) -> dict[Place, str]:
    """Return what filled each country's pool, or paid inside videos there, in words."""
    charges = Charge.objects.filter(period=room.period.name, currency=room.currency)
    product = Case(When(creator=None, then=Value(PRODUCT)), default=Value(WATCH_ADS))
    rows = charges.values("country", product=product).annotate(
        seen=Sum("impression_count"), campaigns=Count("campaign", distinct=True)
    )
    return {
        (row["product"], row["country"]): _source(int(row["seen"]), row["campaigns"])
        for row in rows
    }


def _source(impressions: int, campaigns: int) -> str:
    ads = "1 ad seen" if impressions == 1 else f"{impressions:,} ads seen"
    return f"{ads}, of 1 campaign" if campaigns == 1 else f"{ads}, of {campaigns:,} campaigns"


def _nothing(code: str) -> PoolSums:
    return PoolSums(Money.zero(code), Money.zero(code), 0)


def _sum(pools: Mapping[Place, PoolSums], code: str) -> PoolSums:
    """Return the sums of all pools; views that earn from several products' pools count once."""
    views: dict[str, int] = {}
    for (_, country), one in pools.items():
        views[country] = max(views.get(country, 0), one.views)
    return PoolSums(
        total=Money(sum(one.total.micros for one in pools.values()), code),
        creators=Money(sum(one.creators.micros for one in pools.values()), code),
        views=sum(views.values()),
    )


def _paid(shared: Mapping[Place, tuple[PoolSums, Paid, UUID | None]], code: str) -> Paid:
    parts = [paid for _, paid, _ in shared.values()]
    return Paid(
        rights=Money(sum(one.rights.micros for one in parts), code),
        platform=Money(sum(one.platform.micros for one in parts), code),
    )
