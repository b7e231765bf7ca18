"""The studio's first page: now against last month, where the money is, what to do next."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from takings.insights.models import Showings
from takings.insights.queries.earnings import Earnings, earnings, periods_of
from takings.insights.rules.changes import Change, PeriodRates, changes
from takings.insights.rules.earnings import PeriodFacts
from takings.ledger import queries as ledger
from takings.money import Money
from takings.people.models import Creator
from takings.settlement.models import Statement
from takings.settlement.queries import payable_from
from takings.videos.models import Purpose, Status, Video

TOP = 5


@dataclass(frozen=True, slots=True)
class Balances:
    """Where a creator's money is now."""

    pending: Money
    payable: Money
    held: Money


@dataclass(frozen=True, slots=True)
class NextRelease:
    """The statement whose hold window ends next."""

    period: str
    amount: Money
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the page. ``last`` is the newest final period, if there is one."""

    running: Earnings
    last: Earnings | None
    balances: Balances
    next_release: NextRelease | None
    changes: tuple[Change, ...]
    ready_videos: int
    videos: int


def overview(*, creator: Creator, at: dt.datetime) -> Overview:
    """Return the creator's studio as of now."""
    periods = periods_of(creator=creator, at=at)
    running = earnings(creator=creator, period=_running(periods))
    final = next((period for period in periods if period.is_final), None)
    last = earnings(creator=creator, period=final) if final else None
    posts = Video.objects.filter(creator=creator, purpose=Purpose.POST).exclude(
        status=Status.REMOVED
    )
    return Overview(
        running=running,
        last=last,
        balances=_balances(creator, running.currency),
        next_release=_next_release(creator),
        changes=_changes(creator, last, running, at=at) if last else (),
        ready_videos=posts.filter(status=Status.READY).count(),
        videos=posts.count(),
    )


def _running(periods: list[PeriodFacts]) -> PeriodFacts:
    return next(period for period in periods if not period.is_final)


def _balances(creator: Creator, currency: str) -> Balances:
    found = {
        row.name.rpartition(":")[2]: row.balance
        for row in ledger.balances(prefix=f"creator:{creator.pk}:")
        if row.balance.currency == currency
    }
    nothing = Money.zero(currency)
    return Balances(
        pending=found.get("pending", nothing),
        payable=found.get("payable", nothing),
        held=found.get("held", nothing),
    )


def _next_release(creator: Creator) -> NextRelease | None:
    rows = Statement.objects.filter(creator=creator, release__isnull=True, amount_micros__gt=0)
    row = rows.select_related("period").order_by("period__closed_at", "pk").first()
    due = payable_from(period=row.period) if row else None
    if row is None or due is None:
        return None
    return NextRelease(row.period.name, Money(row.amount_micros, row.currency), due)


def _changes(
    creator: Creator, last: Earnings, running: Earnings, *, at: dt.datetime
) -> tuple[Change, ...]:
    names = [last.period.name, running.period.name]
    rows = Showings.objects.filter(creator=creator, tally__period__name__in=names)
    shown = dict(
        rows.values_list("tally__period__name").annotate(seen=Sum("showing_count")).order_by()
    )
    return changes(
        before=_rates(last, showings=shown.get(last.period.name, 0), until=last.period.ends_at),
        now=_rates(running, showings=shown.get(running.period.name, 0), until=at),
    )


def _rates(sums: Earnings, *, showings: int, until: dt.datetime) -> PeriodRates:
    return PeriodRates(
        lasted=until - sums.period.starts_at,
        showings=showings,
        views=sums.views,
        amount=sums.total,
    )
