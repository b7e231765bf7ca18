"""Background work of passes and memberships; each is safe to repeat."""

import uuid

from procrastinate.contrib.django import app

from takings.core import clock
from takings.memberships import actions
from takings.memberships.actions import fans


@app.task(name="memberships.renew_passes", queue="payments")
def renew_passes(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Charge what is due for the next month."""
    actions.renew_passes(at=clock.now())


@app.task(name="memberships.earn_fees", queue="default")
def earn_fees(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Share what days that are over earned."""
    actions.earn_fees(at=clock.now())


@app.task(name="memberships.tell_fees", queue="default")
def tell_fees(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Work out where fees go, for their owners to see."""
    actions.tell_fees(at=clock.now())


@app.task(name="memberships.tell_declined", queue="default", retry=10)
def tell_declined(*, month_id: str) -> None:
    """Write to somebody whose card was declined."""
    actions.tell_declined(month_id=uuid.UUID(month_id), at=clock.now())


@app.task(name="memberships.renew_memberships", queue="payments")
def renew_memberships(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Charge members for the next month, and go on with who was leaving."""
    fans.go_on_with_leaving(at=clock.now())
    fans.renew_memberships(at=clock.now())


@app.task(name="memberships.earn_memberships", queue="default")
def earn_memberships(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Let creators have what days that are over earned."""
    fans.earn_memberships(at=clock.now())


@app.task(name="memberships.tell_member_declined", queue="default", retry=10)
def tell_member_declined(*, month_id: str) -> None:
    """Write to a member whose card was declined."""
    fans.tell_member_declined(month_id=uuid.UUID(month_id), at=clock.now())


@app.task(name="memberships.tell_new_price", queue="default", retry=10)
def tell_new_price(*, tier_id: int, member_id: int) -> None:
    """Write to a member of a tier that costs more from now on."""
    fans.tell_new_price(tier_id=tier_id, member_id=member_id, at=clock.now())
