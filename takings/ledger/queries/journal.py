"""The whole journal, read at one instant and a piece at a time."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Min, Q
from django.db.models.functions import Collate

from takings.core.errors import Invalid
from takings.core.progress import Progress, silent
from takings.ledger.models import Balance, Entry, Transfer
from takings.ledger.queries.archives import need_transfers
from takings.ledger.rules.drafts import EntryDraft, TransferDraft
from takings.ledger.rules.plaintext import (
    Books,
    Dialect,
    JournalEntry,
    Span,
    Standing,
    write_journal,
)
from takings.money import Money

CHUNK = 2_000
TELL_EVERY = 500
STEP = "Write the journal"


class NoDays(Invalid):
    """A range that ends before it begins."""

    code = "no_days"
    sentence = "There is no day from {since} up to {until}; the second must be later."


def journal_text(
    *,
    dialect: Dialect,
    since: dt.date | None = None,
    until: dt.date | None = None,
    progress: Progress = silent,
) -> Iterator[str]:
    """Yield the journal as text, from ``since`` up to but without ``until`` (days in UTC).

    Everything is read in one snapshot, so entries that are posted meanwhile are not in it, and the
    closing balances are exactly those of its entries. Memory does not grow with the journal.

    Refuses, when iterated: NoDays, TransfersArchived.
    """
    if since and until and since >= until:
        raise NoDays(since=since, until=until)
    with _snapshot():
        need_transfers()
        span = _span(since=since, until=until)
        books = Books(
            accounts=standings(before=until),
            opening=standings(before=since) if since else (),
            entries=_watched(since=since, until=until, progress=progress),
            closing=standings(before=until),
        )
        yield from write_journal(books, dialect=dialect, span=span)


def journal(
    *, since: dt.date | None = None, until: dt.date | None = None
) -> Iterator[JournalEntry]:
    """Yield the entries that happened from ``since`` up to ``until``, in the order posted."""
    rows = (
        Transfer.objects.filter(_happened("entry__occurred_at", since=since, until=until))
        .order_by("entry__number", "position")
        .values_list(*_HEAD, "debit__name", "credit__name", "amount_micros", "currency")
        .iterator(chunk_size=CHUNK)
    )
    for head, moves in groupby(rows, key=_head_of):
        number, posted_at, reverses, id_, kind, reference, policy_version, memo, occurred_at = head
        transfers = tuple(
            TransferDraft(debit=debit, credit=credit, amount=Money(micros, code))
            for *_, debit, credit, micros, code in moves
        )
        says = EntryDraft(id_, kind, reference, policy_version, occurred_at, memo, transfers)
        yield JournalEntry(number=number, posted_at=posted_at, reverses=reverses, says=says)


def standings(*, before: dt.date | None = None) -> Iterator[Standing]:
    """Yield what stands in every account, by name; debits are plus.

    With ``before``, what stood there when that day began: the sum of what happened until then.
    Without, the stored balances, so that a journal that ends with them is held against them.
    """
    if before is None:
        rows = Balance.objects.order_by(Collate("name", "C"), "currency").values_list(
            "name", "currency", "debits_micros", "credits_micros"
        )
        for name, code, debits, credits_ in rows.iterator(chunk_size=CHUNK):
            yield Standing(name, Money(debits - credits_, code))
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(_STOOD, [_midnight(before)])
        for name, code, micros in cursor:
            yield Standing(name, Money(int(micros), code))


_STOOD = """
    SELECT account.name, account.currency, stood.micros FROM (
        SELECT moved.account_id, sum(moved.micros) AS micros FROM (
            SELECT entry_number, debit_id AS account_id, amount_micros AS micros
            FROM ledger_transfer
            UNION ALL
            SELECT entry_number, credit_id, -amount_micros FROM ledger_transfer
        ) AS moved
        JOIN ledger_entry AS entry ON entry.number = moved.entry_number
        WHERE entry.occurred_at < %s
        GROUP BY moved.account_id
    ) AS stood
    JOIN ledger_account AS account ON account.id = stood.account_id
    ORDER BY account.name COLLATE "C", account.currency
"""

_HEAD = (
    "entry__number",
    "entry__posted_at",
    "entry__reverses_id",
    "entry__id",
    "entry__kind",
    "entry__reference",
    "entry__policy_version",
    "entry__memo",
    "entry__occurred_at",
)
_Head = tuple[int, dt.datetime, UUID | None, UUID, str, str, str, str, dt.datetime]
_NEVER = dt.date(1970, 1, 1)
_DAY = dt.timedelta(days=1)


def _head_of(row: tuple[object, ...]) -> _Head:
    return cast("_Head", row[: len(_HEAD)])


def _happened(field: str, *, since: dt.date | None, until: dt.date | None) -> Q:
    from_then = Q() if since is None else Q((f"{field}__gte", _midnight(since)))
    return from_then if until is None else from_then & Q((f"{field}__lt", _midnight(until)))


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=dt.UTC)


def _span(*, since: dt.date | None, until: dt.date | None) -> Span:
    """Return the days written; the ends that nobody named are those of the entries."""
    happened = Entry.objects.filter(_happened("occurred_at", since=since, until=until))
    ends = happened.aggregate(oldest=Min("occurred_at"), newest=Max("occurred_at"))
    oldest, newest = (ends[end].date() if ends[end] else None for end in ("oldest", "newest"))
    first = since or oldest or _NEVER
    return Span(first=first, end=until or (newest or first) + _DAY)


def _watched(
    *, since: dt.date | None, until: dt.date | None, progress: Progress
) -> Iterator[JournalEntry]:
    """Yield the entries and tell how many have passed."""
    total = Entry.objects.filter(_happened("occurred_at", since=since, until=until)).count()
    progress(STEP, 0, total)
    for done, entry in enumerate(journal(since=since, until=until), start=1):
        yield entry
        if done % TELL_EVERY == 0 or done == total:
            progress(STEP, done, total)


@contextmanager
def _snapshot() -> Iterator[None]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
