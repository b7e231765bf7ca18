"""Entries: what was posted, and what touched an account."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, F, Q, Sum, Value, When

from takings.core.errors import NotFound
from takings.ledger.models import Account, Entry, Transfer
from takings.ledger.rules import AccountName, TransferDraft, account_kind
from takings.money import Money


class UnknownEntry(NotFound):
    """No entry has this id."""

    code = "unknown_entry"
    sentence = "There is no entry {entry}."


@dataclass(frozen=True, slots=True)
class EntryView:
    """A posted entry with its transfers, in their order."""

    id: UUID
    number: int
    kind: str
    reference: str
    policy_version: str
    memo: str
    occurred_at: dt.datetime
    posted_at: dt.datetime
    reverses: UUID | None
    reversed_by: UUID | None
    transfers: tuple[TransferDraft, ...]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """What one entry did to one account: ``change`` is positive when the account grew."""

    entry_id: UUID
    number: int
    kind: str
    reference: str
    policy_version: str
    memo: str
    occurred_at: dt.datetime
    posted_at: dt.datetime
    change: Money


def entry(*, id: UUID) -> EntryView:  # noqa: A002 - everywhere here an entry's id is called id
    """Return the entry, or refuse with :class:`UnknownEntry`."""
    row = Entry.objects.select_related("reversed_by").filter(id=id).first()
    if row is None:
        raise UnknownEntry(entry=id)
    moves = (
        Transfer.objects.filter(entry_id=id)
        .order_by("position")
        .values_list("debit__name", "credit__name", "amount_micros", "currency")
    )
    undone_by: Entry | None = getattr(row, "reversed_by", None)
    return EntryView(
        id=row.id,
        number=row.number,
        kind=row.kind,
        reference=row.reference,
        policy_version=row.policy_version,
        memo=row.memo,
        occurred_at=row.occurred_at,
        posted_at=row.posted_at,
        reverses=row.reverses_id,
        reversed_by=undone_by.id if undone_by else None,
        transfers=tuple(
            TransferDraft(debit=debit, credit=credit, amount=Money(micros, code))
            for debit, credit, micros, code in moves
        ),
    )


def transfer_rows(entries: Sequence[Entry]) -> dict[UUID, list[tuple[str, str, str, int]]]:
    """Return each entry's transfers, in their order, as (debit, credit, currency, micro-units)."""
    moves: dict[UUID, list[tuple[str, str, str, int]]] = {}
    rows = (
        Transfer.objects.filter(entry__in=entries)
        .order_by("entry_id", "position")
        .values_list("entry_id", "debit__name", "credit__name", "currency", "amount_micros")
    )
    for entry_id, debit, credit, code, micros in rows.iterator(chunk_size=5_000):
        moves.setdefault(entry_id, []).append((debit, credit, code, micros))
    return moves


def entries_touching(
    *, account: AccountName, before: int | None = None, limit: int = 50
) -> list[AccountLine]:
    """Return what happened to an account, newest first; ``before`` is the last ``number`` seen.

    A page ends with a whole entry, so it may be longer than ``limit`` by an entry's currencies.
    """
    side = account_kind(account).side
    ids = list(Account.objects.filter(name=account).values_list("id", flat=True))
    grows = Q(credit_id__in=ids) if side == "credit" else Q(debit_id__in=ids)
    lines = (
        Transfer.objects.filter(Q(debit_id__in=ids) | Q(credit_id__in=ids))
        .filter(Q() if before is None else Q(entry__number__lt=before))
        .values("entry_id", "currency", *(f"entry__{field}" for field in _LINE_FIELDS))
        .annotate(
            change=Sum(
                Case(When(grows, then=F("amount_micros")), default=-F("amount_micros")),
                default=Value(0),
            )
        )
        .order_by("-entry__number", "currency")
    )
    page = list(lines[:limit])
    if len(page) == limit:
        number, code = page[-1]["entry__number"], page[-1]["currency"]
        page += lines.filter(entry__number=number, currency__gt=code)
    return [
        AccountLine(
            entry_id=line["entry_id"],
            change=Money(int(line["change"]), line["currency"]),
            **{field: line[f"entry__{field}"] for field in _LINE_FIELDS},
        )
        for line in page
    ]


_LINE_FIELDS = (
    "number",
    "kind",
    "reference",
    "policy_version",
    "memo",
    "occurred_at",
    "posted_at",
)


def credits_of(*, entry_ids: Collection[UUID]) -> dict[UUID, dict[tuple[AccountName, str], int]]:
    """Return how many micro-units each entry credited to each (account, currency)."""
    sums: dict[UUID, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    rows = Transfer.objects.filter(entry_id__in=entry_ids).values_list(
        "entry_id", "credit__name", "currency", "amount_micros"
    )
    for entry_id, name, code, micros in rows.iterator(chunk_size=5_000):
        sums[entry_id][name, code] += micros
    return {entry_id: dict(credits_) for entry_id, credits_ in sums.items()}


def policy_versions() -> dict[str, UUID]:
    """Return every policy version the books name, each with one entry that names it."""
    rows = Entry.objects.order_by("policy_version", "number").distinct("policy_version")
    return dict(rows.values_list("policy_version", "id"))
