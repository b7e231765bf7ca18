"""Wallets, the lots in them, what was spent of each, and the limits that people set."""

from takings.coins.models.grants import GrantProposal
from takings.coins.models.limits import Limit
from takings.coins.models.lots import CoinLot, Source
from takings.coins.models.purchases import Purchase, Return, ReturnState
from takings.coins.models.spends import Spend, SpendPart
from takings.coins.models.wallets import Wallet

__all__ = [
    "CoinLot",
    "GrantProposal",
    "Limit",
    "Purchase",
    "Return",
    "ReturnState",
    "Source",
    "Spend",
    "SpendPart",
    "Wallet",
]
