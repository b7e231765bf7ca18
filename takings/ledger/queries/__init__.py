"""Everything one may ask the books. Nothing here writes."""

from takings.ledger.queries.archives import (
    ArchivedMonth,
    TransfersArchived,
    archive_of,
    archived_entries,
    archived_months,
)
from takings.ledger.queries.balances import (
    AccountBalance,
    TrialRow,
    available,
    balance,
    balance_at,
    balances,
    daily_balances,
    trial_balance,
)
from takings.ledger.queries.checks import check_books, register_check
from takings.ledger.queries.entries import (
    LEGS,
    AccountLine,
    EntryView,
    UnknownEntry,
    credits_of,
    debits_of,
    entries_touching,
    entry,
    is_posted,
    policy_versions,
)
from takings.ledger.queries.findings import Check, Finding
from takings.ledger.queries.holds import open_holds
from takings.ledger.queries.kinds import reversals_of, taken_by
from takings.ledger.queries.ripe import Ripe, overdrawn, ripe_balances
from takings.ledger.queries.seals import (
    NotSealedYet,
    UnknownTreeHead,
    consistency_proof,
    entry_proof,
    latest_head,
)

__all__ = [
    "LEGS",
    "AccountBalance",
    "AccountLine",
    "ArchivedMonth",
    "Check",
    "EntryView",
    "Finding",
    "NotSealedYet",
    "Ripe",
    "TransfersArchived",
    "TrialRow",
    "UnknownEntry",
    "UnknownTreeHead",
    "archive_of",
    "archived_entries",
    "archived_months",
    "available",
    "balance",
    "balance_at",
    "balances",
    "check_books",
    "consistency_proof",
    "credits_of",
    "daily_balances",
    "debits_of",
    "entries_touching",
    "entry",
    "entry_proof",
    "is_posted",
    "latest_head",
    "open_holds",
    "overdrawn",
    "policy_versions",
    "register_check",
    "reversals_of",
    "ripe_balances",
    "taken_by",
    "trial_balance",
]
