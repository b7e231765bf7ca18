"""Tables of the books."""

from takings.ledger.models.archives import Archive, ArchiveSum
from takings.ledger.models.books import Account, Balance, Entry, Posting, Transfer
from takings.ledger.models.proofs import Proof
from takings.ledger.models.seals import Batch, SealedEntry, TreeHead, TreeNode, Unsealed
from takings.ledger.models.standings import (
    AccountChange,
    ExchangeRate,
    Hold,
    HoldEnd,
    Lane,
    LedgerRefusal,
    PeriodLock,
    Standing,
)

__all__ = [
    "Account",
    "AccountChange",
    "Archive",
    "ArchiveSum",
    "Balance",
    "Batch",
    "Entry",
    "ExchangeRate",
    "Hold",
    "HoldEnd",
    "Lane",
    "LedgerRefusal",
    "PeriodLock",
    "Posting",
    "Proof",
    "SealedEntry",
    "Standing",
    "Transfer",
    "TreeHead",
    "TreeNode",
    "Unsealed",
]
