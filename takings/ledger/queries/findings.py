"""What a check of the books is, and what it finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


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
    find: Callable[[Callable[[int, int], None]], Iterable[Finding]]
