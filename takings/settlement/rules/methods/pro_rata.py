"""Pro-rata: the creators' share of a pool, by each one's part of all views or all watch time.

With P the pool, c the creators' share and u the units of who shares: creator i = P × c × u_i / u.
Views of creators who do not share change nothing: there is no ad money behind them.
"""

from collections import defaultdict
from collections.abc import Sequence

from takings.money import Money, allocate, format_money
from takings.policies.rules import PoolRule
from takings.settlement.rules.methods.values import (
    CountedViews,
    PoolShares,
    lines_of,
    shared_without_music,
)

PLATFORM = 0  # no creator's number


def share_pro_rata(*, total: Money, counted: Sequence[CountedViews], rule: PoolRule) -> PoolShares:
    """Share ``total``; the platform takes the rest: everything, if nobody who shares was seen."""
    units: dict[int, int] = defaultdict(int)
    for row in counted:
        if row.shares:
            units[row.creator_id] += row.units(rule)
    whole, share = sum(units.values()), rule.creator_share.ratio
    weights = {creator: own * share.numerator for creator, own in units.items()}
    weights[PLATFORM] = whole * (share.denominator - share.numerator) if whole else 1
    parts = allocate(total.micros, weights)
    creators = {creator: Money(parts[creator], total.currency) for creator in units}
    measure = f"{whole:,} views" if rule.unit == "views" else f"{whole:,} ms watched"
    kept = Money(parts[PLATFORM], total.currency)
    return shared_without_music(
        total=total,
        counted=counted,
        lines=lines_of(creators=creators, counted=counted, rule=rule),
        said=(
            f"Shared by each creator's part of {measure}; "
            f"the platform keeps {format_money(kept, exact=True)}"
        ),
    )
