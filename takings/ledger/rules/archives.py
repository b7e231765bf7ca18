"""A file of transfers: what is in it, and what it comes to. Amounts are micro-units."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Sums = dict[int, tuple[int, int]]
"""What was debited and credited to each account, by its id."""

COLUMNS = "entry_number,position,posted_at,debit_id,credit_id,currency,amount_micros"


@dataclass(frozen=True, slots=True)
class Contents:
    """What the transfers of a month come to."""

    transfer_count: int
    sums: Sums


def contents_of(lines: Iterable[str]) -> Contents:
    """Add up a file's lines, the first of which names the columns."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    count = 0
    for row in csv.DictReader(lines):
        amount = int(row["amount_micros"])
        sums[int(row["debit_id"])][0] += amount
        sums[int(row["credit_id"])][1] += amount
        count += 1
    return Contents(
        count, {account: (debits, credits_) for account, (debits, credits_) in sums.items()}
    )


def file_name(month: dt.date) -> str:
    """Return the name of a month's file: ``transfers-2026-01.csv.gz``."""
    return f"transfers-{month:%Y-%m}.csv.gz"


def table_of(month: dt.date) -> str:
    """Return the table a month's transfers lie in."""
    return f"ledger_transfer_{month:%Y_%m}"
