"""Beancount's language (https://beancount.github.io/docs/beancount_language_syntax.html)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from takings.ledger.rules.chart import AccountName
from takings.ledger.rules.plaintext.dialect import OPENING, Dialect, facts_of
from takings.ledger.rules.plaintext.names import to_beancount
from takings.ledger.rules.plaintext.texts import one_line, six_decimals
from takings.ledger.rules.plaintext.values import JournalEntry, Span, Standing


def _commodity(code: str, on: dt.date) -> str:
    return f"{on} commodity {code}\n"


def _account(name: AccountName, currencies: Sequence[str], on: dt.date) -> str:
    return f"{on} open {to_beancount(name)} {','.join(currencies)}\n"


def _opening(on: dt.date) -> str:
    return f'\n{on} * "{OPENING}"\n'


def _posting(moved: Standing) -> str:
    return f"  {to_beancount(moved.account)}  {six_decimals(moved.amount)}\n"


def _entry(entry: JournalEntry) -> str:
    facts = {"number": str(entry.number)} | facts_of(entry)
    lines = "".join(f'  {key}: "{value}"\n' for key, value in facts.items())
    says = entry.says
    return f'\n{entry.on} * "{one_line(says.kind)}" "{one_line(says.memo)}"\n{lines}'


def _closing(standings: Iterable[Standing], span: Span) -> Iterator[str]:
    """Assert the balances with which the next day begins; a tolerance of 0 means to the unit."""
    gap = "\n"
    for standing in standings:
        number, code = six_decimals(standing.amount).split()
        yield f"{gap}{span.end} balance {to_beancount(standing.account)}  {number} ~ 0 {code}\n"
        gap = ""


BEANCOUNT = Dialect(
    preamble="; The journal of Takings for Beancount.\n",
    commodity=_commodity,
    account=_account,
    opening=_opening,
    posting=_posting,
    entry=_entry,
    closing=_closing,
)
