"""Everything that changes wallets: buying, giving, spending, giving back, limits."""

from takings.coins.actions.buying import CoinOrder, CoinsByCard, buy_coins
from takings.coins.actions.granting import Grant, NoReason, NotSoMany, grant_coins
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

__all__ = [
    "Ask",
    "CoinOrder",
    "CoinsByCard",
    "Grant",
    "NoReason",
    "NotSoMany",
    "NothingToSpend",
    "Refused",
    "SpendIdTaken",
    "TooLateToReturn",
    "buy_coins",
    "give_back",
    "go_on_with_returns",
    "grant_coins",
    "return_coins",
    "return_for",
    "take",
]
