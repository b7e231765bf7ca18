"""The stage that splits every pool into lines."""

from takings.core.errors import Conflict
from takings.policies.rules import Policy
from takings.settlement.actions.considering import consider
from takings.settlement.actions.counting import money_to_share, stored_views
from takings.settlement.actions.splitting import share_lines_out
from takings.settlement.actions.stages import (
    Done,
    output_digest,
    pools_digest,
    snapshot_of,
)
from takings.settlement.actions.storing import store_rows
from takings.settlement.actions.working import (
    LINE_COLUMNS,
    Said,
    line_rows,
    said_shares,
    shared_pools,
    sum_of,
)
from takings.settlement.models import Period, PoolResult, RightsLine, ShareLine, Stage
from takings.settlement.rules import PoolKey, PoolShares, digest_rows


class PoolsMoved(Conflict):
    """Money moved in or out of a frozen period's pools: somebody went around ``open_period``."""

    code = "pools_moved"
    sentence = "The pools of {period} are not what they were when it was frozen; run check-books."


def share_pools(period: Period, *, policy: Policy) -> Done:
    """Share every pool of the frozen period and keep the lines. Refuses: PoolsMoved."""
    pools = money_to_share(period=period)
    frozen = pools_digest(pools)
    if frozen != output_digest(period=period, stage=Stage.FROZEN):
        raise PoolsMoved(period=period.name)
    counted = stored_views(period=period)
    written: Said = []
    about = consider(
        period=period,
        policy=policy,
        pools=pools,
        snapshot_id=snapshot_of(period=period),
    )
    for key, shares in shared_pools(
        period=period, policy=policy, counted=counted, pools=pools, about=about
    ):
        _store(period, key, shares)
        written += said_shares(key, shares)
    written += share_lines_out(period=period)
    return Done(
        row_count=len(written),
        input_digest=digest_rows(
            [("pools", frozen), ("counts", output_digest(period=period, stage=Stage.COUNTED))]
        ),
        output_digest=digest_rows(written),
    )


def _store(period: Period, key: PoolKey, shares: PoolShares) -> None:
    """Write one pool's rows; the entry that will pay them is known by its id beforehand.

    Direct money has none here: its own entries paid it.
    """
    entry_id = key.entry_id if shares.total and not key.is_direct else None
    PoolResult.objects.create(
        period=period,
        product=key.product,
        country=key.country,
        currency=key.currency,
        views=shares.views,
        sharing_views=shares.sharing_views,
        total_micros=shares.total.micros,
        allocation_micros=shares.allocation.micros,
        creators_micros=sum_of(shares.creators.values()),
        rights_micros=sum_of(shares.holders.values()),
        platform_micros=shares.platform.micros,
        said=shares.said,
        entry_id=entry_id,
    )
    RightsLine.objects.bulk_create(
        RightsLine(
            period=period,
            product=key.product,
            country=key.country,
            currency=key.currency,
            holder=holder,
            views=shares.holder_views[holder],
            amount_micros=shares.holders[holder].micros,
            entry_id=entry_id,
        )
        for holder in sorted(shares.holders)
    )
    rows = ((*row, entry_id) for row in line_rows(period, key, shares))
    store_rows(ShareLine, (*LINE_COLUMNS, "entry_id"), rows)
