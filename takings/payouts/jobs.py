"""Background work of payouts; each is safe to repeat."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from takings.core import clock
from takings.core.errors import Refusal
from takings.payouts import actions
from takings.people.models import User

AGAIN = RetryStrategy(max_attempts=16, exponential_wait=2)


@app.task(name="payouts.draft_batch", queue="default", retry=3)
def draft_batch(*, batch_id: str, operator_id: int) -> None:
    """Draft a batch that was ordered; a refusal is told where it was ordered."""
    operator = User.objects.get(pk=operator_id)
    try:
        actions.draft_batch(operator=operator, id=UUID(batch_id), at=clock.now())
    except Refusal as refusal:
        actions.refuse_draft(batch_id=UUID(batch_id), why=str(refusal))


@app.task(name="payouts.give_notices", queue="default", queueing_lock="payouts.give_notices")
def give_notices(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Tell creators whose balance rests that it will fall to a state."""
    actions.give_notices(at=clock.now())


@app.task(
    name="payouts.issue_self_bills", queue="default", queueing_lock="payouts.issue_self_bills"
)
def issue_self_bills(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Write the invoices of creators who agreed to self-billing for what was released."""
    actions.issue_self_bills(at=clock.now())


@app.task(name="payouts.execute_batch", queue="default", retry=3)
def execute_batch(*, batch_id: str, operator_id: int) -> None:
    """Pay a batch that was ordered to be paid; a retry finishes a crash, a refusal is told."""
    operator = User.objects.get(pk=operator_id)
    try:
        actions.execute_batch(operator=operator, batch_id=UUID(batch_id), at=clock.now())
    except Refusal as refusal:
        actions.refuse_order(batch_id=UUID(batch_id), why=str(refusal))


@app.task(name="payouts.work_event", queue="payments", retry=AGAIN)
def work_event(*, event_id: int) -> None:
    """Ask for what a stored message is about."""
    actions.work_event(event_id=event_id, at=clock.now())


@app.task(name="payouts.ask_providers", queue="payments", queueing_lock="payouts.ask_providers")
def ask_providers(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Ask for every transfer and account that is open."""
    actions.ask_all(at=clock.now())
