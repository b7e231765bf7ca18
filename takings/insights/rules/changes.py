"""What changed between two periods, in rates, so that a running month compares with a whole one."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from takings.insights.rules.exact import decimals
from takings.money import Money, format_money

Direction = Literal["up", "down", "same", "new"]
DAY = dt.timedelta(days=1)
THOUSAND = 1_000


@dataclass(frozen=True, slots=True)
class PeriodRates:
    """A period so far: its length in time, showings, counted views and earnings."""

    lasted: dt.timedelta
    showings: int
    views: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Change:
    """One rate, before and now; ``percent`` is the change, empty when there was no before."""

    name: str
    before: str
    now: str
    percent: str
    direction: Direction


def changes(*, before: PeriodRates, now: PeriodRates) -> tuple[Change, ...]:
    """Return the three rates that explain most differences in earnings."""
    return (
        _change("Engaged views a day", before=_per_day(before), now=_per_day(now), words=_count),
        _change(
            "Showings that count",
            before=_counting(before),
            now=_counting(now),
            words=lambda share: f"{_count(share)} %",
        ),
        _change(
            "Earned per 1,000 engaged views",
            before=_per_thousand(before),
            now=_per_thousand(now),
            words=lambda micros: format_money(Money(int(micros), now.amount.currency)),
        ),
    )


def _per_day(rates: PeriodRates) -> Fraction:
    seconds = int(max(rates.lasted, DAY).total_seconds())
    return Fraction(rates.views * int(DAY.total_seconds()), seconds)


def _counting(rates: PeriodRates) -> Fraction:
    return Fraction(rates.views * 100, rates.showings or 1)


def _per_thousand(rates: PeriodRates) -> Fraction:
    return Fraction(rates.amount.micros * THOUSAND, rates.views or 1)


def _count(value: Fraction) -> str:
    return decimals(Fraction(round(value * 10), 10), places=1)


def _change(
    name: str, *, before: Fraction, now: Fraction, words: Callable[[Fraction], str]
) -> Change:
    if not before:
        return Change(name, "", words(now), "", "new")
    percent = round((now - before) * 100 / before)
    direction: Direction = "up" if percent > 0 else "down" if percent < 0 else "same"
    sign = "+" if percent > 0 else "−" if percent < 0 else "±"
    return Change(name, words(before), words(now), f"{sign}{abs(percent)} %", direction)
