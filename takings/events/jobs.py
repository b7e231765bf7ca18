"""Background work of events."""

from procrastinate.contrib.django import app

from takings.core import clock
from takings.events import actions
from takings.events.actions import after_shipping

__all__ = ["after_shipping", "compact_lake", "continue_erasures", "ship_segments"]


@app.task(name="events.ship_segments", queue="events", queueing_lock="events.ship_segments")
def ship_segments(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Bring sealed segments into the lake and announce them; safe to repeat."""
    actions.ship_segments(at=clock.now())


@app.task(name="events.compact_lake", queue="events", queueing_lock="events.compact_lake")
def compact_lake(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Make few files of many; safe to repeat."""
    actions.compact_lake(at=clock.now())


@app.task(name="events.continue_erasures", queue="events", queueing_lock="events.continue_erasures")
def continue_erasures(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Go on with what is left of people who are being erased; safe to repeat."""
    actions.continue_erasures(at=clock.now())
