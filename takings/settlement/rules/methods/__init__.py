"""How a pool is shared: one file for each method, and which one a product's rule asks for."""

from takings.settlement.rules.methods.choosing import below_gate, eligible, share_pool, with_ads
from takings.settlement.rules.methods.user_centric import FeesExceedPool, split_fee
from takings.settlement.rules.methods.values import (
    CountedViews,
    CreatorLine,
    Member,
    PoolShares,
    Watched,
)

__all__ = [
    "CountedViews",
    "CreatorLine",
    "FeesExceedPool",
    "Member",
    "PoolShares",
    "Watched",
    "below_gate",
    "eligible",
    "share_pool",
    "split_fee",
    "with_ads",
]
