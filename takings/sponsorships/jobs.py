"""Background work of deals; each is safe to repeat."""

import uuid

from procrastinate.contrib.django import app

from takings.core import clock
from takings.sponsorships import actions


@app.task(name="sponsorships.keep_clocks", queue="default")
def keep_clocks(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Do what silence says in every deal, and look whether published videos are still there."""
    actions.keep_clocks(at=clock.now())


@app.task(name="sponsorships.return_money", queue="payments", retry=10)
def return_money(*, funding_id: str) -> None:
    """Ask a card company to give back what is the brand's again."""
    actions.return_money(funding_id=uuid.UUID(funding_id), at=clock.now())


@app.task(name="sponsorships.return_all_money", queue="payments")
def return_all_money(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Ask again for what a card company did not give back."""
    actions.return_all_money(at=clock.now())


@app.task(name="sponsorships.tell_step", queue="default", retry=10)
def tell_step(*, step_id: int) -> None:
    """Write to whom a step of a deal concerns."""
    actions.tell_step(step_id=step_id)
