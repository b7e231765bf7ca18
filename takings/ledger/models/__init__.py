"""Tables of the books."""

from takings.ledger.models.books import Account, Entry, Transfer

__all__ = ["Account", "Entry", "Transfer"]
