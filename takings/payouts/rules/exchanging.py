"""Earnings taken as something else than money: who may, and what is withheld as of a payout."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from takings.money import Money, Rate, format_money
from takings.payouts.rules.deciding import Gate, check_gate
from takings.payouts.rules.withholding import Earned, TaxStatus, Withheld, withhold
from takings.policies.rules import WithholdingRule

MOST_TIMES = 100  # no office takes 99 % of a payment
CUMULATIVE = "Tax of {country} is withheld of money that is paid, and an exchange pays none."


@dataclass(frozen=True, slots=True)
class Income:
    """What an exchange is for taxes: ``gross`` leaves the balance, ``source`` is its source part.

    The price of what is taken is what ``withheld`` leaves of it.
    """

    gross: Money
    source: Money
    withheld: Withheld | None


def bar_of(
    *,
    gate: Gate,
    holdings: Iterable[Money],
    tax: TaxStatus | None,
    rule: WithholdingRule,
    at: dt.datetime,
) -> str:
    """Return why somebody cannot exchange now, or nothing.

    It is what bars a payout, but for where money would be sent: nothing is sent. A new account
    still bars, since whoever took a studio over would begin with it.
    """
    anywhere = replace(gate, has_method=True, account="", came_back="")
    blocked = check_gate(gate=anywhere, at=at)
    if blocked is not None:
        return blocked.sentence
    owed = next((one for one in holdings if one < Money.zero(one.currency)), None)
    if owed is not None:
        amount = format_money(-owed, exact=True)
        return f"{amount} is owed: more was taken back than there was."
    year = rule.cumulative
    if tax is not None and tax.residence == year.country and at.date() >= year.valid_from:
        return CUMULATIVE.format(country=year.country)
    return ""


def income_of(
    *,
    price: Money,
    source_ratio: Fraction,
    rule: WithholdingRule,
    status: TaxStatus,
    on: dt.date,
) -> Income:
    """Return the greatest income that leaves exactly a price after what is withheld of it.

    Of an American with a W-9 nothing is withheld. For $10 of a known non-resident, all of it from
    viewers in the United States, $14.285714 leave the balance, of which $4.285714 (30 %, cut to the
    micro-unit) go to the authority.
    """

    def withheld(micros: int) -> Withheld | None:
        whole = Money(micros, price.currency)
        earned = Earned(whole, whole.times(Rate(source_ratio), rounding="down"))
        return withhold(rule=rule, status=status, earned=earned, on=on)

    def left(micros: int) -> int:
        found = withheld(micros)
        return micros - (found.amount.micros if found else 0)

    candidates = range(price.micros, MOST_TIMES * price.micros)
    gross = price.micros + bisect_right(candidates, price.micros, key=left) - 1
    whole = Money(gross, price.currency)
    source = whole.times(Rate(source_ratio), rounding="down")
    return Income(gross=whole, source=source, withheld=withheld(gross))
