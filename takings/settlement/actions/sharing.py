"""The stage that splits every pool into lines."""

from takings.core.errors import Conflict
from takings.money import Money
from takings.policies.rules import Policy
from takings.settlement.actions.counting import (
    counted_by_country,
    pool_balances,
    pools_to_share,
)
from takings.settlement.actions.splitting import share_lines_out
from takings.settlement.actions.stages import BATCH, Done, output_digest, pools_digest
from takings.settlement.models import CountLine, Period, PoolResult, RightsLine, ShareLine, Stage
from takings.settlement.rules import PoolKey, PoolShares, digest_rows, share_pool


class PoolsMoved(Conflict):
    """Money moved in or out of a frozen period's pools: somebody went around ``open_period``."""

    code = "pools_moved"
    sentence = "The pools of {period} are not what they were when it was frozen; run check-books."


def share_pools(period: Period, *, policy: Policy) -> Done:
    """Share every pool of the frozen period and keep the lines. Refuses: PoolsMoved."""
    frozen = pools_digest(pool_balances(period=period))
    if frozen != output_digest(period=period, stage=Stage.FROZEN):
        raise PoolsMoved(period=period.name)
    rows = CountLine.objects.filter(period=period).order_by("country", "video_id", "day")
    counted = counted_by_country(rows.iterator(chunk_size=BATCH))
    written: list[tuple[object, ...]] = []
    for key, total in pools_to_share(period=period, policy=policy, countries=counted):
        shares = share_pool(total=total, counted=counted.get(key.country, []), rule=policy.pool)
        written += _store(period, key, shares)
    written += share_lines_out(period=period)
    return Done(
        row_count=len(written),
        input_digest=digest_rows(
            [("pools", frozen), ("counts", output_digest(period=period, stage=Stage.COUNTED))]
        ),
        output_digest=digest_rows(written),
    )


def _store(period: Period, key: PoolKey, shares: PoolShares) -> list[tuple[object, ...]]:
    """Write one pool's rows; the entry that will pay them is known by its id beforehand."""
    entry_id = key.entry_id if shares.total else None
    PoolResult.objects.create(
        period=period,
        country=key.country,
        currency=key.currency,
        views=shares.views,
        sharing_views=shares.sharing_views,
        total_micros=shares.total.micros,
        allocation_micros=shares.allocation.micros,
        creators_micros=_sum(shares.creators),
        rights_micros=_sum(shares.holders),
        platform_micros=shares.platform.micros,
        entry_id=entry_id,
    )
    RightsLine.objects.bulk_create(
        RightsLine(
            period=period,
            country=key.country,
            currency=key.currency,
            holder=holder,
            views=shares.holder_views[holder],
            amount_micros=shares.holders[holder].micros,
            entry_id=entry_id,
        )
        for holder in sorted(shares.holders)
    )
    lines = [
        ShareLine(
            period=period,
            country=key.country,
            currency=key.currency,
            creator_id=line.creator_id,
            video_id=line.video_id,
            day=line.day,
            views=line.views,
            amount_micros=line.amount.micros,
            entry_id=entry_id,
        )
        for line in shares.lines
    ]
    ShareLine.objects.bulk_create(lines, batch_size=BATCH)
    pool = (key.country, key.currency)
    return [
        (*pool, "platform", shares.platform.micros),
        *((*pool, "rights", name, money.micros) for name, money in shares.holders.items()),
        *((*pool, r.creator_id, r.video_id, r.day, r.views, r.amount_micros) for r in lines),
    ]


def _sum(parts: dict[int, Money] | dict[str, Money]) -> int:
    return sum(part.micros for part in parts.values())
