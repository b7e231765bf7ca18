"""``videos.sweep_uploads``: every few minutes, uploads that ended without saying so."""

from procrastinate.contrib.django import app

from takings.core import clock
from takings.videos import actions


@app.task(name="videos.sweep_uploads", queue="default", queueing_lock="videos.sweep_uploads")
def sweep_uploads(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Finish complete uploads, end abandoned ones; safe to repeat."""
    actions.sweep_uploads(at=clock.now())
