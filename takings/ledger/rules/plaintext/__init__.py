"""The journal as text that programs of plain-text accounting read: hledger and Beancount.

A transfer of $4.25 from an advertiser's reserved money into a pool becomes two postings:

    liabilities:pool:feed_ads:DE:2026-11      -4.250000 USD
    liabilities:advertiser:7:reserved          4.250000 USD

Both programs write debits as plus and credits as minus, so what we owe stands there below zero.
"""

from takings.ledger.rules.plaintext.beancount import BEANCOUNT
from takings.ledger.rules.plaintext.dialect import Dialect
from takings.ledger.rules.plaintext.hledger import HLEDGER
from takings.ledger.rules.plaintext.names import (
    from_beancount,
    from_hledger,
    to_beancount,
    to_hledger,
)
from takings.ledger.rules.plaintext.texts import one_line, six_decimals
from takings.ledger.rules.plaintext.values import JournalEntry, Span, Standing
from takings.ledger.rules.plaintext.writing import Books, write_journal

DIALECTS = {"beancount": BEANCOUNT, "hledger": HLEDGER}

__all__ = [
    "BEANCOUNT",
    "DIALECTS",
    "HLEDGER",
    "Books",
    "Dialect",
    "JournalEntry",
    "Span",
    "Standing",
    "from_beancount",
    "from_hledger",
    "one_line",
    "six_decimals",
    "to_beancount",
    "to_hledger",
    "write_journal",
]
