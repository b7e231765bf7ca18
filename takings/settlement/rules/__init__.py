"""Pure rules of settlement: how time is tiled, how a pool is shared, what a statement says."""

from takings.settlement.rules.periods import (
    PeriodNotOver,
    Tile,
    UnknownPeriod,
    tile_at,
    tile_named,
)
from takings.settlement.rules.pool import CountedViews, CreatorLine, PoolShares, share_pool
from takings.settlement.rules.posting import (
    PLATFORM,
    PRODUCT,
    PoolKey,
    pool_entry,
    release_entry,
)
from takings.settlement.rules.statements import (
    StatementContent,
    StatementLine,
    digest_rows,
)

__all__ = [
    "PLATFORM",
    "PRODUCT",
    "CountedViews",
    "CreatorLine",
    "PeriodNotOver",
    "PoolKey",
    "PoolShares",
    "StatementContent",
    "StatementLine",
    "Tile",
    "UnknownPeriod",
    "digest_rows",
    "pool_entry",
    "release_entry",
    "share_pool",
    "tile_at",
    "tile_named",
]
