"""Pure rules of settlement: how time is tiled, how a pool is shared, what a statement says."""

from takings.settlement.rules.methods import (
    CountedViews,
    CreatorLine,
    FeesExceedPool,
    Member,
    PoolShares,
    Watched,
    below_gate,
    eligible,
    share_pool,
)
from takings.settlement.rules.outliers import Moved, moved_shares, share_bp
from takings.settlement.rules.periods import (
    AlreadyClosed,
    PeriodNotOver,
    Tile,
    UnknownPeriod,
    tile_at,
    tile_named,
)
from takings.settlement.rules.posting import (
    PLATFORM,
    PRODUCT,
    PoolKey,
    named,
    pool_entry,
    release_entry,
    split_entry,
    split_entry_id,
)
from takings.settlement.rules.reserves import reserved
from takings.settlement.rules.splits import (
    BadShares,
    SplitTerms,
    check_shares,
    end_day,
    first_day,
    split_amount,
)
from takings.settlement.rules.statements import (
    SplitShare,
    StatementContent,
    StatementLine,
    counted_once,
    digest_rows,
)

__all__ = [
    "PLATFORM",
    "PRODUCT",
    "AlreadyClosed",
    "BadShares",
    "CountedViews",
    "CreatorLine",
    "FeesExceedPool",
    "Member",
    "Moved",
    "PeriodNotOver",
    "PoolKey",
    "PoolShares",
    "SplitShare",
    "SplitTerms",
    "StatementContent",
    "StatementLine",
    "Tile",
    "UnknownPeriod",
    "Watched",
    "below_gate",
    "check_shares",
    "counted_once",
    "digest_rows",
    "eligible",
    "end_day",
    "first_day",
    "moved_shares",
    "named",
    "pool_entry",
    "release_entry",
    "reserved",
    "share_bp",
    "share_pool",
    "split_amount",
    "split_entry",
    "split_entry_id",
    "tile_at",
    "tile_named",
]
