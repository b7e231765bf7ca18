"""Everything one may ask about periods, estimates, statements and holds. Nothing here writes."""

from takings.settlement.queries.earnings import (
    EarningLine,
    EstimateView,
    LineDifference,
    differences,
    estimate,
    pool_results,
    rights_lines,
    share_line,
    share_lines,
    shares_of,
    split_shares,
    statement,
    statement_content,
    statements,
)
from takings.settlement.queries.holds import (
    access_earnings_hold,
    lifted_holds,
    open_holds,
    reserve_of,
)
from takings.settlement.queries.periods import (
    close_stages,
    open_period,
    payable_from,
    period,
    periods,
    periods_with_money,
)
from takings.settlement.queries.splits import (
    UnknownSplit,
    access_split,
    split_lines,
    splits_of,
)

__all__ = [
    "EarningLine",
    "EstimateView",
    "LineDifference",
    "UnknownSplit",
    "access_earnings_hold",
    "access_split",
    "close_stages",
    "differences",
    "estimate",
    "lifted_holds",
    "open_holds",
    "open_period",
    "payable_from",
    "period",
    "periods",
    "periods_with_money",
    "pool_results",
    "reserve_of",
    "rights_lines",
    "share_line",
    "share_lines",
    "shares_of",
    "split_lines",
    "split_shares",
    "splits_of",
    "statement",
    "statement_content",
    "statements",
]
