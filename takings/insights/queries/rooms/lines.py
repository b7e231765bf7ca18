"""Which lines a room speaks of: final ones once the pools are shared, the estimate before."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from takings.ledger import queries as ledger
from takings.money import Money
from takings.policies.queries import policy
from takings.settlement import queries as settlement
from takings.settlement.models import (
    CloseStage,
    Estimate,
    EstimateLine,
    Period,
    PoolResult,
    ShareLine,
    Stage,
    Status,
)

Lines = QuerySet[ShareLine] | QuerySet[EstimateLine]
Place = tuple[str, str]
"""A product and a country: one pool of a period and currency."""


@dataclass(frozen=True, slots=True)
class Room:
    """A period in one currency, and the period closed before it.

    ``is_shared`` says that its pools are split for good; until then its lines are the estimate
    ``made_at``. While the period runs, lines of the one before count up to ``upto`` only, so that
    as many days are compared with as many.
    """

    period: Period
    before: Period | None
    currency: str
    currencies: tuple[str, ...]
    is_shared: bool
    made_at: dt.datetime | None
    upto: dt.date | None

    @property
    def is_final(self) -> bool:
        """Tell whether nothing will change any more."""
        return self.period.status == Status.CLOSED

    @property
    def lines(self) -> Lines:
        """The lines of the period in this currency."""
        if self.is_shared:
            return ShareLine.objects.filter(period_id=key_of(self.period), currency=self.currency)
        return EstimateLine.objects.filter(period_id=key_of(self.period), currency=self.currency)

    @property
    def lines_before(self) -> Lines:
        """The lines of the period before that are comparable; none without such a period."""
        lines = ShareLine.objects.filter(period_id=key_of(self.before), currency=self.currency)
        return lines.filter(day__lte=self.upto) if self.upto else lines


def room(*, name: str, currency: str = "") -> Room:
    """Return the room of a period, in ``currency`` (the policy's by default).

    Refuses UnknownPeriod.
    """
    found = settlement.period(name=name)
    before = _before(found)
    is_shared = CloseStage.objects.filter(period_id=key_of(found), stage=Stage.ALLOCATED).exists()
    made = (
        Estimate.objects.filter(period_id=key_of(found)).values_list("made_at", flat=True).first()
    )
    house = policy(found.policy_version).currency
    currencies = _currencies(found) or (house,)
    chosen = house if house in currencies else currencies[0]
    return Room(
        period=found,
        before=before,
        currency=currency if currency in currencies else chosen,
        currencies=currencies,
        is_shared=is_shared,
        made_at=made,
        upto=_upto(found, before, made_at=made) if before and made and not is_shared else None,
    )


def filled_pools(*, period: Period) -> dict[tuple[str, str, str], Money]:
    """Return what is in each pool of a period now, by product, country and currency.

    What was paid for ads inside videos is among it, though in no account.
    """
    found = {}
    for row in ledger.balances(prefix="pool:"):
        _, product, country, name = row.name.split(":")
        if name == period.name and row.balance:
            found[product, country, row.balance.currency] = row.balance
    for key, money in settlement.direct_totals(period=period.name).items():
        found[key.product, key.country, key.currency] = money
    return found


def key_of(period: Period | None) -> int:
    """Return a period's key; of one that is not stored, a key that no row has."""
    return (period.pk if period else None) or 0


def pool_sums(lines: Lines) -> dict[Place, tuple[int, int]]:
    """Return the views and micro-units of each pool."""
    rows = lines.values("product", "country").annotate(
        seen=Sum("views"), micros=Sum("amount_micros")
    )
    return {
        (row["product"], row["country"]): (int(row["seen"]), int(row["micros"]))
        for row in rows.order_by()
    }


def _before(period: Period) -> Period | None:
    closed = Period.objects.filter(status=Status.CLOSED, starts_at__lt=period.starts_at)
    return closed.order_by("-starts_at").first()


def _currencies(period: Period) -> tuple[str, ...]:
    """Return the currencies of its pools, shared or not."""
    shared = PoolResult.objects.filter(period_id=key_of(period)).values_list("currency", flat=True)
    filled = filled_pools(period=period).values()
    return tuple(sorted({*shared, *(money.currency for money in filled)}))


def _upto(period: Period, before: Period, *, made_at: dt.datetime) -> dt.date | None:
    """Return the last day to compare with, of a period that was still running when estimated."""
    if made_at >= period.ends_at:
        return None
    return (before.starts_at + (made_at - period.starts_at)).astimezone(dt.UTC).date()
