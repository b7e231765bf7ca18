"""What a creator earned: by period, day, video and country, estimated apart from final."""

from takings.insights.queries.earnings.inside import ads_inside, campaigns_inside, unpaid_inside
from takings.insights.queries.earnings.periods import (
    current_period,
    period_covering,
    period_facts,
    period_named,
    periods_of,
)
from takings.insights.queries.earnings.shares import country_shares, product_shares
from takings.insights.queries.earnings.showings import outcome_counts
from takings.insights.queries.earnings.sums import (
    Earnings,
    LineRow,
    earnings,
    line_ref,
    lines_of,
)

__all__ = [
    "Earnings",
    "LineRow",
    "ads_inside",
    "campaigns_inside",
    "country_shares",
    "current_period",
    "earnings",
    "line_ref",
    "lines_of",
    "outcome_counts",
    "period_covering",
    "period_facts",
    "period_named",
    "periods_of",
    "product_shares",
    "unpaid_inside",
]
