"""Exact numbers in words: whole counts with thin spaces, fractions as mixed numbers."""

from fractions import Fraction

from takings.money import Money, format_money
from takings.money.money import MICROS

_LARGEST_DENOMINATOR = 10_000  # beyond it a fraction says less than decimals


def count(number: int) -> str:
    """Return ``1,234,567``."""
    return f"{number:,}"


def percent(ratio: Fraction) -> str:
    """Return a share as people say it: ``45 %``, ``0.4 %``, ``33.333… %`` when it never ends.

    >>> percent(Fraction(9, 20)), percent(Fraction(1, 3)), percent(Fraction(1, 80000))
    ('45 %', '33.333… %', '0.00125 %')
    """
    return f"{decimals(ratio * 100)} %"


def decimals(value: Fraction, *, places: int = 6) -> str:
    """Return the value with up to ``places`` decimals; ``…`` says that there are more.

    >>> decimals(Fraction(2500, 3), places=3), decimals(Fraction(5, 4))
    ('833.333…', '1.25')
    """
    scaled = value * 10**places
    whole, digits = divmod(int(scaled), 10**places)
    ends = scaled.denominator == 1
    shown = f"{digits:0{places}d}"
    shown = shown.rstrip("0") if ends else shown[: _shown_places(shown)]
    text = f"{whole:,}" + (f".{shown}" if shown else "")
    return text if ends else f"{text}…"


def _shown_places(digits: str) -> int:
    """Return how many digits of an endless decimal to show: three beyond the leading zeros."""
    leading = len(digits) - len(digits.lstrip("0"))
    return min(len(digits), leading + 3)


def micros(value: Fraction) -> str:
    """Return micro-units as a mixed number: ``5,000,000 ⅓`` is written ``5,000,000 1/3``.

    >>> micros(Fraction(16, 3)), micros(Fraction(7)), micros(Fraction(1, 2))
    ('5 1/3', '7', '1/2')
    """
    whole, rest = divmod(value, 1)
    if rest == 0:
        return count(whole)
    if rest.denominator > _LARGEST_DENOMINATOR:
        return decimals(value)
    fraction = f"{rest.numerator:,}/{rest.denominator:,}"
    return f"{count(whole)} {fraction}" if whole else fraction


def exact_money(value: Fraction, currency: str) -> str:
    """Return micro-units that need not be whole as money: ``$833.333333…``.

    >>> exact_money(Fraction(2_500_000_000, 3), "USD"), exact_money(Fraction(405_000_000), "USD")
    ('$833.333333…', '$405.00')
    """
    whole = Money(int(value), currency)
    if value.denominator == 1:
        return format_money(whole, exact=True)
    shown = format_money(whole, exact=True)
    point = shown.rfind(".")
    digits = len(shown) - point - 1 if point >= 0 else 0
    return f"{shown if point >= 0 else shown + '.'}{'0' * (6 - digits)}…"


def permille(part: int, whole: int) -> int:
    """Return ``part`` of ``whole`` in thousandths, floored, for drawing; 0 of nothing is 0."""
    return part * 1000 // whole if whole > 0 else 0


def of_micros(amount: Money) -> Fraction:
    """Return an amount in whole units as an exact fraction: $4.25 is 17/4."""
    return Fraction(amount.micros, MICROS)
