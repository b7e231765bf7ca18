"""What an invoice says, frozen as one text: its SHA-256 is printed on it."""

import datetime as dt
import hashlib
from typing import Literal

import msgspec

from takings.money import Money

Kind = Literal["invoice", "receipt", "credit_note", "self_billed"]
_LETTERS: dict[Kind, str] = {"invoice": "", "receipt": "R", "credit_note": "C", "self_billed": "S"}


class Party(msgspec.Struct, frozen=True):
    """Seller or customer, as printed; ``address`` has its lines."""

    name: str
    address: str
    country: str
    tax_id: str = ""


class InvoicedLine(msgspec.Struct, frozen=True):
    """One line: what was sold, how much of it, and its amounts in micro-units."""

    what: str
    quantity: str
    net: int
    tax_bp: int
    tax: int
    gross: int


class TaxSum(msgspec.Struct, frozen=True):
    """The lines of one rate together."""

    name: str
    jurisdiction: str
    tax_bp: int
    net: int
    tax: int


class Invoiced(msgspec.Struct, frozen=True):
    """All that an invoice says; every amount is whole payable units, in micro-units.

    ``corrects`` is the code of the invoice that a credit note takes back, ``evidence`` is how the
    customer's country was told (Implementing Regulation 282/2011, article 24f).
    """

    code: str
    kind: Kind
    issued_on: dt.date
    supplied: str
    seller: Party
    customer: Party
    currency: str
    lines: tuple[InvoicedLine, ...]
    taxes: tuple[TaxSum, ...]
    net: int
    tax: int
    gross: int
    notes: tuple[str, ...]
    evidence: tuple[str, ...]
    corrects: str = ""
    reason: str = ""

    def money(self, micros: int) -> Money:
        """Return so many micro-units in the invoice's currency."""
        return Money(micros, self.currency)

    def canonical(self) -> bytes:
        """Return the content as JSON, its fields in the order above."""
        return msgspec.json.encode(self)

    def digest(self) -> str:
        """Return the SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.canonical()).hexdigest()


def read_invoiced(content: str) -> Invoiced:
    """Return what a stored text says."""
    return msgspec.json.decode(content, type=Invoiced)


def series_of(*, kind: Kind, year: int) -> str:
    """Return the series of a kind and year: invoices, receipts and credit notes count apart.

    >>> series_of(kind="invoice", year=2026), series_of(kind="credit_note", year=2026)
    ('2026', 'C2026')
    """
    return f"{_LETTERS[kind]}{year}"


def supplier_series(*, supplier: int) -> str:
    """Return the series of invoices that we write in a supplier's name: one for each of them.

    >>> supplier_series(supplier=7)
    'S7'
    """
    return f"{_LETTERS['self_billed']}{supplier}"


def code_of(*, entity: str, series: str, number: int) -> str:
    """Return a number as it is printed.

    >>> code_of(entity="T", series="C2026", number=41)
    'T-C2026-000041'
    """
    return f"{entity}-{series}-{number:06d}"
