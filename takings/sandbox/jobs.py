"""What the sandbox does later; each is safe to repeat."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from takings.core import clock
from takings.sandbox import actions

AGAIN = RetryStrategy(max_attempts=16, exponential_wait=2)


@app.task(name="sandbox.deliver_message", queue="payments", retry=AGAIN)
def deliver_message(*, happening_id: str) -> None:
    """Send a message; the merchant gets it again until it answers 200."""
    actions.deliver_message(happening_id=happening_id, at=clock.now())


@app.task(name="sandbox.finish_late", queue="payments", retry=AGAIN)
def finish_late(*, charge_id: str) -> None:
    """Let a late charge succeed."""
    actions.finish_late(charge_id=charge_id, at=clock.now())


@app.task(name="sandbox.return_transfer", queue="payments", retry=AGAIN)
def return_transfer(*, transfer_id: str) -> None:
    """Let the bank give a transfer back."""
    actions.return_transfer(transfer_id=transfer_id, at=clock.now())
