"""Everything one may ask about coins. Nothing here writes."""

from takings.coins.queries.wallets import limits_of, lots_of, open_lots, spent_on, wallet_of

__all__ = ["limits_of", "lots_of", "open_lots", "spent_on", "wallet_of"]
