"""Currencies: ISO 4217 with its exponents (from CLDR), and COIN, the viewer's virtual coin."""

from dataclasses import dataclass
from functools import cache

from babel.core import get_global
from babel.numbers import get_currency_precision

from takings.core.errors import Invalid

COIN = "COIN"
MICRO_DIGITS = 6


class UnknownCurrency(Invalid):
    """The code is neither ISO 4217 nor COIN."""

    code = "unknown_currency"
    sentence = "“{given}” is not a currency we know; use an ISO 4217 code such as EUR."


class CurrencyMismatch(Invalid):
    """Two amounts of different currencies met."""

    code = "currency_mismatch"
    sentence = "{left} and {right} cannot be mixed; convert at a dated rate first."


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency code and how many decimals its smallest payable unit has (USD 2, JPY 0)."""

    code: str
    exponent: int

    @property
    def unit_micros(self) -> int:
        """Micro-units in the smallest payable unit: 10 000 for a cent, 1 000 000 for a yen."""
        return int(10 ** (MICRO_DIGITS - self.exponent))


@cache
def currency(code: str) -> Currency:
    """Return the currency, or refuse with :class:`UnknownCurrency`."""
    if code == COIN:
        return Currency(code=COIN, exponent=0)
    if code not in get_global("all_currencies"):
        raise UnknownCurrency(given=code)
    return Currency(code=code, exponent=min(int(get_currency_precision(code)), MICRO_DIGITS))
