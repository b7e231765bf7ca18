"""Background work of payments; each is safe to repeat."""

import datetime as dt

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from takings.core import clock
from takings.payments import actions
from takings.payments.providers import provider_names
from takings.payments.queries import used_providers
from takings.payments.rules import ProviderRefused, ProviderSilent

AGAIN = RetryStrategy(max_attempts=16, exponential_wait=2)
DAYS_BACK = 2  # what is told late of a day is compared once more


@app.task(name="payments.work_event", queue="payments", retry=AGAIN)
def work_event(*, event_id: int) -> None:
    """Do what a stored message says."""
    actions.work_event(event_id=event_id, at=clock.now())


@app.task(name="payments.ask_providers", queue="payments", queueing_lock="payments.ask_providers")
def ask_providers(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Ask for everything that nobody told."""
    actions.ask_all(at=clock.now())


@app.task(name="payments.reconcile_days", queue="payments", retry=10)
def reconcile_days(timestamp: int = 0) -> None:  # noqa: ARG001 - the schedule passes its tick
    """Compare the last days of every provider with the books; one that fails holds up no other."""
    now = clock.now()
    failed: list[ProviderSilent | ProviderRefused] = []
    for name in sorted({*provider_names(), *used_providers()}):
        for days in range(DAYS_BACK, 0, -1):
            day = now.date() - dt.timedelta(days=days)
            try:
                actions.reconcile(provider=name, day=day, at=now)
            except (ProviderSilent, ProviderRefused) as refusal:
                failed.append(refusal)
    if failed:
        raise failed[0]  # the queue tries again later
