"""A dry run: the whole close of a period that is over, worked out and kept, without a transfer."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import policy
from takings.settlement import queries
from takings.settlement.actions.counting import CountViews, count_lake, money_to_share
from takings.settlement.actions.stages import BATCH, pools_digest
from takings.settlement.actions.working import Worked, sum_of, work_out
from takings.settlement.models import (
    DryRun,
    DryRunOutcome,
    DryRunPool,
    DryRunShare,
    Period,
    Status,
)
from takings.settlement.rules import AlreadyClosed, PeriodNotOver, PoolKey, PoolShares


class CloseUnderWay(Conflict):
    """What is being closed cannot be tried out any more."""

    code = "close_under_way"
    sentence = "{period} is being closed already; let that end."


class DryRunIdTaken(Conflict):
    """The id of a dry run is its idempotency key."""

    code = "dry_run_id_taken"
    sentence = "A dry run with this id exists and is of another period; use a new id."


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for a run, under which id, and when; nobody stands for the machine's own people."""

    id: UUID
    operator: User | None
    at: dt.datetime


def dry_run(*, name: str, asked: Asked, count: CountViews = count_lake) -> DryRun:
    """Work the close of a period out as it would be now, keep it, and post nothing.

    The same id again is the same run. Refuses: UnknownPeriod, PeriodNotOver, AlreadyClosed,
    CloseUnderWay, DryRunIdTaken, and what counting refuses.
    """
    known = DryRun.objects.select_related("period").filter(pk=asked.id).first()
    if known is not None:
        if known.period.name != name:
            raise DryRunIdTaken
        return known
    period = open_and_over(name=name, at=asked.at)
    pools = money_to_share(period=period)
    rules = policy(period.policy_version)
    counts = count(starts_at=period.starts_at, ends_at=period.ends_at, policy=rules)
    worked = work_out(period=period, policy=rules, counts=counts, pools=pools)
    return _keep(period, worked, pools_said=pools_digest(pools), asked=asked)


def open_and_over(*, name: str, at: dt.datetime) -> Period:
    """Return a period that can be closed. Refuses: as ``dry_run`` does."""
    period = queries.period(name=name)
    if period.status == Status.CLOSED:
        raise AlreadyClosed(period=name)
    if period.status == Status.CLOSING:
        raise CloseUnderWay(period=name)
    if at < period.ends_at:
        raise PeriodNotOver(period=name, ends_at=period.ends_at)
    return period


@transaction.atomic
def _keep(period: Period, worked: Worked, *, pools_said: str, asked: Asked) -> DryRun:
    stored, _ = Period.objects.get_or_create(
        name=period.name,
        defaults={
            "starts_at": period.starts_at,
            "ends_at": period.ends_at,
            "policy_version": period.policy_version,
        },
    )
    run = DryRun.objects.create(
        id=asked.id,
        period=stored,
        made_by=asked.operator,
        made_at=asked.at,
        policy_version=period.policy_version,
        snapshot_id=worked.counts.snapshot_id,
        counts_digest=worked.counts.digest,
        pools_digest=pools_said,
        lines_digest=worked.lines_digest,
        line_count=sum(len(shares.lines) for _, shares in worked.pools),
    )
    DryRunPool.objects.bulk_create(_pool(run, key, shares) for key, shares in worked.pools)
    DryRunShare.objects.bulk_create(_shares(run, worked), batch_size=BATCH)
    DryRunOutcome.objects.bulk_create(_outcomes(run, worked))
    record_staff_act(
        operator=asked.operator,
        act="close_tried",
        target=f"period:{period.name}",
        reason=f"dry run {run.pk}",
        at=asked.at,
    )
    return run


def _pool(run: DryRun, key: PoolKey, shares: PoolShares) -> DryRunPool:
    return DryRunPool(
        run=run,
        account=key.account,
        country=key.country,
        currency=key.currency,
        views=shares.views,
        sharing_views=shares.sharing_views,
        total_micros=shares.total.micros,
        creators_micros=sum_of(shares.creators.values()),
        rights_micros=sum_of(shares.holders.values()),
        platform_micros=shares.platform.micros,
    )


def _shares(run: DryRun, worked: Worked) -> Iterator[DryRunShare]:
    views: Counter[tuple[int, str]] = Counter()
    micros: Counter[tuple[int, str]] = Counter()
    for key, shares in worked.pools:
        for line in shares.lines:
            views[line.creator_id, key.currency] += line.views
            micros[line.creator_id, key.currency] += line.amount.micros
    for part in worked.splits:
        micros[part.owner_id, part.currency] -= part.amount_micros
        micros[part.creator_id, part.currency] += part.amount_micros
    for creator_id, code in sorted(micros):
        yield DryRunShare(
            run=run,
            creator_id=creator_id,
            currency=code,
            views=views[creator_id, code],
            amount_micros=micros[creator_id, code],
        )


def _outcomes(run: DryRun, worked: Worked) -> Iterator[DryRunOutcome]:
    seen: Counter[tuple[str, str]] = Counter()
    for row in worked.counts.rows:
        seen[row.country, row.outcome] += row.views
    for (country, outcome), views in sorted(seen.items()):
        yield DryRunOutcome(run=run, country=country, outcome=outcome, views=views)
