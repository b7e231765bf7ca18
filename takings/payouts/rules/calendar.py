"""The calendar of payouts: when balances are looked at, and when they are paid. Days are UTC."""

import datetime as dt
from dataclasses import dataclass

from takings.policies.rules import ScheduleRule

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class PayDates:
    """The instant whose balances count, and the days on which they are paid."""

    counts_until: dt.datetime
    paid_from: dt.date
    paid_to: dt.date


def dates_of(*, rule: ScheduleRule, year: int, month: int) -> PayDates:
    """Return the dates of one month: balances count to the end of the evaluation day."""
    evaluated = dt.datetime(year, month, rule.evaluated_on, tzinfo=dt.UTC)
    return PayDates(
        counts_until=evaluated + dt.timedelta(days=1),
        paid_from=dt.date(year, month, rule.paid_from),
        paid_to=dt.date(year, month, rule.paid_to),
    )


def last_dates(*, rule: ScheduleRule, at: dt.datetime) -> PayDates:
    """Return the newest dates whose evaluation is over: what came later waits a month (WE-27)."""
    this = dates_of(rule=rule, year=at.year, month=at.month)
    if this.counts_until <= at:
        return this
    before = at.replace(day=1) - dt.timedelta(days=1)
    return dates_of(rule=rule, year=before.year, month=before.month)


def next_dates(*, rule: ScheduleRule, at: dt.datetime) -> PayDates:
    """Return the dates whose evaluation comes next."""
    this = dates_of(rule=rule, year=at.year, month=at.month)
    if at < this.counts_until:
        return this
    year, month = (at.year + 1, 1) if at.month == DECEMBER else (at.year, at.month + 1)
    return dates_of(rule=rule, year=year, month=month)
