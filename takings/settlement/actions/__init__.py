"""Everything that changes settlement: estimates, closes and releases."""

from takings.settlement.actions.close import close_period
from takings.settlement.actions.counting import CountViews, count_lake
from takings.settlement.actions.estimates import refresh_estimates
from takings.settlement.actions.posting import PoolNotEmpty
from takings.settlement.actions.release import Released, release_earnings
from takings.settlement.actions.sharing import PoolsMoved

__all__ = [
    "CountViews",
    "PoolNotEmpty",
    "PoolsMoved",
    "Released",
    "close_period",
    "count_lake",
    "refresh_estimates",
    "release_earnings",
]
