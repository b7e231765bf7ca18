"""A file of voucher codes: a CSV table, all of its lines or none.

    code,value,currency,countries,shop,terms_url,expires_on,price
    TH-7KQ4-M9ZT,20,EUR,DE AT,Threadhouse,https://threadhouse.example/terms,2027-12-31,

``countries`` are apart by spaces, none means everywhere; without a ``price`` it is the value.
"""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from takings.core.errors import Invalid, Refusal
from takings.money import Money
from takings.money.currency import COIN

COLUMNS = ("code", "value", "currency", "countries", "shop", "terms_url", "expires_on")
MOST_LINES, MOST_BYTES, MOST_TOLD = 5_000, 1_000_000, 20
LONGEST_URL, LONGEST_SHOP, LONGEST_COUNTRIES = 300, 40, 400
_CODE = re.compile(r"[\x21-\x7e]{6,64}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class BadVoucherFile(Invalid):
    """Some lines of the file cannot be loaded; ``told`` says which and why."""

    code = "bad_voucher_file"
    sentence = "Nothing was loaded. {told}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What all vouchers of one kind have in common; countries are sorted, none means everywhere."""

    shop: str
    value: Money
    price: Money
    countries: tuple[str, ...]
    terms_url: str
    expires_on: dt.date


@dataclass(frozen=True, slots=True)
class Line:
    """A code, what it is worth where, and on which line of the file it stands."""

    number: int
    code: str
    terms: Terms


def read_vouchers(content: bytes, *, today: dt.date) -> tuple[Line, ...]:
    """Return all lines. Refuses: BadVoucherFile, with every line that is wrong."""
    faults: list[str] = []
    found: list[Line] = []
    numbers: dict[str, int] = {}
    for number, row in _rows(content):
        try:
            line = Line(number, _code(row["code"]), _terms(row, today=today))
        except Refusal as refusal:
            faults.append(f"Line {number}: {refusal}")
            continue
        first = numbers.setdefault(line.code, number)
        if first != number:
            faults.append(f"Line {number}: the code is that of line {first}.")
        found.append(line)
    refuse(faults)
    return tuple(found)


def refuse(faults: list[str]) -> None:
    """Refuse with BadVoucherFile if there are any faults; the first ones are told."""
    if not faults:
        return
    more = len(faults) - MOST_TOLD
    told = [*faults[:MOST_TOLD], *([f"And {more} more."] if more > 0 else [])]
    raise BadVoucherFile(told=" ".join(told))


def shop_slug(shop: str) -> str:
    """Return what a shop is called in the books.

    >>> shop_slug("Café Größe & Co.")
    'cafe-groe-co'
    """
    plain = unicodedata.normalize("NFKD", shop).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


class _Wrong(Invalid):
    """One cell of a line."""

    code = "wrong_voucher_line"
    sentence = "{why}"


def _rows(content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    if len(content) > MOST_BYTES:
        refuse([f"The file is larger than {MOST_BYTES:,} bytes; load it in parts."])
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error):
        raise BadVoucherFile(told="It is no CSV file in UTF-8.") from None
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        refuse([f"The first line lacks {', '.join(missing)}."])
    if not 0 < len(rows) <= MOST_LINES:
        refuse([f"It has {len(rows):,} codes; between 1 and {MOST_LINES:,} are loaded at a time."])
    for number, row in rows:
        whole = {name: value.strip() for name, value in row.items() if isinstance(value, str)}
        yield number, {name: whole.get(name, "") for name in (*COLUMNS, "price")}


def _code(given: str) -> str:
    if _CODE.fullmatch(given) is None:
        raise _Wrong(why="A code has 6 to 64 letters, digits or signs, and no spaces.")
    return given


def _terms(row: Mapping[str, str], *, today: dt.date) -> Terms:
    value = _amount(row["value"], row["currency"].upper())
    return Terms(
        shop=_shop(row["shop"]),
        value=value,
        price=_amount(row["price"], value.currency) if row["price"] else value,
        countries=_countries(row["countries"]),
        terms_url=_url(row["terms_url"]),
        expires_on=_day(row["expires_on"], today=today),
    )


def _amount(given: str, currency: str) -> Money:
    amount = Money.parse(given, currency)
    if currency == COIN or amount <= Money.zero(currency) or amount.split_payable()[1]:
        raise _Wrong(why=f"“{given} {currency}” is no amount of money in whole cents.")
    return amount


def _shop(given: str) -> str:
    if not shop_slug(given) or len(given) > LONGEST_SHOP:
        raise _Wrong(why=f"A shop is named in Latin letters, at most {LONGEST_SHOP} of them.")
    return given


def _countries(given: str) -> tuple[str, ...]:
    countries = tuple(sorted(set(given.upper().split())))
    if len(" ".join(countries)) > LONGEST_COUNTRIES or not all(map(_COUNTRY.fullmatch, countries)):
        raise _Wrong(why="Countries are two letters each, apart by spaces: DE AT.")
    return countries


def _url(given: str) -> str:
    try:
        parts = urlsplit(given)
    except ValueError:
        raise _Wrong(why=f"“{given}” is no address of a page.") from None
    if parts.scheme != "https" or not parts.hostname or len(given) > LONGEST_URL:
        raise _Wrong(why="The terms are a page whose address begins with https://.")
    return given


def _day(given: str, *, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(given)
    except ValueError:
        raise _Wrong(why=f"“{given}” is no day; write it like 2027-12-31.") from None
    if day <= today:
        raise _Wrong(why=f"It ended on {day}, or ends today.")
    return day
