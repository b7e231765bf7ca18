"""Correcting a closed period so that every change can be explained to those whom it concerns."""

import datetime as dt

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.core.progress import Progress, silent
from takings.insights.actions.issuing import issue_revisions, issue_statements
from takings.insights.actions.showings import tally_showings
from takings.insights.queries.corrections import known_outcomes
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement.actions import Changes, CountViews, Wanted, count_lake
from takings.settlement.models import Correction, Period

TASK = "insights.post_correction"


def find_changes(*, period: Period, count: CountViews = count_lake) -> Changes:
    """Return what a correction would change now. Refuses as ``settlement.find_changes`` does."""
    outcomes = known_outcomes(period=period)
    return settlement.find_changes(name=period.name, outcomes=outcomes, count=count)


def propose_correction(
    *, wanted: Wanted, period: Period, count: CountViews = count_lake
) -> Correction:
    """Propose a correction whose lines say why. Refuses as settlement's own does."""
    outcomes = known_outcomes(period=period)
    return settlement.propose_correction(wanted=wanted, outcomes=outcomes, count=count)


@transaction.atomic
def approve_correction(
    *, correction: Correction, operator: User, answer: str, at: dt.datetime
) -> Correction:
    """Approve what somebody else proposed, and have a worker post it: both or neither.

    Refuses: ProposalAnswered, SecondPersonNeeded.
    """
    approved = settlement.approve_correction(
        correction=correction, operator=operator, answer=answer, at=at
    )
    order = jobs.configure_task(TASK, queue="default", lock=f"{TASK}:{approved.period.name}")
    order.defer(correction=str(approved.pk))
    return approved


def post_correction(
    *, correction: Correction, at: dt.datetime, progress: Progress = silent
) -> Correction:
    """Post an approved correction, count the showings anew, and issue the new statements.

    Repeating it finishes what a crash left undone. Refuses as settlement's own does.
    """
    done = settlement.post_correction(correction=correction, at=at, progress=progress)
    tally_showings(period=done.period, at=at)
    issue_statements(period=done.period, at=at)
    issue_revisions(period=done.period, at=at)
    return done
