"""``videos.sweep_uploads``: every few minutes, uploads that ended without saying so.

And ``videos.open_to_all``: each minute, what members could watch first.
"""

from procrastinate.contrib.django import app

from takings.core import clock
from takings.videos import actions


@app.task(name="videos.sweep_uploads", queue="default", queueing_lock="videos.sweep_uploads")
def sweep_uploads(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Finish complete uploads, end abandoned ones; safe to repeat."""
    actions.sweep_uploads(at=clock.now())


@app.task(name="videos.open_to_all", queue="default", queueing_lock="videos.open_to_all")
def open_to_all(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Let everybody watch what members could watch first; safe to repeat."""
    actions.open_to_all(at=clock.now())
