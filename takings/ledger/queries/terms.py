"""Terms: limits and closings of accounts, and the period that is locked."""

import datetime as dt

from django.db.models import Max

from takings.ledger.models import AccountChange, PeriodLock
from takings.ledger.rules import AccountName


def locked_before() -> dt.datetime | None:
    """Return the instant before which nothing may have occurred that is still posted, if any."""
    last: dt.datetime | None = PeriodLock.objects.aggregate(last=Max("locked_before"))["last"]
    return last


def changes_of(*, name: AccountName, currency: str) -> list[AccountChange]:
    """Return how the terms of an account changed, the first change first."""
    rows = AccountChange.objects.filter(account__name=name, account__currency=currency)
    return list(rows.order_by("id"))
