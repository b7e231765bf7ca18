"""Background work of the shop; safe to repeat."""

from procrastinate.contrib.django import app

from takings.core import clock
from takings.shop import actions


@app.task(name="shop.run_parcels", queue="payments")
def run_parcels(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Do what is due: reservations, late parcels, arrivals, earnings, refunds."""
    actions.run_parcels(at=clock.now())


@app.task(name="shop.tell_step", queue="default", retry=10)
def tell_step(*, step_id: int) -> None:
    """Write to whom a step of a parcel concerns."""
    actions.tell_step(step_id=step_id)
