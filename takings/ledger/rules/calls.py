"""A call as columns: thousands of items are arrays, never thousands of objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from takings.core.errors import Invalid
from takings.ledger.rules.chart import AccountName
from takings.ledger.rules.drafts import EntryDraft
from takings.ledger.rules.items import Mode

MOST_ITEMS = 100_000
Integers = NDArray[np.int64]
Ids = NDArray[np.void]
_T = TypeVar("_T")


class CallTooLarge(Invalid):
    """More items than one call takes."""

    code = "call_too_large"
    sentence = "One call takes at most {most} items, {given} were given; split it."


class UnevenColumns(Invalid):
    """The columns of a call do not fit together."""

    code = "uneven_columns"
    sentence = "The column “{column}” has {given} rows where {wanted} are needed."


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Items as columns, and the transfers of all items one after the other.

    ``ids`` are 16 bytes each (:func:`packed_ids`), best from time-ordered UUIDs. ``kinds``,
    ``references``, ``policy_versions``, ``memos``, ``currencies`` and ``occurred_at`` may have one
    row that says the same for all. Accounts are ids (``account_ids``), amounts micro-units.

    ``counts`` are the transfers of each item (one, if left out); ``groups`` are numbers that rise:
    items of one number stand or fall together (each alone, if left out). ``up_to`` marks transfers
    that take what there is, if that is less. ``modes``, ``holds``, ``reverses`` and ``expires_at``
    are for holds and reversals: see :class:`~takings.ledger.rules.items.Mode`.

    Refuses: CallTooLarge, UnevenColumns.
    """

    ids: Ids
    kinds: Sequence[str]
    references: Sequence[str]
    policy_versions: Sequence[str]
    memos: Sequence[str] = ("",)
    occurred_at: Sequence[datetime]
    debits: Integers
    credits: Integers
    amounts: Integers
    currencies: Sequence[str]
    counts: Integers | None = None
    groups: Integers | None = None
    up_to: Sequence[bool] | None = None
    modes: Integers | None = None
    reverses: Sequence[UUID | None] | None = None
    holds: Sequence[UUID | None] | None = None
    expires_at: Sequence[datetime | None] | None = None
    items: Integers = field(init=False)
    positions: Integers = field(init=False)

    def __post_init__(self) -> None:
        """Refuse columns that do not fit, and number the transfers."""
        count, moves = len(self.ids), len(self.amounts)
        if count > MOST_ITEMS:
            raise CallTooLarge(most=MOST_ITEMS, given=count)
        for column in ("kinds", "references", "policy_versions", "memos", "occurred_at"):
            self._check(column, count, may_be_one=True)
        for column in ("groups", "modes", "counts", "reverses", "holds", "expires_at"):
            self._check(column, count)
        for column in ("debits", "credits", "up_to"):
            self._check(column, moves)
        self._check("currencies", moves, may_be_one=True)
        counts = np.ones(count, np.int64) if self.counts is None else self.counts
        if int(counts.sum()) != moves or (count and int(counts.min()) < 1):
            raise UnevenColumns(column="counts", given=int(counts.sum()), wanted=moves)
        items = np.repeat(np.arange(1, count + 1), counts)
        starts = np.cumsum(counts) - counts
        object.__setattr__(self, "counts", counts)
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "positions", np.arange(moves) - np.repeat(starts, counts))

    def _check(self, column: str, wanted: int, *, may_be_one: bool = False) -> None:
        rows: Sequence[Any] | None = getattr(self, column)
        if rows is not None and len(rows) != wanted and not (may_be_one and len(rows) == 1):
            raise UnevenColumns(column=column, given=len(rows), wanted=wanted)


def packed_ids(ids: Sequence[UUID]) -> Ids:
    """Return ids as a column."""
    return np.frombuffer(b"".join(id.bytes for id in ids), dtype="V16")  # noqa: A001 - as everywhere here


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a call as an object: a draft, and in which mode it is asked.

    Of a hold and its ends the draft has one transfer; ``hold`` is the hold that ends.
    """

    draft: EntryDraft
    mode: Mode = Mode.ENTRY
    reverses: UUID | None = None
    hold: UUID | None = None
    expires_at: datetime | None = None


def call_of(
    groups: Sequence[Sequence[Line]], *, accounts: Mapping[tuple[AccountName, str], int]
) -> Call:
    """Return groups of lines as columns; ``accounts`` are ids by name and currency."""
    lines = list(chain.from_iterable(groups))
    drafts = [line.draft for line in lines]
    moves = [move for draft in drafts for move in draft.transfers]
    sizes = [len(group) for group in groups]
    codes = [move.amount.currency for move in moves]
    return Call(
        ids=packed_ids([draft.id for draft in drafts]),
        kinds=[draft.kind for draft in drafts],
        references=[draft.reference for draft in drafts],
        policy_versions=[draft.policy_version for draft in drafts],
        memos=[draft.memo for draft in drafts],
        occurred_at=[draft.occurred_at for draft in drafts],
        debits=integers([accounts[move.debit, move.amount.currency] for move in moves]),
        credits=integers([accounts[move.credit, move.amount.currency] for move in moves]),
        amounts=integers([move.amount.micros for move in moves]),
        currencies=codes,
        counts=integers([len(draft.transfers) for draft in drafts]),
        groups=np.repeat(np.arange(1, len(groups) + 1), sizes),
        up_to=unless_empty([move.up_to for move in moves]),
        modes=integers([line.mode for line in lines]),
        reverses=unless_empty([line.reverses for line in lines]),
        holds=unless_empty([line.hold for line in lines]),
        expires_at=unless_empty([line.expires_at for line in lines]),
    )


def integers(values: Sequence[int]) -> Integers:
    """Return numbers as a column."""
    return np.array(values, dtype=np.int64)


def unless_empty(column: list[_T]) -> list[_T] | None:
    """Return the column, unless it says nothing."""
    return column if any(column) else None
