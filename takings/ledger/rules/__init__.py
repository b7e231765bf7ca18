"""Pure rules of the books: which accounts may exist, and what a postable entry looks like."""

from takings.ledger.rules.chart import (
    CHART,
    AccountKind,
    AccountName,
    Side,
    UnknownAccount,
    account_kind,
)
from takings.ledger.rules.drafts import (
    AccountsAreTheSame,
    AmountNotPositive,
    EmptyEntry,
    EntryDraft,
    Movement,
    TransferDraft,
    UnnamedEntry,
    WrongMoney,
    content_digest,
    digest_of,
    movements,
    reversed_transfers,
)

__all__ = [
    "CHART",
    "AccountKind",
    "AccountName",
    "AccountsAreTheSame",
    "AmountNotPositive",
    "EmptyEntry",
    "EntryDraft",
    "Movement",
    "Side",
    "TransferDraft",
    "UnknownAccount",
    "UnnamedEntry",
    "WrongMoney",
    "account_kind",
    "content_digest",
    "digest_of",
    "movements",
    "reversed_transfers",
]
