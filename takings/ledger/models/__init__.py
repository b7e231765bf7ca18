"""Tables of the books."""

from takings.ledger.models.books import Account, Entry, Transfer
from takings.ledger.models.seals import Batch, SealedEntry, TreeHead, TreeNode, Unsealed

__all__ = [
    "Account",
    "Batch",
    "Entry",
    "SealedEntry",
    "Transfer",
    "TreeHead",
    "TreeNode",
    "Unsealed",
]
