"""A fixed rate: so much for 1,000 counted views of a country, as far as the pool reaches.

With r the rate and v_i the counted views of who shares: creator i = r × v_i / 1,000, and the rest
goes back. If all of that is more than the pool P, creator i = P × v_i / v, and it is said.
"""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from takings.money import Money, allocate, format_money
from takings.policies.rules import PoolRule
from takings.settlement.rules.methods.values import (
    CountedViews,
    PoolShares,
    lines_of,
    shared_without_music,
)

PLATFORM = 0  # no creator's number
THOUSAND = 1_000


def share_fixed_rate(
    *, total: Money, counted: Sequence[CountedViews], rule: PoolRule, country: str
) -> PoolShares:
    """Pay the country's rate out of ``total``, in proportion where it is not enough."""
    rate = rule.rate_of(country=country, currency=total.currency)
    views: dict[int, int] = defaultdict(int)
    for row in counted:
        if row.shares:
            views[row.creator_id] += row.views
    due = rate.micros * sum(views.values())  # thousandths of micro-units
    weights = {creator: rate.micros * seen for creator, seen in views.items()}
    weights[PLATFORM] = max(0, total.micros * THOUSAND - due) if due else 1
    parts = allocate(total.micros, weights)
    creators = {creator: Money(parts[creator], total.currency) for creator in views}
    return shared_without_music(
        total=total,
        counted=counted,
        lines=lines_of(creators=creators, counted=counted, rule=rule),
        said=_said(total, rate, views=sum(views.values())),
    )


def _said(total: Money, rate: Money, *, views: int) -> str:
    due = Fraction(rate.micros * views, THOUSAND)
    owed = format_money(Money(int(due), total.currency), exact=True)
    said = f"{views:,} views at {format_money(rate, exact=True)} for 1,000 come to {owed}"
    if due <= total.micros:
        return said
    return f"{said}; the pool has {format_money(total, exact=True)}, shared in proportion"
