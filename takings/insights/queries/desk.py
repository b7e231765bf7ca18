"""What the operator's desk shows: the trial balance, the proof of the books, who did what."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from takings.insights.models import BooksRun
from takings.ledger import queries as ledger
from takings.ledger.queries import TrialRow
from takings.money import Money
from takings.people.models import StaffAct
from takings.settlement import queries as settlement
from takings.settlement.models import CloseStage, Period, Stage, Status

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


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period, how far its close is, whether it has begun and is over.

    ``waits`` tells whether somebody proposed its close and nobody answered yet, ``corrects`` the
    same of a correction.
    """

    period: Period
    stages: tuple[CloseStage, ...]
    stage_count: int
    pool: tuple[Money, ...]
    has_begun: bool
    is_over: bool
    waits: bool
    corrects: bool

    @property
    def is_closing(self) -> bool:
        """Tell whether a close is under way."""
        return self.period.status == Status.CLOSING


def period_rows(*, at: dt.datetime) -> list[PeriodRow]:
    """Return all periods, the running one first though nobody has stored it yet."""
    rows = settlement.periods()
    running = settlement.open_period(at=at)
    listed = rows if any(row.name == running.name for row in rows) else [running, *rows]
    return [period_row(period=row, at=at) for row in listed]


def period_row(*, period: Period, at: dt.datetime) -> PeriodRow:
    """Return one period with what is in its pools now."""
    sums: dict[str, int] = defaultdict(int)
    for row in ledger.balances(prefix="pool:"):
        if row.name.endswith(f":{period.name}"):
            sums[row.balance.currency] += row.balance.micros
    stages = settlement.close_stages(period=period) if period.pk else []
    return PeriodRow(
        period=period,
        stages=tuple(stages),
        stage_count=len(Stage),
        pool=tuple(Money(micros, code) for code, micros in sorted(sums.items())),
        has_begun=period.starts_at <= at,
        is_over=period.ends_at <= at,
        corrects=any(one.is_approved is None for one in settlement.corrections(period=period)),
        waits=any(one.is_approved is None for one in settlement.close_proposals(period=period)),
    )
