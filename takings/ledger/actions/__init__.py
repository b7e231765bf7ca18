"""Everything that changes the books: posting and reversing entries, and sealing them."""

from takings.ledger.actions.posting import (
    AlreadyReversed,
    BalanceTooLarge,
    InsufficientFunds,
    Posted,
    ReversalIsFinal,
    SameIdOtherContent,
    post,
    reverse,
)
from takings.ledger.actions.sealing import publish_head, seal_entries

__all__ = [
    "AlreadyReversed",
    "BalanceTooLarge",
    "InsufficientFunds",
    "Posted",
    "ReversalIsFinal",
    "SameIdOtherContent",
    "post",
    "publish_head",
    "reverse",
    "seal_entries",
]
