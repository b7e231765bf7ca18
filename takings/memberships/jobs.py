"""Background work of passes; each is safe to repeat."""

import uuid

from procrastinate.contrib.django import app

from takings.core import clock
from takings.memberships import actions


@app.task(name="memberships.renew_passes", queue="payments")
def renew_passes(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Charge what is due for the next month."""
    actions.renew_passes(at=clock.now())


@app.task(name="memberships.earn_fees", queue="default")
def earn_fees(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Share what days that are over earned."""
    actions.earn_fees(at=clock.now())


@app.task(name="memberships.tell_fees", queue="default")
def tell_fees(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Work out where fees go, for their owners to see."""
    actions.tell_fees(at=clock.now())


@app.task(name="memberships.tell_declined", queue="default", retry=10)
def tell_declined(*, month_id: str) -> None:
    """Write to somebody whose card was declined."""
    actions.tell_declined(month_id=uuid.UUID(month_id), at=clock.now())
