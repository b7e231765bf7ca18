"""Writing a journal, line by line: no more of it is ever in memory than one entry."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from operator import attrgetter

from takings.ledger.rules.plaintext.dialect import Dialect
from takings.ledger.rules.plaintext.values import JournalEntry, Span, Standing


@dataclass(frozen=True, slots=True)
class Books:
    """What is written: each part is read once, in this order.

    ``accounts`` are all accounts that appear, by name, with their currencies; ``opening`` and
    ``closing`` say what stands in them before and after the entries.
    """

    accounts: Iterable[Standing]
    opening: Iterable[Standing]
    entries: Iterable[JournalEntry]
    closing: Iterable[Standing]


def write_journal(books: Books, *, dialect: Dialect, span: Span) -> Iterator[str]:
    """Yield the journal as whole lines: declarations, opening, entries, closing assertions."""
    yield dialect.preamble
    yield from _declarations(books.accounts, dialect=dialect, span=span)
    yield from _opening(books.opening, dialect=dialect, span=span)
    for entry in books.entries:
        yield dialect.entry(entry) + "".join(map(dialect.posting, _moved(entry)))
    yield from dialect.closing(books.closing, span)


def _declarations(accounts: Iterable[Standing], *, dialect: Dialect, span: Span) -> Iterator[str]:
    known: set[str] = set()
    for name, standings in groupby(accounts, key=attrgetter("account")):
        currencies = [standing.amount.currency for standing in standings]
        for code in currencies:
            if code not in known:
                yield dialect.commodity(code, span.first)
        known.update(currencies)
        yield dialect.account(name, currencies, span.first)


def _opening(standings: Iterable[Standing], *, dialect: Dialect, span: Span) -> Iterator[str]:
    """Carry the balances forward; books in balance carry a balanced entry forward."""
    rest = (standing for standing in standings if standing.amount)
    for first in rest:
        yield dialect.opening(span.first)
        yield from map(dialect.posting, chain([first], rest))


def _moved(entry: JournalEntry) -> Iterator[Standing]:
    """Turn each transfer into its two postings: the debit is plus, the credit minus."""
    for transfer in entry.says.transfers:
        yield Standing(transfer.debit, transfer.amount)
        yield Standing(transfer.credit, -transfer.amount)
