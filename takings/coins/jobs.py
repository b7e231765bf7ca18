"""Background work of coins; each is safe to repeat."""

from procrastinate.contrib.django import app

from takings.coins import actions
from takings.core import clock


@app.task(name="coins.end_coins", queue="default")
def end_coins(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Take out of wallets what the policy lets end."""
    actions.end_coins(at=clock.now())


@app.task(name="coins.go_on_with_returns", queue="payments")
def go_on_with_returns(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Go on with coins that go back for money."""
    actions.go_on_with_returns(at=clock.now())


@app.task(name="coins.unwind_unpaid", queue="default")
def unwind_unpaid(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Undo what was paid with coins whose purchase was taken back."""
    actions.unwind_unpaid(at=clock.now())
