"""Everything that changes the books: posting and reversing entries."""

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

__all__ = [
    "AlreadyReversed",
    "BalanceTooLarge",
    "InsufficientFunds",
    "Posted",
    "ReversalIsFinal",
    "SameIdOtherContent",
    "post",
    "reverse",
]
