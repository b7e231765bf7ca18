"""Background work of settlement; each is safe to repeat."""

import logging

from procrastinate.contrib.django import app

from takings.core import clock
from takings.settlement import actions

log = logging.getLogger(__name__)


@app.task(
    name="settlement.refresh_estimates",
    queue="default",
    queueing_lock="settlement.refresh_estimates",
)
def refresh_estimates(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Make the estimates of the open period anew."""
    actions.refresh_estimates(at=clock.now())


@app.task(name="settlement.lift_holds", queue="default", queueing_lock="settlement.lift_holds")
def lift_holds(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Give back what is held by holds whose time is over."""
    actions.lift_ended_holds(at=clock.now())


@app.task(
    name="settlement.release_earnings",
    queue="default",
    queueing_lock="settlement.release_earnings",
)
def release_earnings(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Release the statements whose hold window is over."""
    released = actions.release_earnings(at=clock.now())
    if released.waiting:
        log.warning("statements %s wait: their money was taken back", released.waiting)
