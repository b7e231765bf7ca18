"""What passes come to: how many run, and what waits for its days to be over."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from takings.ledger import queries as ledger
from takings.memberships.models import Month, Pass
from takings.money import Money

WAITING = "unearned:pass:"


@dataclass(frozen=True, slots=True)
class Sums:
    """How many passes run and renew, and money by currency: paid, shared, waiting for its days."""

    running: int
    renewing: int
    ended: int
    waiting: list[Money]
    shared: list[Money]


def sums(*, at: dt.datetime) -> Sums:
    """Return what all passes come to now."""
    passes = Pass.objects.filter(ends_at__isnull=False)
    running = passes.filter(ends_at__gt=at)
    waiting: dict[str, int] = defaultdict(int)
    for row in ledger.balances(prefix=WAITING):
        waiting[row.balance.currency] += row.balance.micros
    earned = Month.objects.filter(earned_micros__gt=0).values_list("currency")
    shared = dict(earned.annotate(micros=Sum("earned_micros")))
    return Sums(
        running=running.count(),
        renewing=running.filter(renews=True).count(),
        ended=passes.filter(ends_at__lte=at).count(),
        waiting=_moneys(waiting),
        shared=_moneys(shared),
    )


def newest_passes(*, limit: int = 50) -> list[Pass]:
    """Return the passes that were paid at least once, those that end last first."""
    found = Pass.objects.filter(ends_at__isnull=False).select_related("user")
    return list(found.order_by("-ends_at", "pk")[:limit])


def _moneys(micros: dict[str, int]) -> list[Money]:
    return [Money(amount, code) for code, amount in sorted(micros.items()) if amount]
