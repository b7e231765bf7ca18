"""The archive: which months of transfers are in files now."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class ArchivedMonth:
    """A month whose transfers are in a file: its name, its SHA-256, and how many they are."""

    month: dt.date
    file_name: str
    sha256: str
    transfer_count: int


def archived_months() -> list[ArchivedMonth]:
    """Return the months whose transfers are in files now, in order.

    Their entries, standings and balances are in the books as ever; what each of their entries
    moved is in the file alone.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT month, file_name, encode(digest, 'hex'), transfer_count FROM ledger_archived"
            " ORDER BY month"
        )
        return [ArchivedMonth(*row) for row in cursor.fetchall()]


def is_archived(at: dt.datetime, *, months: list[ArchivedMonth]) -> bool:
    """Tell whether what was posted at an instant is in one of these months."""
    first = at.astimezone(dt.UTC).date().replace(day=1)
    return any(one.month == first for one in months)
