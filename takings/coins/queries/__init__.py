"""Everything one may ask about coins. Nothing here writes."""

from takings.coins.queries.unwinders import Unwinder, register_unwinder
from takings.coins.queries.wallets import (
    coin_accounts,
    limits_of,
    lots_of,
    open_lots,
    spent_on,
    wallet_of,
)

__all__ = [
    "Unwinder",
    "coin_accounts",
    "limits_of",
    "lots_of",
    "open_lots",
    "register_unwinder",
    "spent_on",
    "wallet_of",
]
