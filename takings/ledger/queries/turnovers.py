"""What went into an account and out of it, by day or by month of posting (UTC)."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from takings.ledger.queries.balances import TotalsThen, daily_totals
from takings.ledger.rules import AccountName
from takings.money import Money

Grain = Literal["month", "day"]


@dataclass(frozen=True, slots=True)
class Turnover:
    """One month or day that moved an account: ``first`` is its first day.

    ``inflow`` is what made the account grow on its own side, ``outflow`` what made it shrink.
    """

    first: dt.date
    inflow: Money
    outflow: Money


@dataclass(frozen=True, slots=True)
class Posted:
    """When entries were posted: from ``since`` up to but without ``until``."""

    since: dt.datetime
    until: dt.datetime


def turnovers(
    *, name: AccountName, currency: str, by: Grain, posted: Posted | None = None
) -> list[Turnover]:
    """Return the months or days on which something was posted, in order.

    Refuses: UnknownAccount.
    """
    sums: dict[dt.date, list[Money]] = {}
    before = TotalsThen(Money.zero(currency), Money.zero(currency))
    for day, totals in daily_totals(name=name, currency=currency):
        if posted is None or posted.since.date() <= day < posted.until.date():
            first = day if by == "day" else day.replace(day=1)
            into, out = sums.setdefault(first, [Money.zero(currency), Money.zero(currency)])
            sums[first] = [
                into + totals.inflow - before.inflow,
                out + totals.outflow - before.outflow,
            ]
        before = totals
    return [Turnover(first, into, out) for first, (into, out) in sums.items()]
