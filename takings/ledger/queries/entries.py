"""Entries: what was posted, and what touched an account."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from uuid import UUID

from django.db import connection

from takings.core.errors import NotFound
from takings.ledger.models import Account, Entry, Transfer
from takings.ledger.rules import AccountName, EntryHead, TransferDraft, account_kind
from takings.money import Money
from takings.money.money import LARGEST


class UnknownEntry(NotFound):
    """No entry has this id."""

    code = "unknown_entry"
    sentence = "There is no entry {entry}."


@dataclass(frozen=True, slots=True)
class EntryView(EntryHead):
    """A posted entry with its transfers, in their order."""

    reversed_by: UUID | None
    transfers: tuple[TransferDraft, ...]


@dataclass(frozen=True, slots=True)
class AccountLine(EntryHead):
    """What one entry did to one account: ``change`` is positive when the account grew."""

    change: Money


def entry(*, id: UUID) -> EntryView:  # noqa: A002 - everywhere here an entry's id is called id
    """Return the entry, or refuse with :class:`UnknownEntry`."""
    row = Entry.objects.select_related("reversed_by").filter(id=id).first()
    if row is None:
        raise UnknownEntry(entry=id)
    moves = (
        Transfer.objects.filter(entry=row, posted_at=row.posted_at)
        .order_by("position")
        .values_list("debit__name", "credit__name", "amount_micros", "currency")
    )
    undone_by: Entry | None = getattr(row, "reversed_by", None)
    return EntryView(
        **asdict(head_of(row)),
        reversed_by=undone_by.id if undone_by else None,
        transfers=tuple(
            TransferDraft(debit=debit, credit=credit, amount=Money(micros, code))
            for debit, credit, micros, code in moves
        ),
    )


def is_posted(*, id: UUID) -> bool:  # noqa: A002 - everywhere here an entry's id is called id
    """Tell whether an entry with this id is in the books."""
    return Entry.objects.filter(id=id).exists()


def head_of(row: Entry) -> EntryHead:
    """Return what an entry says of itself, all but its transfers."""
    return EntryHead(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        reference=row.reference,
        policy_version=row.policy_version,
        memo=row.memo,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        reverses=row.reverses_id,
    )


def transfer_rows(entries: Sequence[Entry]) -> dict[UUID, list[tuple[str, str, str, int]]]:
    """Return each entry's transfers, in their order, as (debit, credit, currency, micro-units)."""
    moves: dict[UUID, list[tuple[str, str, str, int]]] = {}
    ids = {entry.number: entry.pk for entry in entries}
    rows = (
        Transfer.objects.filter(entry__in=entries)
        .order_by("entry__number", "position")
        .values_list("entry__number", "debit__name", "credit__name", "currency", "amount_micros")
    )
    for number, debit, credit, code, micros in rows.iterator(chunk_size=5_000):
        moves.setdefault(ids[number], []).append((debit, credit, code, micros))
    return moves


def entries_touching(
    *, account: AccountName, before: int | None = None, limit: int = 50
) -> list[AccountLine]:
    """Return what happened to an account, newest first; ``before`` is the last ``number`` seen.

    A page ends with a whole entry, so it may be longer than ``limit`` by an entry's currencies.
    The standings of the account say which postings touched it: a page costs as much at the end of
    a long history as at its beginning.
    """
    sign = 1 if account_kind(account).side == "credit" else -1
    ids = list(Account.objects.filter(name=account).values_list("id", flat=True))
    newest = LARGEST if before is None else before
    page: dict[str, int | list[int]] = {
        "ids": ids,
        "before": newest,
        "sign": sign,
        "limit": limit + 1,
    }
    lines: list[AccountLine] = []
    numbers: set[int] = set()
    with connection.chunked_cursor() as cursor:
        cursor.execute(_TOUCHING, page)
        for *line, micros, code in cursor:
            if len(numbers) == limit and line[1] not in numbers:
                break
            numbers.add(line[1])
            change = Money(int(micros), code)
            lines.append(AccountLine(**dict(zip(_HEAD, line, strict=True)), change=change))
    return lines


_HEAD = tuple(field.name for field in fields(EntryHead))

# The newest postings of each lane, and of each only the transfers that touch the accounts.
_TOUCHING = """
    SELECT entry.id, entry.number, kind, reference, policy_version, memo, occurred_at,
        entry.posted_at, reverses_id, %(sign)s * change, currency
    FROM (
        SELECT DISTINCT posting FROM ledger_account AS account
        CROSS JOIN LATERAL generate_series(0, lane_count - 1) AS lane
        CROSS JOIN LATERAL ledger_trail(account.id, lane.lane, coalesce(
            (SELECT posted_at FROM ledger_entry WHERE number = %(before)s), 'infinity'),
            %(before)s, %(limit)s) AS newest
        WHERE account.id = ANY (%(ids)s)
        ORDER BY posting DESC LIMIT %(limit)s
    ) AS touched
    JOIN ledger_posting ON ledger_posting.number = posting
    CROSS JOIN LATERAL (
        SELECT entry_number, currency, sum(CASE WHEN credit_id = ANY (%(ids)s)
            THEN amount_micros ELSE -amount_micros END) AS change
        FROM ledger_transfer
        WHERE entry_number >= posting AND entry_number < least(posting + item_count, %(before)s)
            AND (debit_id = ANY (%(ids)s) OR credit_id = ANY (%(ids)s))
        GROUP BY entry_number, currency
    ) AS moved
    JOIN ledger_entry AS entry ON entry.number = moved.entry_number
    ORDER BY moved.entry_number DESC, currency
"""


def credits_of(*, entry_ids: Collection[UUID]) -> dict[UUID, dict[tuple[AccountName, str], int]]:
    """Return how many micro-units each entry credited to each (account, currency)."""
    return _moved(entry_ids, side="credit__name")


def debits_of(*, entry_ids: Collection[UUID]) -> dict[UUID, dict[tuple[AccountName, str], int]]:
    """Return how many micro-units each entry debited to each (account, currency)."""
    return _moved(entry_ids, side="debit__name")


def _moved(
    entry_ids: Collection[UUID], *, side: str
) -> dict[UUID, dict[tuple[AccountName, str], int]]:
    sums: dict[UUID, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    rows = Transfer.objects.filter(entry__id__in=entry_ids).values_list(
        "entry__id", side, "currency", "amount_micros"
    )
    for entry_id, name, code, micros in rows.iterator(chunk_size=5_000):
        sums[entry_id][name, code] += micros
    return {entry_id: dict(moved) for entry_id, moved in sums.items()}


def policy_versions() -> dict[str, UUID]:
    """Return every policy version the books name, each with one entry that names it."""
    rows = Entry.objects.order_by("policy_version", "number").distinct("policy_version")
    return dict(rows.values_list("policy_version", "id"))


LEGS = """
    SELECT entry.id AS entry_id, account.name AS account, leg.micros
    FROM ledger_entry AS entry
    LEFT JOIN ledger_transfer AS transfer
        ON transfer.entry_number = entry.number AND transfer.posted_at = entry.posted_at
    LEFT JOIN LATERAL (VALUES (transfer.debit_id, transfer.amount_micros),
        (transfer.credit_id, -transfer.amount_micros)) AS leg (account_id, micros)
        ON transfer.entry_number IS NOT NULL
    LEFT JOIN ledger_account AS account ON account.id = leg.account_id
"""
"""A relation for checks of whole apps: by how many micro-units each entry debits each account.

An entry whose transfers are archived has one row, without an account.
"""
