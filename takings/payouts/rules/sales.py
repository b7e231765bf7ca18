"""What creators sold through us, apart from what we paid them for: tax offices ask for each."""

from dataclasses import dataclass
from fractions import Fraction

from takings.money import Money, Rate
from takings.policies.rules import DEALS, MEMBERSHIPS, REQUESTS, SHOP

GOODS = frozenset({SHOP})
"""What DAC7 calls the sale of goods; all else is a personal service."""

SALES = GOODS | {MEMBERSHIPS, REQUESTS, DEALS}
"""What others paid to a creator through us: form 1099-K. Ads, gifts and pools we pay ourselves."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What sales brought: ``gross`` of the buyers without tax, ``fees`` that we kept, how many.

    ``first`` and ``first_count`` are the same before anything went back: form 1099-K wants that.
    """

    gross: Money
    fees: Money
    count: int
    first: Money
    first_count: int

    def plus(self, other: "Sold") -> "Sold":
        """Return both together."""
        return Sold(
            self.gross + other.gross,
            self.fees + other.fees,
            self.count + other.count,
            self.first + other.first,
            self.first_count + other.first_count,
        )


def nothing_sold(code: str) -> Sold:
    """Return that nothing was sold in a currency."""
    zero = Money.zero(code)
    return Sold(zero, zero, 0, zero, 0)


def part_of(worth: Money, *, brought: int, stated: int) -> Money:
    """Return what of a paid statement some products brought, by their part of it in micro-units.

    >>> part_of(Money(90, "EUR"), brought=50, stated=100).micros
    45
    """
    if stated <= 0 or brought <= 0:
        return Money.zero(worth.currency)
    return worth.times(Rate(min(Fraction(brought, stated), Fraction(1))), rounding="down")
