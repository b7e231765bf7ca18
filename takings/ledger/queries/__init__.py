"""Everything one may ask the books. Nothing here writes."""

from takings.ledger.queries.balances import (
    AccountBalance,
    TrialRow,
    balance,
    balances,
    trial_balance,
)
from takings.ledger.queries.checks import Check, Finding, check_books, register_check
from takings.ledger.queries.entries import (
    AccountLine,
    EntryView,
    UnknownEntry,
    credits_of,
    entries_touching,
    entry,
    policy_versions,
)

__all__ = [
    "AccountBalance",
    "AccountLine",
    "Check",
    "EntryView",
    "Finding",
    "TrialRow",
    "UnknownEntry",
    "balance",
    "balances",
    "check_books",
    "credits_of",
    "entries_touching",
    "entry",
    "policy_versions",
    "register_check",
    "trial_balance",
]
