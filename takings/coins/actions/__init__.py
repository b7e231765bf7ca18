"""Everything that changes wallets: buying, giving, spending, giving back, limits, holds."""

from takings.coins.actions.buying import CoinOrder, CoinsByCard, buy_coins
from takings.coins.actions.ending import end_coins
from takings.coins.actions.granting import (
    Grant,
    NoReason,
    NotSoMany,
    approve_grant,
    decline_grant,
    propose_grant,
)
from takings.coins.actions.holding import CoinHold, NotSoLong, hold_coins, let_coins_go
from takings.coins.actions.limiting import PAUSES, Most, pause_spending, set_limit
from takings.coins.actions.returning import (
    TooLateToReturn,
    go_on_with_returns,
    return_coins,
    return_for,
)
from takings.coins.actions.spending import (
    Ask,
    NothingToSpend,
    Refused,
    SpendIdTaken,
    give_back,
    take,
)
from takings.coins.actions.unwinding import MinorFound, NotAMinor, refund_minor, unwind_unpaid

__all__ = [
    "PAUSES",
    "Ask",
    "CoinHold",
    "CoinOrder",
    "CoinsByCard",
    "Grant",
    "MinorFound",
    "Most",
    "NoReason",
    "NotAMinor",
    "NotSoLong",
    "NotSoMany",
    "NothingToSpend",
    "Refused",
    "SpendIdTaken",
    "TooLateToReturn",
    "approve_grant",
    "buy_coins",
    "decline_grant",
    "end_coins",
    "give_back",
    "go_on_with_returns",
    "hold_coins",
    "let_coins_go",
    "pause_spending",
    "propose_grant",
    "refund_minor",
    "return_coins",
    "return_for",
    "set_limit",
    "take",
    "unwind_unpaid",
]
