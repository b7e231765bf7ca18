"""What went into an account and out of it, by day or by month of posting (UTC)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from django.db.models import DateField, Q, Sum
from django.db.models.functions import Trunc

from takings.ledger.models import Transfer
from takings.ledger.rules import AccountName, account_kind
from takings.money import Money

Grain = Literal["month", "day"]


@dataclass(frozen=True, slots=True)
class Turnover:
    """One month or day that moved an account: ``first`` is its first day.

    ``inflow`` is what made the account grow on its own side, ``outflow`` what made it shrink.
    """

    first: dt.date
    inflow: Money
    outflow: Money


@dataclass(frozen=True, slots=True)
class Posted:
    """When entries were posted: from ``since`` up to but without ``until``."""

    since: dt.datetime
    until: dt.datetime


def turnovers(
    *, name: AccountName, currency: str, by: Grain, posted: Posted | None = None
) -> list[Turnover]:
    """Return the months or days on which something was posted, in order.

    Refuses: UnknownAccount.
    """
    grows, shrinks = "credit", "debit"
    if account_kind(name).side == "debit":
        grows, shrinks = shrinks, grows
    sums: dict[dt.date, list[int]] = defaultdict(lambda: [0, 0])
    within = _within(posted)
    for column, side in enumerate((grows, shrinks)):
        rows = (
            Transfer.objects.filter(within, Q((f"{side}__name", name)), currency=currency)
            .annotate(first=Trunc("entry__posted_at", by, output_field=DateField(), tzinfo=dt.UTC))
            .values("first")
            .annotate(micros=Sum("amount_micros"))
            .order_by("first")
        )
        for row in rows:
            sums[row["first"]][column] = int(row["micros"])
    return [
        Turnover(first, Money(into, currency), Money(out, currency))
        for first, (into, out) in sorted(sums.items())
    ]


def _within(posted: Posted | None) -> Q:
    if posted is None:
        return Q()
    return Q(entry__posted_at__gte=posted.since, entry__posted_at__lt=posted.until)
