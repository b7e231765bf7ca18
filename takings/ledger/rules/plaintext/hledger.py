"""hledger's journal format (https://hledger.org/hledger.html, “Journal”)."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from takings.ledger.rules.chart import AccountName
from takings.ledger.rules.plaintext.dialect import CLOSING, OPENING, Dialect, facts_of
from takings.ledger.rules.plaintext.names import to_hledger
from takings.ledger.rules.plaintext.texts import one_line, six_decimals
from takings.ledger.rules.plaintext.values import JournalEntry, Span, Standing
from takings.money import Money


def _commodity(code: str, _: dt.date) -> str:
    return f"commodity 1000.000000 {code}\n"


def _account(name: AccountName, _currencies: Sequence[str], _on: dt.date) -> str:
    return f"account {to_hledger(name)}\n"


def _opening(on: dt.date) -> str:
    return f"\n{on} * {OPENING}\n"


def _posting(moved: Standing) -> str:
    """Two spaces end the account's name."""
    return f"    {to_hledger(moved.account)}  {six_decimals(moved.amount)}\n"


def _entry(entry: JournalEntry) -> str:
    says = entry.says
    told = one_line(says.kind) + (f" | {one_line(says.memo)}" if says.memo else "")
    lines = "".join(f"    ; {tag}:{value}\n" for tag, value in facts_of(entry).items())
    return f"\n{entry.on} * ({entry.number}) {told}\n{lines}"


def _closing(standings: Iterable[Standing], span: Span) -> Iterator[str]:
    """Move nothing and assert everything."""
    head = f"\n{span.last} * {CLOSING}\n"
    for standing in standings:
        nothing = _posting(Standing(standing.account, Money.zero(standing.amount.currency)))
        yield f"{head}{nothing.rstrip()} = {six_decimals(standing.amount)}\n"
        head = ""


HLEDGER = Dialect(
    preamble="; The journal of Takings for hledger.\ndecimal-mark .\n",
    commodity=_commodity,
    account=_account,
    opening=_opening,
    posting=_posting,
    entry=_entry,
    closing=_closing,
)
