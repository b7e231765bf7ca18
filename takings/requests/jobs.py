"""Background work of requests; each is safe to repeat."""

import uuid

from procrastinate.contrib.django import app

from takings.core import clock
from takings.requests import actions


@app.task(name="requests.keep_clocks", queue="payments")
def keep_clocks(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """End what is over, and send what goes back."""
    actions.keep_clocks(at=clock.now())


@app.task(name="requests.give_back", queue="payments", retry=10)
def give_back(*, request_id: str) -> None:
    """Give back what was decided."""
    actions.give_back(request_id=uuid.UUID(request_id), at=clock.now())


@app.task(name="requests.tell_step", queue="default", retry=10)
def tell_step(*, step_id: int) -> None:
    """Write to whom a step concerns."""
    actions.tell_step(step_id=step_id, at=clock.now())
