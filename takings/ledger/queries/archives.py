"""The archive: which months of transfers are in files now."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from takings.core.errors import Conflict
from takings.ledger.models import Entry


class TransfersArchived(Conflict):
    """What an entry moved is in a file, and was asked for."""

    code = "transfers_archived"
    sentence = "The transfers of {month} are archived in {file}; attach it first."


@dataclass(frozen=True, slots=True)
class ArchivedMonth:
    """A month whose transfers are in a file: its name, its SHA-256, and how many they are."""

    archive_id: int
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
            "SELECT id, month, file_name, encode(digest, 'hex'), transfer_count"
            " FROM ledger_archived ORDER BY month"
        )
        return [ArchivedMonth(*row) for row in cursor.fetchall()]


def archive_of(at: dt.datetime, *, months: list[ArchivedMonth]) -> ArchivedMonth | None:
    """Return the one of these months in which something was posted at an instant."""
    first = at.astimezone(dt.UTC).date().replace(day=1)
    return next((one for one in months if one.month == first), None)


def archived_entries(*, ids: Collection[UUID]) -> set[UUID]:
    """Return those of the entries of which the transfers are in a file now."""
    months = archived_months()
    if not months:
        return set()
    rows = Entry.objects.filter(id__in=ids).values_list("id", "posted_at")
    return {id_ for id_, at in rows if archive_of(at, months=months)}


def need_transfers(at: dt.datetime | None = None) -> None:
    """Refuse with :class:`TransfersArchived` if those posted at an instant are in a file now.

    Without an instant, if any are.
    """
    months = archived_months()
    found = next(iter(months), None) if at is None else archive_of(at, months=months)
    if found is not None:
        raise TransfersArchived(month=f"{found.month:%Y-%m}", file=found.file_name)
