"""Closing a period so that every line can be explained, and what orders a worker to do so."""

import datetime as dt

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.core.progress import Progress, silent
from takings.insights.actions.issuing import issue_statements
from takings.insights.actions.showings import tally_showings
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement import queries
from takings.settlement.actions import CountViews, count_lake
from takings.settlement.models import CloseProposal, Period, Status
from takings.settlement.rules import AlreadyClosed, PeriodNotOver

CLOSE_ACT = "period_closed"
TASK = "insights.close_period"
APPROVED_TASK = "insights.close_approved"


def close_period(
    *,
    name: str,
    at: dt.datetime,
    early: bool = False,
    progress: Progress = silent,
    count: CountViews = count_lake,
) -> Period:
    """Close a period, count its showings by reason, and issue its statements.

    Repeating it finishes what a crash left undone. Refuses as ``settlement.close_period`` does.
    """
    period = settlement.close_period(name=name, at=at, early=early, progress=progress, count=count)
    return _explain(period, at=at)


def close_on_the_machine(
    *,
    name: str,
    at: dt.datetime,
    early: bool,
    progress: Progress,
    count: CountViews = count_lake,
) -> Period:
    """Close a period for whoever runs the machine, with an audit row. Refuses as ``close_period``.

    Who can run a command here could change anything; a second person would prove nothing.
    """
    period = queries.period(name=name)
    if period.status == Status.OPEN:
        _check_over(period, early=early, at=at)
        record_staff_act(
            operator=None, act=CLOSE_ACT, target=f"period:{name}", reason="takings close", at=at
        )
    return close_period(name=name, at=at, early=early, progress=progress, count=count)


def close_approved(*, proposal: CloseProposal, at: dt.datetime) -> Period | None:
    """Close a period with the numbers that were approved, or write down why it was not closed.

    Repeating it finishes what a crash left undone. Refuses as ``settlement.close_period`` does.
    """
    if proposal.snapshot_id is None or proposal.stopped:
        return None
    try:
        period = settlement.close_period(
            name=proposal.period.name,
            at=at,
            count=settlement.count_pinned(snapshot_id=proposal.snapshot_id),
            approved=proposal.run,
        )
    except settlement.NumbersChanged as refusal:
        settlement.stop_close(proposal=proposal, why=str(refusal))
        return None
    return _explain(period, at=at)


def _explain(period: Period, *, at: dt.datetime) -> Period:
    tally_showings(period=period, at=at)
    issue_statements(period=period, at=at)
    return period


@transaction.atomic
def approve_close(
    *, proposal: CloseProposal, operator: User, answer: str, at: dt.datetime
) -> CloseProposal:
    """Approve a close that somebody else proposed, and have a worker do it: both or neither.

    Refuses as ``settlement.approve_close`` does.
    """
    approved = settlement.approve_close(proposal=proposal, operator=operator, answer=answer, at=at)
    order = jobs.configure_task(
        APPROVED_TASK, queue="default", lock=f"{TASK}:{approved.period.name}"
    )
    order.defer(proposal=str(approved.pk))
    return approved


@transaction.atomic
def order_close(*, period: Period, operator: User, reason: str, at: dt.datetime) -> None:
    """Have a worker close the period of a demo: an audit row and a job, both or neither.

    A running one ends now; one that has not begun cannot end.
    Ordering it twice is harmless: the job waits once, and a close that is done does nothing.
    Refuses AlreadyClosed, PeriodNotOver.
    """
    if period.status == Status.CLOSED:
        raise AlreadyClosed(period=period.name)
    _check_over(period, early=True, at=at)
    record_staff_act(
        operator=operator, act=CLOSE_ACT, target=f"period:{period.name}", reason=reason, at=at
    )
    lock = f"{TASK}:{period.name}"
    order = jobs.configure_task(TASK, queue="default", lock=lock)
    order.defer(name=period.name, early=True)


def _check_over(period: Period, *, early: bool, at: dt.datetime) -> None:
    if period.ends_at > at and (not early or period.starts_at > at):
        raise PeriodNotOver(period=period.name, ends_at=period.ends_at)
