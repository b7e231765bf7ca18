"""Tables of settlement. Final rows never change; estimates live apart and are replaced.

Amounts are micro-units of ``currency``; days are UTC; ``entry_id`` names an entry of the books.
"""

from takings.settlement.models.corrections import (
    Correction,
    LineChange,
    PartChange,
    PoolChange,
    PoolCut,
    Posting,
    SplitChange,
    StatementRevision,
)
from takings.settlement.models.direct import DirectEarning
from takings.settlement.models.dry_runs import DryRun, DryRunOutcome, DryRunPool, DryRunShare
from takings.settlement.models.exchanges import Exchange, ExchangeReturn
from takings.settlement.models.funding import PoolFee, PoolFunding
from takings.settlement.models.holds import EarningsHold, HoldLift
from takings.settlement.models.periods import (
    CloseStage,
    CountLine,
    Estimate,
    EstimateLine,
    EstimatePool,
    Line,
    Period,
    PoolResult,
    Release,
    RightsLine,
    ShareLine,
    Stage,
    Statement,
    Status,
)
from takings.settlement.models.proposals import CloseProposal
from takings.settlement.models.splits import Split, SplitLine, SplitPart, SplitStatus

__all__ = [
    "CloseProposal",
    "CloseStage",
    "Correction",
    "CountLine",
    "DirectEarning",
    "DryRun",
    "DryRunOutcome",
    "DryRunPool",
    "DryRunShare",
    "EarningsHold",
    "Estimate",
    "EstimateLine",
    "EstimatePool",
    "Exchange",
    "ExchangeReturn",
    "HoldLift",
    "Line",
    "LineChange",
    "PartChange",
    "Period",
    "PoolChange",
    "PoolCut",
    "PoolFee",
    "PoolFunding",
    "PoolResult",
    "Posting",
    "Release",
    "RightsLine",
    "ShareLine",
    "Split",
    "SplitChange",
    "SplitLine",
    "SplitPart",
    "SplitStatus",
    "Stage",
    "Statement",
    "StatementRevision",
    "Status",
]
