"""What the two programs have in common: a journal is declarations, entries and assertions."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from takings.ledger.rules.chart import AccountName
from takings.ledger.rules.plaintext.texts import one_line, stamp
from takings.ledger.rules.plaintext.values import JournalEntry, Span, Standing

OPENING = "Opening balances"
CLOSING = "Closing balances"


def facts_of(entry: JournalEntry) -> dict[str, str]:
    """Return what a journal says of an entry beside its kind, its memo and its number.

    Quotes and backslashes never reach a text: they are percent-encoded.
    """
    says = entry.says
    facts = {
        "id": str(says.id),
        "reference": one_line(says.reference),
        "policy": one_line(says.policy_version),
        "occurred": stamp(says.occurred_at),
        "posted": stamp(entry.posted_at),
    }
    return facts | ({"reverses": str(entry.reverses)} if entry.reverses else {})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one program writes each thing; every function returns whole lines.

    ``commodity`` is given a currency, ``account`` an account with its currencies, both with the
    day from which they exist. ``closing`` yields what makes the program compare its own balances
    at the end of the span with ours, to the micro-unit.
    """

    preamble: str
    commodity: Callable[[str, dt.date], str]
    account: Callable[[AccountName, Sequence[str], dt.date], str]
    opening: Callable[[dt.date], str]
    posting: Callable[[Standing], str]
    entry: Callable[[JournalEntry], str]
    closing: Callable[[Iterable[Standing], Span], Iterable[str]]
