"""Background work of what is live; each is safe to repeat."""

import uuid

from procrastinate.contrib.django import app

from takings.core import clock
from takings.live import actions


@app.task(name="live.forget_events", queue="default")
def forget_events(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Remove what was told some minutes ago, and what web processes said that are gone."""
    now = clock.now()
    actions.forget_events(at=now)
    actions.forget_guests(at=now)


@app.task(name="live.run_rooms", queue="default")
def run_rooms(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Begin and end the rooms whose time has come."""
    actions.run_rooms(at=clock.now())


@app.task(name="live.remind_guests", queue="default")
def remind(room_id: str) -> None:
    """Write to those who wait for a room."""
    actions.remind(room_id=uuid.UUID(room_id), at=clock.now())
