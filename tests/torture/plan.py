"""What clients ask of the books: a plan that follows from a seed alone, operation by operation.

Every operation has dice of its own, so a shorter plan, or one of fewer clients, asks the
same things: that is what lets a failure be shrunk.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self
from uuid import UUID

from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from tests.make.ledger import POLICY
from tests.make.people import NOON

SHARED = 0  # the stream of operations that every client asks, at about the same moment
SHARED_SHARE = 0.15
LIMITED = ("creator:2:payable", "creator:2:pending")  # the second has lanes
LIMIT_MICROS = 60
CLOSED_NOW_AND_THEN = "rights:now-and-then"
FEW = (
    *("bank", "advertiser:1:prepaid", "advertiser:2:prepaid", "creator:1:payable"),
    *("creator:1:pending", "coins:liability"),  # with lanes and a floor
    *("platform:fees", "platform:revenue:ads", "provider:p"),  # with lanes and without a floor
    *LIMITED,
    CLOSED_NOW_AND_THEN,
)
COINS = ("coins:issued", "viewer:1:coins", "viewer:2:coins")
MANY = (*FEW, *(f"advertiser:{number}:prepaid" for number in range(100, 180)))


class Deed(StrEnum):
    """By which action an operation is asked."""

    POST = "post"
    EACH = "each"
    COLUMNS = "columns"
    GROUPED = "grouped"
    WITHIN = "within"  # a larger transaction, which is sometimes rolled back on purpose
    HOLD = "hold"
    POST_HOLD = "post_hold"
    VOID_HOLD = "void_hold"
    EXPIRE = "expire"
    REVERSE = "reverse"
    CLOSE = "close"
    REOPEN = "reopen"


REMEMBERING = {Deed.EACH, Deed.COLUMNS, Deed.GROUPED}  # a refused id stays refused
WEIGHTS = {
    Deed.POST: 20,
    Deed.EACH: 18,
    Deed.COLUMNS: 10,
    Deed.GROUPED: 6,
    Deed.WITHIN: 8,
    Deed.HOLD: 13,
    Deed.POST_HOLD: 8,
    Deed.VOID_HOLD: 5,
    Deed.EXPIRE: 3,
    Deed.REVERSE: 8,
    Deed.CLOSE: 2,
    Deed.REOPEN: 2,
}


class Mishap(StrEnum):
    """What befalls a client at its own hand while it asks."""

    CUT_BEFORE_COMMIT = "cut_before_commit"
    CUT_AFTER_COMMIT = "cut_after_commit"
    STATEMENT_TIMEOUT = "statement_timeout"
    LOCK_TIMEOUT = "lock_timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing to ask. ``target`` is the hold that ends or the entry that is undone, by ``id``."""

    number: int
    deed: Deed
    at: dt.datetime
    groups: tuple[tuple[EntryDraft, ...], ...] = ()
    id: UUID
    target: UUID
    amount: Money | None = None
    expires_at: dt.datetime | None = None
    mishap: Mishap | None = None
    after_ms: int = 0
    is_given_up: bool = False

    @property
    def drafts(self) -> list[EntryDraft]:
        """The drafts of all groups."""
        return [draft for group in self.groups for draft in group]


def plan(*, seed: int, client: int, count: int) -> list[Operation]:
    """Return what a client asks, in order; clients are numbered from 1."""
    return [_operation(seed, client, number) for number in range(count)]


def _operation(seed: int, client: int, number: int) -> Operation:
    own = _Dice.of(seed, client, number)
    shared = _Dice.of(seed, SHARED, number)
    is_shared = shared.roll.random() < SHARED_SHARE
    operation = (shared if is_shared else own).operation()
    if is_shared and operation.deed in {Deed.POST, Deed.EACH, Deed.COLUMNS}:
        deeds = [Deed.POST] if len(operation.groups) == 1 else []
        deed = own.roll.choice([*deeds, Deed.EACH, Deed.COLUMNS])
        operation = replace(operation, deed=deed)
    mishap = own.roll.choice(list(Mishap)) if own.roll.random() < 0.2 else None
    return replace(operation, mishap=mishap, after_ms=own.roll.randint(1, 12))


@dataclass(frozen=True)
class _Dice:
    """What one operation of one stream of clients is drawn with."""

    seed: int
    stream: int
    number: int
    roll: random.Random

    @classmethod
    def of(cls, seed: int, stream: int, number: int) -> Self:
        roll = random.Random(f"{seed}:{stream}:{number}")  # noqa: S311 - a story, not a secret
        roll.random()
        return cls(seed, stream, number, roll)

    def operation(self) -> Operation:
        [deed] = self.roll.choices(list(WEIGHTS), list(WEIGHTS.values()))
        operation = Operation(
            number=self.number,
            deed=deed,
            at=self._at(),
            id=self._id(0),
            target=self._earlier(),
            is_given_up=self.roll.random() < 0.5,
        )
        if deed is Deed.HOLD:
            late = self._at(self.roll.randint(1, 30))
            expires = self.roll.choice([None, late])
            group = [self._draft(0, transfers=1, may_sweep=False)]
            return replace(operation, groups=(tuple(group),), expires_at=expires)
        if deed is Deed.POST_HOLD:
            part = self.roll.choice([None, Money(self.roll.randint(1, 15), "USD")])
            return replace(operation, amount=part)
        return replace(operation, groups=tuple(self._groups(deed)))

    def _groups(self, deed: Deed) -> Iterator[tuple[EntryDraft, ...]]:
        sizes = {
            Deed.POST: [self.roll.randint(1, 3)],
            Deed.WITHIN: [self.roll.randint(1, 2)],
            Deed.EACH: [self.roll.choice([1, 1, 2, 3]) for _ in range(self.roll.randint(1, 6))],
            Deed.GROUPED: [self.roll.randint(1, 2) for _ in range(self.roll.randint(2, 4))],
            Deed.COLUMNS: [1] * self.roll.choice([5, 12, 20, 90, 120]),
        }.get(deed, [])
        number = 0
        for size in sizes:
            drafts = [self._draft(number + n, many=sum(sizes) > 64) for n in range(size)]
            number += size
            if number == size and deed is Deed.EACH and self.roll.random() < 0.1:
                before = max(0, self.number - 1)
                key = _id_of(seed=self.seed, stream=self.stream, operation=before)
                is_own = self.stream != SHARED  # nobody else asks it at this moment
                drafts[0] = replace(drafts[0], id=key) if is_own else drafts[0]
            yield tuple(drafts)

    def _draft(
        self,
        number: int,
        *,
        transfers: int | None = None,
        may_sweep: bool = True,
        many: bool = False,
    ) -> EntryDraft:
        count = transfers or self.roll.choice([1, 1, 1, 2, 3])
        return EntryDraft(
            id=self._id(number),
            kind="paid",
            reference=f"plan:{self.stream}:{self.number}:{number}",
            policy_version=POLICY,
            occurred_at=self._at(),
            memo="",
            transfers=tuple(self._transfer(may_sweep=may_sweep, many=many) for _ in range(count)),
        )

    def _transfer(self, *, may_sweep: bool, many: bool) -> TransferDraft:
        coins = self.roll.random() < 0.08
        debit, credit = self.roll.sample(COINS if coins else MANY if many else FEW, 2)
        micros = self.roll.choice([1, 2, 3, 5, 8, self.roll.randint(10, 50)])
        sweeps = may_sweep and self.roll.random() < 0.1
        return TransferDraft(debit, credit, Money(micros, "COIN" if coins else "USD"), sweeps)

    def _id(self, number: int) -> UUID:
        return _id_of(seed=self.seed, stream=self.stream, operation=self.number, number=number)

    def _earlier(self) -> UUID:
        """Return the first id of an operation that this stream, or another one, asked before."""
        stream = self.roll.choice([self.stream, self.stream, SHARED])
        before = max(0, self.number - self.roll.randint(1, 8))
        return _id_of(seed=self.seed, stream=stream, operation=before)

    def _at(self, later_s: int = 0) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.number + later_s)


def _id_of(*, seed: int, stream: int, operation: int, number: int = 0) -> UUID:
    """Return an id that rises with the operations of a stream, as time-ordered ids do."""
    return UUID(int=(seed % 2**40) << 88 | operation << 56 | stream << 32 | number + 1)
