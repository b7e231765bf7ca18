"""Pure rules of coins: which lot is spent, what a coin is worth, who may have some."""

from takings.coins.rules.limits import (
    AgeUnknown,
    LimitKind,
    LimitReached,
    NotInThisCountry,
    Paused,
    TooYoung,
    check_person,
    days_of,
)
from takings.coins.rules.lots import (
    CoinsHeld,
    NotEnoughCoins,
    OpenLot,
    Part,
    Taken,
    coin_transfers,
    coins,
    left_of,
    lot_account,
    spend_lots,
    wallet_account,
)

__all__ = [
    "AgeUnknown",
    "CoinsHeld",
    "LimitKind",
    "LimitReached",
    "NotEnoughCoins",
    "NotInThisCountry",
    "OpenLot",
    "Part",
    "Paused",
    "Taken",
    "TooYoung",
    "check_person",
    "coin_transfers",
    "coins",
    "days_of",
    "left_of",
    "lot_account",
    "spend_lots",
    "wallet_account",
]
