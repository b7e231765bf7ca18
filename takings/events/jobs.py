"""Background work of events."""

from procrastinate.contrib.django import app

from takings.core import clock
from takings.events import actions
from takings.events.actions import after_shipping

__all__ = ["after_shipping", "ship_segments"]


@app.task(name="events.ship_segments", queue="events", queueing_lock="events.ship_segments")
def ship_segments(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Bring sealed segments into the lake and announce them; safe to repeat."""
    actions.ship_segments(at=clock.now())
