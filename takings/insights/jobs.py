"""Background work of answers; each is safe to repeat."""

from uuid import UUID

from procrastinate.contrib.django import app

from takings.core import clock
from takings.insights import actions
from takings.insights.models import TrialKind
from takings.settlement import queries as settlement


@app.task(name="insights.check_books", queue="default", queueing_lock="insights.check_books")
def check_books(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Prove what is new in the books, and a part of the old; keep the result for the desk."""
    actions.run_books_check(at=clock.now(), full=False)


@app.task(name="insights.prove_books", queue="default", queueing_lock="insights.prove_books")
def prove_books(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Prove the whole books, from the first entry on; keep the result for the desk."""
    actions.run_books_check(at=clock.now())


@app.task(name="insights.tally_showings", queue="default", queueing_lock="insights.tally_showings")
def tally_showings(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Count showings by outcome for each period whose snapshot is newer than its tally."""
    for period in settlement.periods():
        actions.tally_showings(period=period, at=clock.now())


@app.task(
    name="insights.issue_statements", queue="default", queueing_lock="insights.issue_statements"
)
def issue_statements(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Issue what a close left unissued: it was stopped in between, or an older release made it."""
    for period in settlement.periods():
        actions.issue_statements(period=period, at=clock.now())
        actions.issue_revisions(period=period, at=clock.now())


@app.task(name="insights.issue_advices", queue="default", queueing_lock="insights.issue_advices")
def issue_advices(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Issue a payment advice for every payout that was sent, and one for what came back."""
    actions.issue_advices(at=clock.now())


@app.task(name="insights.close_period", queue="default")
def close_period(name: str, *, early: bool) -> None:
    """Close a period that an operator ordered to be closed; a crash is finished by a retry."""
    actions.close_period(name=name, at=clock.now(), early=early)


@app.task(name="insights.close_approved", queue="default")
def close_approved(proposal: str) -> None:
    """Close a period as two operators agreed; a crash is finished by a retry."""
    actions.close_approved(
        proposal=settlement.close_proposal(proposal_id=UUID(proposal)), at=clock.now()
    )


@app.task(name="insights.try_period", queue="default", retry=3)
def try_period(name: str, *, kind: str) -> None:
    """Work a period out as an operator ordered it; a crash is finished by a retry."""
    actions.work_trial(name=name, kind=TrialKind(kind), at=clock.now())


@app.task(name="insights.post_correction", queue="default")
def post_correction(correction: str) -> None:
    """Post a correction that two operators agreed on; a crash is finished by a retry."""
    actions.post_correction(
        correction=settlement.correction(correction_id=UUID(correction)), at=clock.now()
    )
