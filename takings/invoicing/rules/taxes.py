"""Which tax a sale bears, from dated rates, and how one line is cut into net and tax.

The place of a supply of services follows EU Directive 2006/112/EC: to a business it is where the
customer is (article 44), with the tax owed by the customer when they are elsewhere in the EU
(article 196, “reverse charge”); to a person it is where they live (article 58).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from takings.money import Money, currency

ProductKind = Literal["advertising", "digital", "goods"]
BASIS_POINTS = 10_000


class BrokenTaxPack(ValueError):  # noqa: N818 - named for what it is, like the refusals
    """The pack of rates says something that is no rate: a mistake of its author."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One dated rate; ``share_bp`` are basis points of the net price."""

    jurisdiction: str
    kind: ProductKind
    begins_on: dt.date
    share_bp: int
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class TaxRates:
    """All rates ever in force, and the countries of the EU."""

    rates: tuple[Rate, ...]
    eu: frozenset[str]

    def in_force(self, *, jurisdiction: str, kind: ProductKind, day: dt.date) -> Rate | None:
        """Return the rate of a jurisdiction on a day; nothing where none is known."""
        begun = [
            rate
            for rate in self.rates
            if (rate.jurisdiction, rate.kind) == (jurisdiction, kind) and rate.begins_on <= day
        ]
        return max(begun, key=lambda rate: rate.begins_on, default=None)


@dataclass(frozen=True, slots=True)
class Treatment:
    """How a sale is taxed: by a rate, or by none and why, as it must stand on the invoice."""

    rate: Rate | None
    note: str = ""

    @property
    def share_bp(self) -> int:
        """The rate in basis points; 0 without one."""
        return self.rate.share_bp if self.rate else 0


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """``net + tax = gross``, all in whole payable units."""

    net: Money
    tax: Money
    gross: Money


def treat(
    *,
    rates: TaxRates,
    seller: str,
    buyer: str,
    is_business: bool,
    kind: ProductKind,
    day: dt.date,
) -> Treatment:
    """Return how a sale from the seller's country to the buyer's bears tax on a day."""
    if seller == buyer or not is_business:
        rate = rates.in_force(jurisdiction=buyer, kind=kind, day=day)
        return Treatment(rate, "" if rate else f"No tax on sales of this kind is due in {buyer}.")
    if {seller, buyer} <= rates.eu:
        note = "Reverse charge: the customer owes the VAT (article 196, Directive 2006/112/EC)."
        return Treatment(None, note)
    return Treatment(None, "Not taxable here: the place of supply is where the customer is.")


def tax_line(*, amount: Money, share_bp: int, inclusive: bool) -> TaxedLine:
    """Cut one line; the tax is rounded once, half up, to the payable unit of the currency.

    ``amount`` is in whole payable units: gross when ``inclusive``, else net.

    >>> line = tax_line(amount=Money(119_000_000, "EUR"), share_bp=1_900, inclusive=True)
    >>> line.net.micros, line.tax.micros
    (100000000, 19000000)
    """
    unit = currency(amount.currency).unit_micros
    whole = BASIS_POINTS + share_bp if inclusive else BASIS_POINTS
    units, rest = divmod(abs(amount.micros), unit)
    if rest:
        message = f"{amount.micros} micro-units are no whole payable units"
        raise ValueError(message)
    rounded = (2 * units * share_bp + whole) // (2 * whole)
    tax = Money(rounded * unit if amount.micros >= 0 else -rounded * unit, amount.currency)
    if inclusive:
        return TaxedLine(net=amount - tax, tax=tax, gross=amount)
    return TaxedLine(net=amount, tax=tax, gross=amount + tax)


def tax_account(*, jurisdiction: str, name: str) -> str:
    """Return the account of a tax, by its printed name.

    >>> tax_account(jurisdiction="JP", name="Consumption tax")
    'tax:JP:consumption_tax'
    """
    return f"tax:{jurisdiction}:{name.lower().replace(' ', '_')}"


def receivable_of(account: str) -> str:
    """Return the account of what an authority owes back of a tax.

    >>> receivable_of("tax:DE:vat")
    'tax_receivable:DE:vat'
    """
    return f"tax_receivable:{account.removeprefix('tax:')}"


def tax_within(*, tax: Money, gross: Money, part: Money) -> Money:
    """Return the tax inside of a part of what was sold, rounded down to the payable unit.

    It depends on nothing but the part, so parts that come to the whole hold the whole tax.
    """
    unit = currency(gross.currency).unit_micros
    return Money(tax.micros * part.micros // gross.micros // unit * unit, gross.currency)


def read_rates(tree: Mapping[str, object]) -> TaxRates:
    """Return the rates of a parsed pack; raises :class:`BrokenTaxPack`."""
    rows, eu = tree.get("rate"), tree.get("eu")
    if not isinstance(rows, list) or not isinstance(eu, list):
        message = "a pack of rates needs `eu` and `rate`"
        raise BrokenTaxPack(message)
    rates = [rate for row in rows for rate in _rates(row)]
    keys = {(rate.jurisdiction, rate.kind, rate.begins_on) for rate in rates}
    if len(keys) < len(rates):
        message = "two rates of one kind begin on one day"
        raise BrokenTaxPack(message)
    return TaxRates(tuple(rates), frozenset(str(code) for code in eu))


def _rates(row: Mapping[str, object]) -> list[Rate]:
    kinds, begins_on, share_bp = row.get("kinds"), row.get("from"), row.get("rate_bp")
    if not isinstance(kinds, list) or not isinstance(begins_on, dt.date):
        message = f"{row} needs `kinds` and a day in `from`"
        raise BrokenTaxPack(message)
    if not isinstance(share_bp, int) or not 0 <= share_bp < BASIS_POINTS or not row.get("source"):
        message = f"{row} needs `rate_bp` below {BASIS_POINTS} and a `source`"
        raise BrokenTaxPack(message)
    known: dict[str, ProductKind] = {kind: kind for kind in get_args(ProductKind)}
    if not kinds or not set(kinds) <= known.keys():
        message = f"{row} has unknown kinds"
        raise BrokenTaxPack(message)
    return [
        Rate(
            jurisdiction=str(row.get("jurisdiction")),
            kind=known[kind],
            begins_on=begins_on,
            share_bp=share_bp,
            name=str(row.get("name")),
            source=str(row.get("source")),
        )
        for kind in kinds
    ]
