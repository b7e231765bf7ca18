"""Working a period out: counts and pools in, shares out, nothing written.

The estimate, the dry run, the close and a correction take this one path; they differ in when their
counts were taken, and in what becomes of the result.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from uuid import UUID

from takings.events.queries import Counts
from takings.money import Money
from takings.policies.queries import policy
from takings.policies.rules import FEED_ADS, Policy
from takings.settlement.actions.considering import Considered, consider
from takings.settlement.actions.counting import counted_views, pools_to_share, stored_views
from takings.settlement.actions.splitting import said_parts, split_parts
from takings.settlement.actions.stages import snapshot_of
from takings.settlement.models import Period, PoolResult, ShareLine, SplitLine
from takings.settlement.queries.corrections import pool_of
from takings.settlement.queries.direct import direct_lines
from takings.settlement.queries.splits import split_terms
from takings.settlement.rules import (
    CountedViews,
    PoolKey,
    PoolShares,
    digest_rows,
    eligible,
    share_pool,
    with_ads,
)

Row = tuple[object, ...]
Said = list[Row]
LINE_COLUMNS = (
    *("period_id", "product", "country", "currency"),
    *("creator_id", "video_id", "day", "views", "amount_micros"),
)


@dataclass(frozen=True, slots=True)
class Worked:
    """A period worked out; nothing of it is saved.

    ``lines_digest`` is what the close would say came out of its stage “allocated”.
    """

    counts: Counts
    counted: Mapping[str, Sequence[CountedViews]]
    pools: Sequence[tuple[PoolKey, PoolShares]]
    splits: Sequence[SplitLine]
    lines_digest: str


def work_out(
    *, period: Period, policy: Policy, counts: Counts, pools: Mapping[PoolKey, Money]
) -> Worked:
    """Return what these counts make of these pools."""
    counted = counted_views(counts)
    about = consider(period=period, policy=policy, pools=pools, snapshot_id=counts.snapshot_id)
    shared = list(
        shared_pools(period=period, policy=policy, counted=counted, pools=pools, about=about)
    )
    terms = split_terms(period=period)
    splits = split_parts(splits=terms, lines=_lines_of(terms, shared, period=period))
    said = [row for key, shares in shared for row in said_shares(key, shares)]
    return Worked(
        counts=counts,
        counted=counted,
        pools=shared,
        splits=splits,
        lines_digest=digest_rows([*said, *said_parts(splits)]),
    )


def shared_pools(
    *,
    period: Period,
    policy: Policy,
    counted: Mapping[str, Sequence[CountedViews]],
    pools: Mapping[PoolKey, Money],
    about: Considered,
) -> Iterator[tuple[PoolKey, PoolShares]]:
    """Share each pool by its product's rule among the views of its country, in one order.

    A member's fee goes where that member watched, so its pool sees the views of every country. Feed
    ads are shared by the views that they could be shown with: not by those of members without ads.
    Refuses: NoProductRule, FeesExceedPool.
    """
    views_of = Counter[UUID]()
    if any(policy.rule_of(key.product).min_video_views for key in pools):
        for row in chain.from_iterable(counted.values()):
            views_of[row.video_id] += row.views
    for key, total in pools_to_share(period=period, policy=policy, countries=counted, pools=pools):
        rule = policy.rule_of(key.product)
        seen: Iterable[CountedViews] = counted.get(key.country, [])
        if rule.method == "user_centric":
            seen = chain.from_iterable(counted[country] for country in sorted(counted))
        elif key.product == FEED_ADS:
            seen = with_ads(seen, ad_free=about.ad_free.get(key.country, ()))
        rows = eligible(
            seen,
            rule=rule,
            views_of=views_of,
            below=about.below.get(key.product, ()),
        )
        members = about.members.get(key, ())
        yield (
            key,
            share_pool(
                total=total,
                counted=rows,
                rule=rule,
                country=key.country,
                members=members,
                earned=about.direct.get(key, ()),
            ),
        )


def shared_again(
    *, period: Period, countries: Collection[str]
) -> Iterator[tuple[PoolKey, PoolShares]]:
    """Share the pools of these countries of a closed period once more, from the rows it kept."""
    counted = stored_views(period=period)
    results = PoolResult.objects.filter(period=period, country__in=countries)
    pools = {pool_of(row, period=period): Money(row.total_micros, row.currency) for row in results}
    rules = policy(period.policy_version)
    about = consider(
        period=period, policy=rules, pools=pools, snapshot_id=snapshot_of(period=period)
    )
    about = replace(about, direct=direct_lines(period=period.name, with_cuts=False))
    for key, shares in shared_pools(
        period=period, policy=rules, counted=counted, pools=pools, about=about
    ):
        if key in pools:
            yield key, shares


def line_rows(period: Period, key: PoolKey, shares: PoolShares) -> Iterator[Row]:
    """Return a pool's lines as rows of :data:`LINE_COLUMNS`."""
    pool = (period.pk, key.product, key.country, key.currency)
    for line in shares.lines:
        yield (*pool, line.creator_id, line.video_id, line.day, line.views, line.amount.micros)


def said_shares(key: PoolKey, shares: PoolShares) -> Said:
    """Return what a pool's shares say, as rows for a digest."""
    pool = key.place
    return [
        (*pool, "platform", shares.platform.micros),
        *((*pool, "rights", name, money.micros) for name, money in shares.holders.items()),
        *(
            (*pool, line.creator_id, line.video_id, line.day, line.views, line.amount.micros)
            for line in shares.lines
        ),
    ]


def _lines_of(
    videos: Collection[UUID], shared: Iterable[tuple[PoolKey, PoolShares]], *, period: Period
) -> list[ShareLine]:
    """Return the lines of these videos, as the close will keep them."""
    return [
        ShareLine(
            period=period,
            product=key.product,
            country=key.country,
            currency=key.currency,
            creator_id=line.creator_id,
            video_id=line.video_id,
            day=line.day,
            amount_micros=line.amount.micros,
        )
        for key, shares in shared
        for line in shares.lines
        if line.video_id in videos
    ]


def sum_of(parts: Iterable[Money]) -> int:
    """Return the micro-units of all parts."""
    return sum(part.micros for part in parts)
