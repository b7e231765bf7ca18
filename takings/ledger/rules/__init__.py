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
    EntryHead,
    TransferDraft,
    UnnamedEntry,
    WrongMoney,
    reversed_transfers,
)
from takings.ledger.rules.items import Mode
from takings.ledger.rules.outcomes import Outcome

__all__ = [
    "CHART",
    "AccountKind",
    "AccountName",
    "AccountsAreTheSame",
    "AmountNotPositive",
    "EmptyEntry",
    "EntryDraft",
    "EntryHead",
    "Mode",
    "Outcome",
    "Side",
    "TransferDraft",
    "UnknownAccount",
    "UnnamedEntry",
    "WrongMoney",
    "account_kind",
    "reversed_transfers",
]
