"""What became of the last estimate: each country's final figure beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from takings.insights.queries.rooms.lines import Room, country_sums, key_of
from takings.money import Money
from takings.settlement.models import EstimateLine, PoolResult


@dataclass(frozen=True, slots=True)
class EstimateChange:
    """What creators of a country were told last, and what they got."""

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
    """Return the countries whose final figure is not the estimate, the largest change first."""
    if not room.is_final or room.made_at is None:
        return ()
    estimated = country_sums(
        EstimateLine.objects.filter(period_id=key_of(room.period), currency=room.currency)
    )
    final = country_sums(room.lines)
    pools = PoolResult.objects.filter(period_id=key_of(room.period), currency=room.currency)
    entries = dict(pools.values_list("country", "entry_id"))
    rows = (
        _change(country, (estimated, final), room.currency, entry_id=entries.get(country))
        for country in estimated.keys() | final.keys()
        if estimated.get(country) != final.get(country)
    )
    return tuple(sorted(rows, key=lambda row: (-abs(row.change.micros), row.country)))


def _change(
    country: str,
    sides: tuple[Mapping[str, tuple[int, int]], Mapping[str, tuple[int, int]]],
    code: str,
    *,
    entry_id: UUID | None,
) -> EstimateChange:
    (seen, micros), (final_seen, final_micros) = (side.get(country, (0, 0)) for side in sides)
    return EstimateChange(
        country=country,
        estimated=Money(micros, code),
        final=Money(final_micros, code),
        estimated_views=seen,
        final_views=final_seen,
        entry_id=entry_id,
    )
