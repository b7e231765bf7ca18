"""What the operator's desk shows: the trial balance, the proof of the books, who did what."""

from dataclasses import dataclass
from itertools import groupby

from takings.insights.models import BooksRun
from takings.ledger import queries as ledger
from takings.ledger.queries import TrialRow
from takings.money import Money
from takings.people.models import StaffAct

RECENT = 10


@dataclass(frozen=True, slots=True)
class TrialSheet:
    """The trial balance of one currency; it balances when both sums are equal."""

    currency: str
    rows: tuple[TrialRow, ...]
    debit: Money
    credit: Money

    @property
    def balances(self) -> bool:
        """Tell whether debits and credits are the same."""
        return self.debit == self.credit


def trial_sheets() -> list[TrialSheet]:
    """Return the trial balance, one sheet per currency."""
    rows = sorted(ledger.trial_balance(), key=lambda row: row.currency)
    sheets = []
    for code, group in groupby(rows, key=lambda row: row.currency):
        listed = tuple(group)
        debit = Money(sum(row.debit.micros for row in listed), code)
        credit = Money(sum(row.credit.micros for row in listed), code)
        sheets.append(TrialSheet(currency=code, rows=listed, debit=debit, credit=credit))
    return sheets


def last_books_run() -> BooksRun | None:
    """Return the newest run of ``check_books`` with its findings, or None before the first."""
    runs = BooksRun.objects.select_related("operator").prefetch_related("findings")
    return runs.order_by("-ran_at", "-pk").first()


def recent_staff_acts() -> list[StaffAct]:
    """Return what operators did last, newest first."""
    acts = StaffAct.objects.select_related("operator").order_by("-acted_at", "-pk")
    return list(acts[:RECENT])
