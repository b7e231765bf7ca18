"""What became of the last estimate: each pool's final figure beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from takings.insights.queries.rooms.lines import Place, Room, key_of, pool_sums
from takings.money import Money
from takings.settlement.models import EstimateLine, PoolResult


@dataclass(frozen=True, slots=True)
class EstimateChange:
    """What creators of a pool were told last, and what they got."""

    product: str
    country: str
    estimated: Money
    final: Money
    estimated_views: int
    final_views: int
    entry_id: UUID | None

    @property
    def change(self) -> Money:
        """Final less estimated."""
        return self.final - self.estimated

    @property
    def views_change(self) -> int:
        """Views that came later, or left (below zero)."""
        return self.final_views - self.estimated_views


def estimate_changes(*, room: Room) -> tuple[EstimateChange, ...]:
    """Return the pools whose final figure is not the estimate, the largest change first."""
    if not room.is_final or room.made_at is None:
        return ()
    estimated = pool_sums(
        EstimateLine.objects.filter(period_id=key_of(room.period), currency=room.currency)
    )
    final = pool_sums(room.lines)
    pools = PoolResult.objects.filter(period_id=key_of(room.period), currency=room.currency)
    entries = {(row.product, row.country): row.entry_id for row in pools}
    rows = (
        _change(place, (estimated, final), room.currency, entry_id=entries.get(place))
        for place in estimated.keys() | final.keys()
        if estimated.get(place) != final.get(place)
    )
    return tuple(sorted(rows, key=lambda row: (-abs(row.change.micros), row.country, row.product)))


def _change(
    place: Place,
    sides: tuple[Mapping[Place, tuple[int, int]], Mapping[Place, tuple[int, int]]],
    code: str,
    *,
    entry_id: UUID | None,
) -> EstimateChange:
    (seen, micros), (final_seen, final_micros) = (side.get(place, (0, 0)) for side in sides)
    return EstimateChange(
        product=place[0],
        country=place[1],
        estimated=Money(micros, code),
        final=Money(final_micros, code),
        estimated_views=seen,
        final_views=final_seen,
        entry_id=entry_id,
    )
