"""Months and days of a pass: when each ends, when the next is charged, what of a fee is earned."""

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from takings.core.errors import Invalid
from takings.money import Money, Rate

UTC = dt.UTC
DAY = dt.timedelta(days=1)
MONTHS = 12


class BadPaymentId(Invalid):
    """The form brings the id of the payment, so that sending it twice is once."""

    code = "bad_payment_id"
    sentence = "The form is broken; open the page again and send it once more."


@dataclass(frozen=True, slots=True)
class Span:
    """Some time that was paid for: [``starts_at``, ``ends_at``)."""

    starts_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Part:
    """The days of a month until ``until`` (exclusive), and what of the waiting fee they earn.

    It may be shared from ``due_at`` on, in the period of the instant ``of``.
    """

    until: dt.date
    amount: Money
    of: dt.datetime
    due_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PriceParts:
    """Who gets what of a price: ``tax`` is inside of it, creators get their share of the rest."""

    tax: Money
    creators: Money
    platform: Money

    @property
    def whole(self) -> Money:
        """The price."""
        return self.tax + self.creators + self.platform


def price_parts(*, price: Money, tax: Money, creator_share: Rate) -> PriceParts:
    """Return who gets what of a price; what is cut of the creators' micro-unit stays with us."""
    creators = (price - tax).times(creator_share, rounding="down")
    return PriceParts(tax, creators, price - tax - creators)


def read_id(given: str) -> UUID:
    """Return the id that a form carried. Refuses: BadPaymentId."""
    try:
        return UUID(given)
    except ValueError:
        raise BadPaymentId from None


def month_end(*, began_at: dt.datetime, number: int) -> dt.datetime:
    """Return when the month of this number (from 1) ends: counted from the first, so none drifts.

    >>> began = dt.datetime(2027, 1, 31, 9, tzinfo=dt.UTC)
    >>> [f"{month_end(began_at=began, number=number):%m-%d}" for number in (1, 2, 3)]
    ['02-28', '03-31', '04-30']
    """
    years, month = divmod(began_at.month - 1 + number, MONTHS)
    year = began_at.year + years
    last_day = calendar.monthrange(year, month + 1)[1]
    return began_at.replace(year=year, month=month + 1, day=min(began_at.day, last_day))


def runs_until(spans: Iterable[Span], *, at: dt.datetime) -> dt.datetime | None:
    """Return until when what was paid for goes on without a gap; nothing when it does not run."""
    until = None
    for span in sorted(spans, key=lambda span: span.starts_at):
        if span.starts_at <= (until or at) < span.ends_at:
            until = span.ends_at
    return until


def joined(spans: Iterable[Span]) -> list[Span]:
    """Return the same time in as few spans as possible, the earliest first."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: span.starts_at):
        if whole and span.starts_at <= whole[-1].ends_at:
            whole[-1] = Span(whole[-1].starts_at, max(whole[-1].ends_at, span.ends_at))
        else:
            whole.append(span)
    return whole


def whole_days(spans: Iterable[Span]) -> frozenset[dt.date]:
    """Return the days (UTC) that lie in this time from midnight to midnight.

    >>> noon = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
    >>> [f"{day:%d}" for day in whole_days([Span(noon, noon + 2 * DAY)])]
    ['02']
    """
    days: set[dt.date] = set()
    for span in joined(spans):
        first = span.starts_at.astimezone(UTC).date()
        day = first if _midnight(first) == span.starts_at else first + DAY
        while _midnight(day + DAY) <= span.ends_at:
            days.add(day)
            day += DAY
    return frozenset(days)


def stood(span: Span, *, steps: Iterable[tuple[dt.datetime, bool]]) -> list[Span]:
    """Return when a month was really there: it was paid or given again, and taken back, at times.

    ``steps`` tell, in their order, when it began to stand (True) and when it ceased to.
    """
    found: list[Span] = []
    since: dt.datetime | None = None
    for at, stands in steps:
        if stands:
            since = max(at, span.starts_at)
        elif since is not None:
            found.append(Span(since, min(at, span.ends_at)))
            since = None
    if since is not None:
        found.append(Span(since, span.ends_at))
    return [one for one in found if one.starts_at < one.ends_at]


def charge_due_at(
    *, ends_at: dt.datetime, days_before: Sequence[int], tried: int
) -> dt.datetime | None:
    """Return when the card is charged for the next month, after it was declined so many times.

    Nothing when it was tried on all of the days.
    """
    return ends_at - days_before[tried] * DAY if tried < len(days_before) else None


def may_withdraw_until(*, span: Span, number: int, days: int) -> dt.datetime:
    """Return until when the whole fee is given back to who asks: of the first month only."""
    return span.starts_at + days * DAY if number == 1 else span.starts_at


def next_part(
    *,
    span: Span,
    earned_until: dt.date,
    waiting: Money,
    shares_from: dt.datetime,
    kept_until: dt.datetime,
) -> Part:
    """Return which days are shared next, and what of the fee that still waits they earn.

    The days of a month of the calendar (UTC) are one part. They earn their number over that of all
    days that are left, cut to the micro-unit; the last days earn the rest, so the parts come to the
    whole, and to what is left of it when some was given back. Days before ``shares_from``, when no
    policy shared fees yet, are counted with the first days after it. Nothing is due before
    ``kept_until``: until then it may have to be given back.
    """
    last = span.ends_at.astimezone(UTC).date()
    until = min(last, _month_after(max(earned_until, shares_from.astimezone(UTC).date())))
    is_last = until == last
    days, left = (until - earned_until).days, (last - earned_until).days
    amount = waiting if is_last else Money(waiting.micros * days // left, waiting.currency)
    over_at = span.ends_at if is_last else _midnight(until)
    return Part(
        until=until,
        amount=amount,
        of=max(_midnight(until) - dt.timedelta.resolution, shares_from),
        due_at=max(over_at, kept_until, shares_from),
    )


def _month_after(day: dt.date) -> dt.date:
    return (day.replace(day=1) + 31 * DAY).replace(day=1)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time.min, tzinfo=UTC)
