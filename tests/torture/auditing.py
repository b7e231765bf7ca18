"""What must be true after a round, whatever befell it: all that was told, and nothing else."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from takings.ledger.actions import account_ids
from takings.ledger.actions.terms import set_limit
from takings.ledger.models import (
    Account,
    Entry,
    Hold,
    HoldEnd,
    LedgerRefusal,
    Posting,
    Standing,
    Transfer,
)
from takings.ledger.queries import check_books
from takings.ledger.rules import EntryDraft, Outcome
from takings.ledger.rules.outcomes import OF_NUMBER
from takings.money import Money
from tests.make.people import NOON
from tests.torture import replay
from tests.torture.asking import VOID, Told, ask
from tests.torture.client import EXPECTED, Line
from tests.torture.plan import (
    CLOSED_NOW_AND_THEN,
    LIMIT_MICROS,
    LIMITED,
    REMEMBERING,
    Deed,
    Operation,
)

STANDS = {str(outcome) for outcome in Outcome if outcome.stands}
MEMORABLE = {str(outcome) for outcome in Outcome if outcome.is_remembered}
TOLD_TO_STAND = {*STANDS, str(Outcome.SAME_ID_OTHER_CONTENT)}
FORBIDDEN = {"40P01", "40001"}  # deadlock, serialization failure: never for a client
TABLES = (Posting, Entry, Transfer, Standing, Hold, HoldEnd, LedgerRefusal)


@dataclass(frozen=True, slots=True)
class Life:
    """What a client asked, and its diary."""

    client: int
    operations: Sequence[Operation]
    lines: Sequence[Line]

    def told(self) -> Iterator[tuple[Operation, Told]]:
        """Yield every answer, in the order in which they came."""
        for line in self.lines:
            if line.told is not None:
                yield self.operations[line.number], line.told


def audit_round(lives: Sequence[Life]) -> Iterator[str]:
    """Yield what is wrong with the books and with what the clients were told."""
    yield from _failures(lives)
    yield from (f"check_books: {finding}" for finding in check_books())
    yield from replay.audit()
    books = _Books.read()
    yield from books.check_ids()
    yield from books.check_words(lives)
    yield from books.check_content(lives)
    yield from books.check_notes(lives)
    yield from _asked_again(lives)


def _failures(lives: Sequence[Life]) -> Iterator[str]:
    for life in lives:
        for line in life.lines:
            if line.failed is not None and line.failed not in EXPECTED:
                word = "FORBIDDEN" if line.failed in FORBIDDEN else "unexpected"
                deed = life.operations[line.number].deed
                yield f"{word} {line.failed} in {deed} {life.client}:{line.number}: {line.why}"
        answered = {line.number for line in life.lines if line.told is not None}
        for operation in life.operations:
            if operation.number not in answered:
                yield f"client {life.client} never got an answer to {operation.number}"


@dataclass(frozen=True, slots=True)
class _Books:
    """What stands in the books, by id."""

    entries: Mapping[str, Sequence[tuple[str, str, int]]]
    references: Mapping[str, str]
    holds: set[str]
    ends: Mapping[str, str]
    refusals: Mapping[str, str]
    notes: set[str]

    @classmethod
    def read(cls) -> "_Books":
        names = dict(Account.objects.values_list("id", "name"))
        found = [row for row in replay.rows() if row.item.mode.name in {"ENTRY", "POST_HOLD"}]
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM torture_note")
            notes = {key.hex for (key,) in cursor.fetchall()}
        return cls(
            entries={
                row.item.id.hex: [
                    (names[x.debit], names[x.credit], x.amount) for x in row.item.legs
                ]
                for row in found
            },
            references={row.item.id.hex: str(row.item.content[1]) for row in found},
            holds={key.hex for key in Hold.objects.values_list("id", flat=True)},
            ends={key.hex: word for key, word in HoldEnd.objects.values_list("hold_id", "outcome")},
            refusals={
                key.hex: str(OF_NUMBER[code])
                for key, code in LedgerRefusal.objects.values_list("id", "code")
            },
            notes=notes,
        )

    def check_ids(self) -> Iterator[str]:
        """Hold that an id is one thing: an entry, a hold, or refused."""
        yield from (f"{key} is an entry and a hold" for key in self.entries.keys() & self.holds)
        stands = self.entries.keys() | self.holds
        yield from (f"{key} stands and is refused" for key in stands & self.refusals.keys())

    def check_words(self, lives: Sequence[Life]) -> Iterator[str]:
        """Hold that what was told to stand is there, once, and what was refused is not."""
        words = [(op, *pair) for life in lives for op, said in life.told() for pair in said]
        plain = [(key, word) for _, key, word in words if not word.startswith(VOID)]
        stands = self.entries.keys() | self.holds
        posted = Counter(key for key, word in plain if word == Outcome.POSTED)
        told_to_stand = {key for key, word in plain if word in TOLD_TO_STAND}
        yield from (f"{key} was posted {n} times" for key, n in posted.items() if n > 1)
        yield from (f"{key} was told to stand and is gone" for key in told_to_stand - stands)
        refused = {key for key, _ in plain} - told_to_stand
        yield from (f"{key} was refused and is there" for key in refused & stands)
        for _, key, word in words:
            if word.startswith(VOID) and self.ends.get(key) != "voided":
                yield f"hold {key} was told {word} and is {self.ends.get(key)}"
        yield from self._check_memory(
            {(key, word) for op, key, word in words if op.deed in REMEMBERING}
        )

    def _check_memory(self, told: set[tuple[str, str]]) -> Iterator[str]:
        """Hold that a refused id stays refused, for the reason that was told first."""
        stands = self.entries.keys() | self.holds
        for key, word in told:
            if _is_remembered(word) and (self.refusals.get(key) != word or key in stands):
                yield f"{key} was told {word} and is {self.refusals.get(key)}, {key in stands}"

    def check_content(self, lives: Sequence[Life]) -> Iterator[str]:
        """Hold that an entry says what was asked under its id."""
        for life in lives:
            for draft in (draft for op in life.operations for draft in op.drafts):
                key = draft.id.hex
                if self.references.get(key) == draft.reference and not _says(
                    draft, self.entries[key]
                ):
                    yield f"{key} says {self.entries[key]} instead of {draft.transfers}"

    def check_notes(self, lives: Sequence[Life]) -> Iterator[str]:
        """Hold that a larger transaction is there as a whole or not at all."""
        for life in lives:
            for operation in life.operations:
                keys = {draft.id.hex: draft.reference for draft in operation.drafts}
                posted = self.references.items() & keys.items()  # the id may be used for others
                there = len(posted), len(keys.keys() & self.notes)
                if operation.deed is not Deed.WITHIN or there == (0, 0):
                    continue
                if operation.is_given_up or there != (len(keys), len(keys)):
                    yield f"{life.client}:{operation.number} left {there} of {len(keys)}"


def _says(draft: EntryDraft, legs: Sequence[tuple[str, str, int]]) -> bool:
    return len(legs) == len(draft.transfers) and all(
        (debit, credit) == (move.debit, move.credit)
        and (micros == move.amount.micros or (move.up_to and 0 < micros < move.amount.micros))
        for (debit, credit, micros), move in zip(legs, draft.transfers, strict=True)
    )


def _asked_again(lives: Sequence[Life]) -> Iterator[str]:
    """Ask everything again that has a lasting answer: it is the same, and changes nothing."""
    before = _sizes()
    uses = {
        (draft.id.hex, draft.reference) for x in lives for o in x.operations for draft in o.drafts
    }
    reused = {key for key, n in Counter(key for key, _ in uses).items() if n > 1}
    for life in lives:
        last = {operation.number: (operation, told) for operation, told in life.told()}
        for operation, told in last.values():
            lasts = operation.deed in REMEMBERING or {word for _, word in told} <= STANDS
            if lasts and not _follows(told, found := ask(operation), reused):
                yield f"{life.client}:{operation.number} was told {told}, and then {found}"
    if _sizes() != before:
        yield f"asking again changed the books from {before} to {_sizes()}"


def _follows(told: Told, found: Told, reused: set[str]) -> bool:
    """Tell whether a second answer follows from the first; ids of a fallen group are free again."""
    return len(told) == len(found) and all(
        (key == same and again == (Outcome.ALREADY_POSTED if word in STANDS else word))
        or (word == Outcome.LINKED_FAILED and key in reused)
        for (key, word), (same, again) in zip(told, found, strict=True)
    )


def _is_remembered(word: str) -> bool:
    return word in MEMORABLE


def _sizes() -> list[int]:
    return [table.objects.count() for table in TABLES]


def prepare() -> None:
    """Set the limits that hold for a round."""
    for name in LIMITED:
        limit = Money(LIMIT_MICROS, "USD")
        account_ids([(name, "USD")])
        set_limit(name=name, currency="USD", limit=limit, reason="torture", at=NOON)
    account_ids([(CLOSED_NOW_AND_THEN, "USD")])


def write_report(*, home: Path, lives: Sequence[Life]) -> None:
    """Write what happened and what is wrong where the process that waits can read it."""
    words = Counter(word for life in lives for _, told in life.told() for _, word in told)
    failed = Counter(line.failed for life in lives for line in life.lines if line.failed)
    wrong = list(audit_round(lives))
    answered = sum(1 for life in lives for _ in life.told())
    report = {"operations": answered, "answers": words, "failures": failed, "wrong": wrong}
    (home / "report.json").write_text(json.dumps(report))
