"""What a check of the books is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from takings.ledger.rules.stretches import Scope

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken invariant: which law, which row (``table:id``), and what is wrong with it."""

    invariant: str
    row: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant of the books: its sentence, and the search for rows that break it.

    ``find`` yields findings; it is given a callable to be told of rows done and rows in all.
    """

    invariant: str
    find: Callable[[Tell], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class GrowingCheck:
    """An invariant of rows that grow with the journal: ``find`` looks at those of a scope."""

    invariant: str
    find: Callable[[Tell, Scope], Iterable[Finding]]

    def within(self, scope: Scope) -> Check:
        """Return the check of that scope."""
        return Check(self.invariant, lambda tell: self.find(tell, scope))
