"""What is written: entries as posted, and what stands in the accounts before and after them."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from takings.ledger.rules.chart import AccountName
from takings.ledger.rules.drafts import EntryDraft
from takings.money import Money


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """An entry as it was posted: what it says, its place in the journal, what it undoes."""

    number: int
    posted_at: dt.datetime
    reverses: UUID | None
    says: EntryDraft

    @property
    def on(self) -> dt.date:
        """The day on which it happened, in UTC."""
        return self.says.occurred_at.astimezone(dt.UTC).date()


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in an account: debits are plus and credits minus, whatever its side."""

    account: AccountName
    amount: Money


@dataclass(frozen=True, slots=True)
class Span:
    """The days of an export: from ``first``, up to but without ``end``."""

    first: dt.date
    end: dt.date

    @property
    def last(self) -> dt.date:
        """The last day that belongs to it."""
        return self.end - dt.timedelta(days=1)
