"""Closing a period so that every line can be explained, and an operator's order to do so."""

import datetime as dt

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.core.progress import Progress, silent
from takings.insights.actions.issuing import issue_statements
from takings.insights.actions.showings import tally_showings
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement.models import Period, Status
from takings.settlement.rules import AlreadyClosed, PeriodNotOver

CLOSE_ACT = "period_closed"
TASK = "insights.close_period"


def close_period(
    *, name: str, at: dt.datetime, early: bool = False, progress: Progress = silent
) -> Period:
    """Close a period, count its showings by reason, and issue its statements.

    Repeating it finishes what a crash left undone. Refuses as ``settlement.close_period`` does.
    """
    period = settlement.close_period(name=name, at=at, early=early, progress=progress)
    tally_showings(period=period, at=at)
    issue_statements(period=period, at=at)
    return period


@transaction.atomic
def order_close(
    *, period: Period, operator: User, reason: str, early: bool, at: dt.datetime
) -> None:
    """Have a worker close the period: an audit row and a job, both or neither.

    ``early`` is for the demo: the period then ends now; one that has not begun cannot end.
    Ordering it twice is harmless: the job waits once, and a close that is done does nothing.
    Refuses AlreadyClosed, PeriodNotOver.
    """
    if period.status == Status.CLOSED:
        raise AlreadyClosed(period=period.name)
    if period.ends_at > at and (not early or period.starts_at > at):
        raise PeriodNotOver(period=period.name, ends_at=period.ends_at)
    record_staff_act(
        operator=operator, act=CLOSE_ACT, target=f"period:{period.name}", reason=reason, at=at
    )
    lock = f"{TASK}:{period.name}"
    order = jobs.configure_task(TASK, queue="default", lock=lock)
    order.defer(name=period.name, early=early)
