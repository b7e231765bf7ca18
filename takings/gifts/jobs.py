"""Background work of gifts; safe to repeat."""

from procrastinate.contrib.django import app

from takings.core import clock
from takings.gifts import actions


@app.task(name="gifts.release_gifts", queue="default")
def release_gifts(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Give creators the gifts whose hold is over."""
    actions.release_gifts(at=clock.now())
