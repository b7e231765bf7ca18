"""The amount: whole micro-units of one currency. Mixing currencies raises; nothing rounds."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from takings.core.errors import Invalid
from takings.money.currency import MICRO_DIGITS, CurrencyMismatch, currency
from takings.money.rate import Rate

MICROS = 10**MICRO_DIGITS
LARGEST = 2**63 - 1
_WRITTEN = re.compile(r"([+-]?)([0-9]{1,12})(?:\.([0-9]+))?")
"""Amounts a person writes stay below 10¹²; what is larger is a slip, or an attack."""

Rounding = Literal["down", "exact"]


class InexactMoney(Invalid):
    """The result would not be a whole number of micro-units."""

    code = "inexact_money"
    sentence = "{amount} does not divide into whole micro-units."


class NotAnAmount(Invalid):
    """The text is no number, or one too large for a currency."""

    code = "not_an_amount"
    sentence = "“{given}” is not an amount; write it like 4.25."


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """``micros`` × 10⁻⁶ of ``currency``; fits PostgreSQL's bigint."""

    micros: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse an unknown currency, a number that is no integer, or one beyond 2⁶³."""
        currency(self.currency)
        if type(self.micros) is not int:
            message = f"micros must be int, not {type(self.micros).__name__}"
            raise TypeError(message)
        if abs(self.micros) > LARGEST:
            message = f"{self.micros} micro-units are beyond 2**63"
            raise OverflowError(message)

    @classmethod
    def parse(cls, text: str | int | Decimal, code: str) -> "Money":
        """Return the amount a person wrote (``"4.25"``).

        Refuses: NotAnAmount, InexactMoney (more than six decimals).
        """
        found = _WRITTEN.fullmatch(str(text).strip())
        if found is None:
            raise NotAnAmount(given=text)
        sign, whole, parts = found.groups(default="")
        if parts[MICRO_DIGITS:].strip("0"):
            raise InexactMoney(amount=text)
        micros = int(whole) * MICROS + int(parts[:MICRO_DIGITS].ljust(MICRO_DIGITS, "0"))
        return cls(-micros if sign == "-" else micros, code)

    @classmethod
    def zero(cls, code: str) -> "Money":
        """Return nothing, in this currency."""
        return cls(0, code)

    def __add__(self, other: "Money") -> "Money":
        """Add; both must share a currency."""
        self._check_same(other)
        return Money(self.micros + other.micros, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Subtract; both must share a currency."""
        self._check_same(other)
        return Money(self.micros - other.micros, self.currency)

    def __neg__(self) -> "Money":
        """Turn the sign."""
        return Money(-self.micros, self.currency)

    def __mul__(self, count: int) -> "Money":
        """Multiply by a whole count; a share needs :meth:`times`."""
        if type(count) is not int:
            return NotImplemented
        return Money(self.micros * count, self.currency)

    def __floordiv__(self, count: int) -> "Money":
        """Divide by a whole count exactly, or refuse with :class:`InexactMoney`."""
        if self.micros % count:
            raise InexactMoney(amount=f"{self.micros}/{count}")
        return Money(self.micros // count, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Compare; both must share a currency."""
        self._check_same(other)
        return self.micros < other.micros

    def __le__(self, other: "Money") -> bool:
        """Compare; both must share a currency."""
        self._check_same(other)
        return self.micros <= other.micros

    def __bool__(self) -> bool:
        """Tell whether there is anything at all."""
        return self.micros != 0

    def times(self, rate: Rate, *, rounding: Rounding) -> "Money":
        """Return this share of the amount; ``rounding`` must be named (``down`` or ``exact``)."""
        exact = rate.ratio * self.micros
        if rounding == "exact" and exact.denominator != 1:
            raise InexactMoney(amount=f"{self.micros} × {rate.ratio}")
        return Money(exact.numerator // exact.denominator, self.currency)

    def split_payable(self) -> tuple["Money", "Money"]:
        """Split into what can leave (whole cents) and the remainder that stays.

        This is the one rounding of the system: it happens when money leaves.
        """
        unit = currency(self.currency).unit_micros
        whole = self.micros // unit * unit
        return Money(whole, self.currency), Money(self.micros - whole, self.currency)

    def decimal(self) -> Decimal:
        """Return the exact decimal value: 4250 micro-dollars are ``Decimal("0.00425")``."""
        return Decimal(self.micros).scaleb(-MICRO_DIGITS)

    def _check_same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
