"""Background work of what is live; each is safe to repeat."""

from procrastinate.contrib.django import app

from takings.core import clock
from takings.live import actions


@app.task(name="live.forget_events", queue="default")
def forget_events(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Remove what was told some minutes ago."""
    actions.forget_events(at=clock.now())
