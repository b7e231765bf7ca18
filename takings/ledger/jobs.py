"""Background work of the books."""

from django.conf import settings
from procrastinate.contrib.django import app

from takings.core import clock
from takings.ledger import actions
from takings.ledger.rules.seals import signing_key


@app.task(name="ledger.seal_entries", queue="default", queueing_lock="ledger.seal_entries")
def seal_entries(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Seal what is committed, sign the tree, write its head down outside of the database."""
    actions.seal_entries(at=clock.now())
    key = signing_key(settings.SEAL_KEY)
    actions.publish_head(at=clock.now(), key=key, file=settings.TREE_HEADS)


@app.task(name="ledger.expire_holds", queue="default", queueing_lock="ledger.expire_holds")
def expire_holds(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Give back what is held beyond its time."""
    actions.expire_holds(at=clock.now())


@app.task(name="ledger.open_months", queue="default", queueing_lock="ledger.open_months")
def open_months(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Open the months that transfers will be posted into."""
    actions.open_months(at=clock.now())
