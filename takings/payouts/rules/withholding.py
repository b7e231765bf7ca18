"""Tax that is withheld of a payout: of everything, of what comes from one country, of the year."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from takings.money import Money, Rate
from takings.policies.rules import CumulativeRule, WithholdingRule


class TaxForm(StrEnum):
    """What a creator certified to the tax office of the source country."""

    NONE = "none"
    W9 = "w9"
    W8BEN = "w8ben"


@dataclass(frozen=True, slots=True)
class TaxStatus:
    """Who is paid, for the tax. ``residence`` is proved by documents; ``None``: nobody knows."""

    form: TaxForm
    residence: str | None
    claims_treaty: bool = False


@dataclass(frozen=True, slots=True)
class Earned:
    """What is newly paid out, and the part of it that comes from viewers in the source country."""

    whole: Money
    source: Money


@dataclass(frozen=True, slots=True)
class YearSoFar:
    """Income of this calendar year: paid and withheld before, paid now, and the months it spans."""

    paid: Money
    withheld: Money
    now: Money
    month_count: int


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is withheld for whom and why: ``rate`` of ``base``, or what brackets say of it."""

    jurisdiction: str
    reason: str
    base: Money
    rate: Rate
    amount: Money


def withhold(
    *, rule: WithholdingRule, status: TaxStatus, earned: Earned, on: dt.date
) -> Withheld | None:
    """Return what the source country has withheld, or None when nothing is.

    Without any information it is a part of everything, wherever it was earned (WE-22: $240 of
    $1,000). Of a known non-resident it is a part of what comes from the source country alone, less
    if a treaty of that day is claimed on a form (WE-22: $15 or $30 of $100; WE-26: $30).
    """
    if status.form is TaxForm.W9 or not earned.whole:
        return None
    is_resident = status.residence == rule.source_country
    if status.residence is None or (status.form is TaxForm.NONE and is_resident):
        return _part(rule, "no tax information", base=earned.whole, rate=rule.unknown_rate)
    treaty = treaty_rate(rule=rule, status=status, on=on)
    if treaty is not None:
        return _part(rule, f"treaty with {status.residence}", base=earned.source, rate=treaty)
    return _part(rule, "non-resident", base=earned.source, rate=rule.source_rate)


def treaty_rate(*, rule: WithholdingRule, status: TaxStatus, on: dt.date) -> Rate | None:
    """Return the treaty's rate of that day, if one is claimed on a form and exists."""
    if status.form is not TaxForm.W8BEN or not status.claims_treaty:
        return None
    dated = [
        treaty
        for treaty in rule.treaties
        if treaty.country == status.residence and treaty.valid_from <= on
    ]
    newest = max(dated, key=lambda treaty: treaty.valid_from, default=None)
    return newest.rate if newest else None


def withhold_cumulatively(*, rule: CumulativeRule, year: YearSoFar) -> Withheld | None:
    """Return what is due on the year so far, less what was withheld before; never less than zero.

    The taxable base is income less a part for expenses and a deduction a month (WE-23).
    """
    income = year.paid + year.now
    kept = income.times(rule.expenses.rest(), rounding="down")
    base = kept - rule.monthly_deduction * year.month_count
    if base <= Money.zero(rule.currency):
        return None
    bracket = next(one for one in rule.brackets if one.upto is None or base <= one.upto)
    due = base.times(bracket.rate, rounding="down") - bracket.quick_deduction - year.withheld
    if due <= Money.zero(rule.currency):
        return None
    return Withheld(rule.country, "cumulative", base=base, rate=bracket.rate, amount=due)


def source_ratio(*, stated: int, source: int) -> Fraction:
    """Return the part of statements (in micro-units) that comes from the source country.

    Where no statement says, all of it counts: nobody knows better.
    """
    return min(Fraction(source, stated), Fraction(1)) if stated else Fraction(1)


def _part(rule: WithholdingRule, reason: str, *, base: Money, rate: Rate) -> Withheld | None:
    amount = base.times(rate, rounding="down")
    return Withheld(rule.source_country, reason, base, rate, amount) if amount else None
