"""An account from period to period: what stood there, what came, what went, what stands."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from typing_extensions import override

from takings.core.errors import Invalid
from takings.money import Money

_MONTH = re.compile(r"((?:19|20)\d{2})-(0[1-9]|1[0-2])")


class BadMonth(Invalid):
    """The text names no month."""

    code = "bad_month"
    sentence = "“{given}” is no month; write it like 2026-11."


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC."""

    year: int
    number: int

    @override
    def __str__(self) -> str:
        """Write it as ``2026-11``."""
        return f"{self.year}-{self.number:02}"

    @property
    def starts_at(self) -> dt.datetime:
        """The instant with which it begins."""
        return dt.datetime(self.year, self.number, 1, tzinfo=dt.UTC)

    @property
    def ends_at(self) -> dt.datetime:
        """The instant with which the next one begins."""
        after = Month(self.year + self.number // 12, self.number % 12 + 1)
        return after.starts_at


@dataclass(frozen=True, slots=True)
class Standing:
    """One month or day of an account, on its own side; opening + inflow − outflow is closing."""

    first: dt.date
    opening: Money
    inflow: Money
    outflow: Money
    closing: Money


def parse_month(text: str) -> Month:
    """Return the month that ``2026-11`` names, or refuse with :class:`BadMonth`."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise BadMonth(given=text)
    return Month(int(found[1]), int(found[2]))


def standings(
    *, opening: Money, turnovers: Iterable[tuple[dt.date, Money, Money]]
) -> list[Standing]:
    """Return a row for each (first day, inflow, outflow), in order: each opens as the last closed.

    >>> day, usd = dt.date(2026, 11, 2), lambda micros: Money(micros, "USD")
    >>> [row] = standings(opening=usd(5), turnovers=[(day, usd(3), usd(1))])
    >>> row.closing
    Money(micros=7, currency='USD')
    """
    rows = []
    for first, inflow, outflow in turnovers:
        closing = opening + inflow - outflow
        rows.append(Standing(first, opening, inflow, outflow, closing))
        opening = closing
    return rows
