"""Background work of settlement; each is safe to repeat."""

import logging

from django.conf import settings
from procrastinate.contrib.django import app

from takings.core import clock
from takings.events import actions as events
from takings.settlement import actions
from takings.settlement.queries import settled_at

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


@app.task(name="settlement.retain_lake", queue="events", queueing_lock="settlement.retain_lake")
def retain_lake(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Drop days of the lake that were settled long ago, and versions that nobody named."""
    events.retain_lake(settled_at=settled_at, keep_days=settings.LAKE_KEEP_DAYS, at=clock.now())
