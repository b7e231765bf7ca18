"""Archiving: old months of transfers go into files, proved, and come back from them.

Each month is one transaction, under a lock that lets nobody post into it: its transfers are written
to a file, the file is flushed to the disk, read again and held against the table, and only then the
table is emptied. Killed before the commit, the books are as before and the file is a spare one,
taken as it is by the next call; after it, the month is archived. Only the tables' owner may.
"""

import datetime as dt
import gzip
import hashlib
import os
from pathlib import Path

from django.db import connection, transaction

from takings.core.errors import Conflict, Invalid, NotFound
from takings.ledger.models import Archive, ArchiveSum
from takings.ledger.queries.checks import check_books
from takings.ledger.rules.archives import COLUMNS, Contents, Sums, contents_of, file_name, table_of

PIECE = 2**20
PATIENCE = "SET LOCAL lock_timeout = '10s'; SET LOCAL TIME ZONE 'UTC'; SET LOCAL datestyle = 'ISO'"


class MonthIsNotOver(Invalid):
    """A month into which transfers are still posted."""

    code = "month_is_not_over"
    sentence = "Only months that are over can be archived; {month} is not."


class BooksAreWrong(Conflict):
    """What is wrong must not leave the books."""

    code = "books_are_wrong"
    sentence = "{count} rows of the books are wrong; nothing is archived: takings check-books."


class NotAllSealed(Conflict):
    """What a file is compared with later is its entries' seals."""

    code = "not_all_sealed"
    sentence = "Entries of {month} are not sealed yet; entries are sealed every few seconds."


class OtherArchive(Conflict):
    """A file of that name with other transfers."""

    code = "other_archive"
    sentence = "{file} is there and holds something else; move it away or name another folder."


class ArchiveBroken(Conflict):
    """The file does not come to what the month comes to."""

    code = "archive_broken"
    sentence = "{file} does not hold the transfers of {month}; nothing was changed."


class UnknownArchive(NotFound):
    """A file that the books know nothing of."""

    code = "unknown_archive"
    sentence = "{file} is no archive of these books, or was changed: its SHA-256 is {sha256}."


def archive_transfers(*, before: dt.date, folder: Path, at: dt.datetime) -> list[Archive]:
    """Move the transfers of all months before that of ``before`` into files; one file a month.

    Returns the months that were archived now; a month that is in a file already stays there.
    Refuses: MonthIsNotOver, BooksAreWrong, NotAllSealed, OtherArchive, ArchiveBroken.
    """
    first = before.replace(day=1)
    if first > at.astimezone(dt.UTC).date().replace(day=1):
        raise MonthIsNotOver(month=f"{first - dt.timedelta(days=1):%Y-%m}")
    if findings := check_books():
        raise BooksAreWrong(count=len(findings))
    folder.mkdir(parents=True, exist_ok=True)
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [first])
        months: list[dt.date] = [month for (month,) in cursor.fetchall()]
    archived = (_archive(month, folder=folder, at=at) for month in months)
    return [one for one in archived if one is not None]


def attach_transfers(*, file: Path, at: dt.datetime) -> Archive:
    """Bring the transfers of an archived month back from its file; a second time changes nothing.

    Refuses: UnknownArchive, ArchiveBroken.
    """
    digest = _digest(file)
    known = Archive.objects.filter(digest=digest).order_by("-id").first()
    if known is None:
        raise UnknownArchive(file=file, sha256=digest.hex())
    table = table_of(known.month)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        newest = Archive.objects.filter(month=known.month).order_by("-id")[0]
        if not newest.is_archived:
            return newest
        cursor.execute(f"DROP TRIGGER month_is_archived ON {table}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        with (
            gzip.open(file, "rb") as kept,
            cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while piece := kept.read(PIECE):
                copy.write(piece)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        rows = newest.sums.values_list("account_id", "debits_micros", "credits_micros")
        sums: Sums = {account: (debits, credits_) for account, debits, credits_ in rows}
        if _contents(table) != Contents(newest.transfer_count, sums):
            raise ArchiveBroken(file=file, month=f"{known.month:%Y-%m}")
        return Archive.objects.create(
            month=known.month,
            is_archived=False,
            file_name=file.name,
            digest=digest,
            transfer_count=newest.transfer_count,
            happened_at=at,
        )


@transaction.atomic
def _archive(month: dt.date, *, folder: Path, at: dt.datetime) -> Archive | None:
    table, file = table_of(month), folder / file_name(month)
    with connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")  # who reads does not wait
        contents = _contents(table)
        if contents.transfer_count == 0:
            return None
        cursor.execute(_UNSEALED, [month, month])
        if cursor.fetchone() is not None:
            raise NotAllSealed(month=f"{month:%Y-%m}")
        _write(table, file)
        with gzip.open(file, "rt", newline="") as kept:
            if contents_of(kept) != contents:
                raise ArchiveBroken(file=file, month=f"{month:%Y-%m}")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER transfers_never_change")
        cursor.execute(f"TRUNCATE {table}")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER transfers_never_change")
        cursor.execute(
            f"CREATE TRIGGER month_is_archived BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION month_is_archived()"
        )
    archive = Archive.objects.create(
        month=month,
        is_archived=True,
        file_name=file.name,
        digest=_digest(file),
        transfer_count=contents.transfer_count,
        happened_at=at,
    )
    ArchiveSum.objects.bulk_create(
        ArchiveSum(
            archive=archive, account_id=account, debits_micros=sums[0], credits_micros=sums[1]
        )
        for account, sums in sorted(contents.sums.items())
    )
    return archive


def _write(table: str, file: Path) -> None:
    """Write a table to a file that is whole, and on the disk, as soon as it has its name."""
    part = file.with_name(f"{file.name}.part")
    ask = f"SELECT {COLUMNS} FROM {table} ORDER BY entry_number, position"  # noqa: S608 - our own names
    with connection.cursor() as cursor, part.open("wb") as raw:
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
            cursor.copy(f"COPY ({ask}) TO STDOUT (FORMAT csv, HEADER)") as copy,
        ):
            for piece in copy:
                packed.write(piece)
        raw.flush()
        os.fsync(raw.fileno())
    if file.exists():
        if _digest(file) != _digest(part):
            raise OtherArchive(file=file)
        part.unlink()
    else:
        part.rename(file)
    for place, flags in ((file, os.O_RDONLY), (file.parent, os.O_RDONLY | os.O_DIRECTORY)):
        handle = os.open(place, flags)
        os.fsync(handle)
        os.close(handle)


def _contents(table: str) -> Contents:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own names
        [count] = cursor.fetchone()
        cursor.execute(_CONTENTS.format(table))
        sums = {account: (int(debits), int(credits_)) for account, debits, credits_ in cursor}
        return Contents(int(count), sums)


def _digest(file: Path) -> bytes:
    with file.open("rb") as kept:
        return hashlib.file_digest(kept, "sha256").digest()


_CONTENTS = """
    SELECT account, sum(debits), sum(credits) FROM (
        SELECT debit_id AS account, amount_micros AS debits, 0 AS credits FROM {0}
        UNION ALL
        SELECT credit_id, 0, amount_micros FROM {0}
    ) AS legs GROUP BY account
"""
_MONTHS = """
    SELECT to_date(right(relname, 7), 'YYYY_MM') AS month
    FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'ledger_transfer'::regclass AND relname ~ '_\\d{4}_\\d{2}$'
        AND to_date(right(relname, 7), 'YYYY_MM') < %s
        AND to_date(right(relname, 7), 'YYYY_MM') NOT IN (SELECT month FROM ledger_archived)
    ORDER BY month
"""
_UNSEALED = """
    SELECT 1 FROM ledger_unsealed JOIN ledger_posting USING (number)
    WHERE posted_at >= %s::timestamp AT TIME ZONE 'UTC'
        AND posted_at < (%s::date + interval '1 month')::timestamp AT TIME ZONE 'UTC' LIMIT 1
"""
