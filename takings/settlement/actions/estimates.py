"""Estimates: what the close would pay if it happened now, by the same steps, without posting."""

import datetime as dt

from django.db import connection, transaction

from takings.policies.queries import policy
from takings.settlement import queries
from takings.settlement.actions.considering import consider
from takings.settlement.actions.counting import (
    CountViews,
    count_lake,
    counted_views,
    money_to_share,
)
from takings.settlement.actions.storing import store_rows
from takings.settlement.actions.working import LINE_COLUMNS, line_rows, shared_pools
from takings.settlement.models import Estimate, EstimateLine, EstimatePool, Period, Status
from takings.settlement.queries.periods import PERIODS_LOCK, period_at
from takings.settlement.rules import PoolKey, PoolShares, UnknownPeriod


def refresh_estimates(*, at: dt.datetime, count: CountViews = count_lake) -> list[Period]:
    """Make the estimates of the open period anew, and of ended ones that hold money still.

    Returns the periods estimated. A period that is being closed keeps its last estimate, so that
    the difference to the final figure can be shown line by line.
    """
    names = queries.periods_with_money() | queries.periods_with_direct() | {period_at(at=at).name}
    return [
        period
        for name in sorted(names)
        if (found := _open(name)) and (period := _refresh(found, at=at, count=count))
    ]


def _open(name: str) -> Period | None:
    """Return the period unless it is frozen; a pool without a period is left to check-books."""
    try:
        period = queries.period(name=name)
    except UnknownPeriod:
        return None
    return period if period.status == Status.OPEN else None


def _refresh(period: Period, *, at: dt.datetime, count: CountViews) -> Period | None:
    rules = policy(period.policy_version)
    counts = count(starts_at=period.starts_at, ends_at=period.ends_at, policy=rules)
    counted = counted_views(counts)
    with transaction.atomic():
        stored = _hold_open(period)
        if stored is None:
            return None
        EstimateLine.objects.filter(period=stored).delete()
        EstimatePool.objects.filter(period=stored).delete()
        pools = {  # one that cannot be shared stops no estimate; check-books finds it
            key: money
            for key, money in money_to_share(period=stored).items()
            if rules.has_rule(key.product)
        }
        about = consider(period=stored, policy=rules, pools=pools, snapshot_id=counts.snapshot_id)
        for key, shares in shared_pools(
            period=stored, policy=rules, counted=counted, pools=pools, about=about
        ):
            _keep(stored, key, shares)
        Estimate.objects.update_or_create(
            period=stored,
            defaults={
                "made_at": at,
                "policy_version": stored.policy_version,
                "snapshot_id": counts.snapshot_id,
                "counts_digest": counts.digest,
            },
        )
        return stored


def _keep(period: Period, key: PoolKey, shares: PoolShares) -> None:
    """Write down what one pool would be shared into, and what it held."""
    where = {"product": key.product, "country": key.country, "currency": key.currency}
    EstimatePool.objects.create(
        period=period, views=shares.views, total_micros=shares.total.micros, **where
    )
    store_rows(EstimateLine, LINE_COLUMNS, line_rows(period, key, shares))


def _hold_open(period: Period) -> Period | None:
    """Store the period if nobody has, and keep it from being frozen until we commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [PERIODS_LOCK])
    stored, _ = Period.objects.get_or_create(
        name=period.name,
        defaults={
            "starts_at": period.starts_at,
            "ends_at": period.ends_at,
            "policy_version": period.policy_version,
        },
    )
    stored = Period.objects.select_for_update(no_key=True).get(pk=stored.pk)
    return stored if stored.status == Status.OPEN else None
