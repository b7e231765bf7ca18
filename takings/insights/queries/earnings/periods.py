"""Periods as a creator knows them: the running one, and those before it."""

import datetime as dt

from takings.insights.rules.earnings import PeriodFacts
from takings.people.models import Creator
from takings.settlement import queries as settlement
from takings.settlement.models import Estimate, Period, Status

SHOWN = 36  # three years of months


def periods_of(*, creator: Creator, at: dt.datetime) -> list[PeriodFacts]:
    """Return the periods since the studio was opened, newest first; the running one is there."""
    rows = Period.objects.filter(ends_at__gt=creator.opened_at, starts_at__lte=at)
    newest = list(rows.order_by("-starts_at")[:SHOWN])
    made = dict(Estimate.objects.filter(period__in=newest).values_list("period_id", "made_at"))
    listed = [_facts(row, made.get(row.pk)) for row in newest]
    running = current_period(at=at)
    return listed if running in listed else [running, *listed]


def current_period(*, at: dt.datetime) -> PeriodFacts:
    """Return the period that money of this instant belongs to."""
    return period_facts(period=settlement.open_period(at=at))


def period_named(*, name: str) -> PeriodFacts:
    """Return the period of this name. Refuses UnknownPeriod."""
    return period_facts(period=settlement.period(name=name))


def period_covering(*, at: dt.datetime) -> PeriodFacts:
    """Return the period that covers an instant, closed or not: views are counted by their time."""
    row = Period.objects.filter(starts_at__lte=at, ends_at__gt=at).first()
    return period_facts(period=row or settlement.open_period(at=at))


def period_facts(*, period: Period) -> PeriodFacts:
    """Return what pages say about a period."""
    made = None
    if period.pk is not None:
        made = Estimate.objects.filter(period=period).values_list("made_at", flat=True).first()
    return _facts(period, made)


def _facts(row: Period, estimated_at: dt.datetime | None) -> PeriodFacts:
    is_final = row.status == Status.CLOSED
    return PeriodFacts(
        name=row.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        policy_version=row.policy_version,
        status="final" if is_final else "estimated",
        as_of=row.closed_at if is_final else estimated_at,
    )
