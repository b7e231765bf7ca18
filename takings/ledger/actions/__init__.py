"""Everything that changes the books: posting, reversing, holding, sealing, proving."""

from takings.ledger.actions.holding import (
    HoldIsOneTransfer,
    expire_holds,
    hold,
    post_hold,
    post_releasing,
    void_hold,
)
from takings.ledger.actions.months import open_months
from takings.ledger.actions.posting import (
    Posted,
    account_ids,
    post,
    post_columns,
    post_each,
    reverse,
)
from takings.ledger.actions.proving import prove_books
from takings.ledger.actions.refusals import (
    AccountClosed,
    AlreadyReversed,
    BalanceTooLarge,
    HoldExpired,
    HoldIsOver,
    HoldNotDue,
    InsufficientFunds,
    LimitExceeded,
    NotWhatIsHeld,
    PeriodLocked,
    ReversalIsFinal,
    SameIdOtherContent,
    UnknownHold,
)
from takings.ledger.actions.sealing import publish_head, seal_entries

__all__ = [
    "AccountClosed",
    "AlreadyReversed",
    "BalanceTooLarge",
    "HoldExpired",
    "HoldIsOneTransfer",
    "HoldIsOver",
    "HoldNotDue",
    "InsufficientFunds",
    "LimitExceeded",
    "NotWhatIsHeld",
    "PeriodLocked",
    "Posted",
    "ReversalIsFinal",
    "SameIdOtherContent",
    "UnknownHold",
    "account_ids",
    "expire_holds",
    "hold",
    "open_months",
    "post",
    "post_columns",
    "post_each",
    "post_hold",
    "post_releasing",
    "prove_books",
    "publish_head",
    "reverse",
    "seal_entries",
    "void_hold",
]
