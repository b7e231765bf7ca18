"""Opening balances: what stood in accounts before these books began, read from a CSV file.

    account,currency,amount
    bank,USD,1000.00
    creator:7:payable,USD,250.5

An amount is what stands on the account's own side: 250.5 is what we owe the creator. The other side
is ``opening:<currency>``; for coins it is ``coins:issued``, so that coins in wallets stay the coins
issued.
"""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from takings.core import ids
from takings.core.errors import Invalid, Refusal
from takings.ledger.rules.chart import AccountName, account_kind
from takings.ledger.rules.drafts import EntryDraft, TransferDraft, WrongMoney
from takings.money import Money, NotAnAmount, currency
from takings.money.currency import COIN, MICRO_DIGITS
from takings.money.money import LARGEST, MICROS

KIND = "opening_balance"
COLUMNS = ["account", "currency", "amount"]
MOST_FAULTS_TOLD = 20
_AMOUNT = re.compile(r"(-?)([0-9]{1,13})(?:\.([0-9]+))?", re.ASCII)
_OPENING = "opening:"
_ISSUED = "coins:issued"


class BadOpening(Invalid):
    """Some lines of the file cannot be imported; ``lines`` says which and why."""

    code = "bad_opening"
    sentence = "Nothing was imported. {lines}"


class TooManyDecimals(Invalid):
    """The amount is finer than the books."""

    code = "too_many_decimals"
    sentence = "{given} has more than six decimals."


class AmountTooLarge(Invalid):
    """The amount does not fit an account."""

    code = "amount_too_large"
    sentence = "{given} is more than an account can hold."


class NothingStands(Invalid):
    """A balance of zero."""

    code = "nothing_stands"
    sentence = "“{account}” begins with nothing anyway; leave the line out."


class OtherSide(Invalid):
    """The account is the one against which the others are opened."""

    code = "other_side"
    sentence = "“{account}” is the other side of opening balances and follows from them."


class BelowFloor(Invalid):
    """The account may not begin where it could never go."""

    code = "below_floor"
    sentence = "“{account}” may not be negative; {given} is."


class NamedTwice(Invalid):
    """The account has a line already."""

    code = "named_twice"
    sentence = "“{account}” in {currency} is on line {line} already."


class NotThreeColumns(Invalid):
    """The line has another shape."""

    code = "not_three_columns"
    sentence = "Each line has three columns, and the first says so: account,currency,amount."


@dataclass(frozen=True, slots=True)
class OpeningBalance:
    """One line: what stood in an account, on its own side."""

    account: AccountName
    amount: Money


def read_opening(content: bytes) -> list[OpeningBalance]:
    """Return the lines of the file, in its order. Refuses: BadOpening, naming the faulty lines."""
    found: dict[tuple[str, str], int] = {}
    balances: list[OpeningBalance] = []
    faults: list[str] = []
    for line, cells in _rows(content):
        try:
            opened = _balance(cells)
            key = (opened.account, opened.amount.currency)
            if found.setdefault(key, line) != line:
                raise NamedTwice(account=key[0], currency=key[1], line=found[key])
        except Refusal as refusal:
            faults.append(f"Line {line}: {refusal}")
        else:
            balances.append(opened)
    if faults:
        rest = len(faults) - MOST_FAULTS_TOLD
        more = [f"And {rest} more."] if rest > 0 else []
        raise BadOpening(lines="\n".join(faults[:MOST_FAULTS_TOLD] + more))
    if not balances:
        raise BadOpening(lines="The file holds no balance.")
    return balances


def opening_drafts(
    balances: Iterable[OpeningBalance], *, on: dt.date, policy_version: str
) -> dict[str, EntryDraft]:
    """Return one entry per currency. Its id follows from day and currency, whatever the order."""
    transfers: dict[str, list[TransferDraft]] = {}
    for opened in sorted(balances, key=lambda opened: (opened.amount.currency, opened.account)):
        transfers.setdefault(opened.amount.currency, []).append(_transfer(opened))
    return {
        code: EntryDraft(
            id=ids.derived(KIND, on, code),
            kind=KIND,
            reference=reference_of(on),
            policy_version=policy_version,
            occurred_at=dt.datetime.combine(on, dt.time.min, tzinfo=dt.UTC),
            memo=f"Opening balances in {code}",
            transfers=tuple(moves),
        )
        for code, moves in transfers.items()
    }


def reference_of(on: dt.date) -> str:
    """Return what the entries of this day refer to."""
    return f"opening:{on}"


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each line below the heading with its number; empty lines say nothing."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadOpening(lines="The file is not UTF-8 text.") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = next(rows, [])
        if [cell.strip() for cell in heading] != COLUMNS:
            raise BadOpening(lines=f"Line 1: {NotThreeColumns()}")
        for cells in rows:
            if cells:
                yield rows.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise BadOpening(lines=f"Line {rows.line_num}: {error}.") from None


def _balance(cells: list[str]) -> OpeningBalance:
    if len(cells) != len(COLUMNS):
        raise NotThreeColumns
    account, code, given = cells
    kind = account_kind(account)
    if account.startswith(_OPENING) or account == _ISSUED:
        raise OtherSide(account=account)
    if not kind.holds(currency(code).code):
        raise WrongMoney(account=account, currency=code)
    amount = Money(_micros(given), code)
    if not amount:
        raise NothingStands(account=account)
    if kind.floor_micros is not None and amount.micros < kind.floor_micros:
        raise BelowFloor(account=account, given=given)
    return OpeningBalance(account, amount)


def _micros(given: str) -> int:
    """Read digits, never through a float or a context that rounds."""
    found = _AMOUNT.fullmatch(given)
    if found is None:
        raise NotAnAmount(given=given)
    sign, whole, decimals = found.groups(default="")
    if len(decimals) > MICRO_DIGITS:
        raise TooManyDecimals(given=given)
    micros: int = int(whole) * MICROS + int(decimals.ljust(MICRO_DIGITS, "0"))
    if micros > LARGEST:
        raise AmountTooLarge(given=given)
    return -micros if sign else micros


def _transfer(opened: OpeningBalance) -> TransferDraft:
    code = opened.amount.currency
    other = _ISSUED if code == COIN else f"{_OPENING}{code}"
    grows_by_debit = account_kind(opened.account).side == "debit"
    size = Money(abs(opened.amount.micros), code)
    if grows_by_debit == (opened.amount.micros > 0):
        return TransferDraft(debit=opened.account, credit=other, amount=size)
    return TransferDraft(debit=other, credit=opened.account, amount=size)
