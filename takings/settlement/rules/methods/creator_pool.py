"""The creator pool of feed ads: exact fractions, one rounding, nothing lost.

The published YouTube Shorts method, as facts/policy ``pool.*`` say it: music first, then each
creator's share of the views, then the creator's share of that allocation. With P the pool, v views,
f(n) the part that a view of a video with n tracks leaves in the creators' pool:

    music of holder h  = P × Σ v·(1−f)/n over h's tracks          / V_all
    creator i          = P × Σ_sharing v·f / V_all × v_i/V_sharing × 45 %
    platform           = the rest

Every line is one rational number over one common denominator, so whole numbers suffice; one
largest-remainder allocation over all lines makes them sum to P exactly.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from takings.money import Money, allocate
from takings.policies.rules import PoolRule
from takings.settlement.rules.methods.values import CountedViews, PoolShares, lines_of


@dataclass(frozen=True, slots=True)
class _Tally:
    """Sums over the counted views; units are views × ``scale``."""

    scale: int
    views: int
    creator_views: dict[int, int]
    pool_units: int
    holder_units: dict[str, int]
    holder_views: dict[str, int]

    @property
    def sharing_views(self) -> int:
        return sum(self.creator_views.values())


def share_creator_pool(
    *, total: Money, counted: Sequence[CountedViews], rule: PoolRule
) -> PoolShares:
    """Share ``total`` among the creators, rights holders and the platform.

    The order of ``counted`` does not matter. Without a single view the platform keeps everything.
    """
    tally = _tally(counted, rule)
    shares = allocate(total.micros, _weights(tally, rule))
    creators = {
        key: Money(shares["creator", key, ""], total.currency) for key in tally.creator_views
    }
    holders = {
        name: Money(shares["holder", 0, name], total.currency) for name in tally.holder_units
    }
    allocated = total.micros * tally.pool_units // (tally.scale * tally.views or 1)
    return PoolShares(
        total=total,
        views=tally.views,
        sharing_views=tally.sharing_views,
        allocation=Money(allocated, total.currency),
        creators=creators,
        holders=holders,
        holder_views=tally.holder_views,
        platform=Money(shares["platform", 0, ""], total.currency),
        lines=tuple(lines_of(creators=creators, counted=counted, rule=rule)),
    )


def _tally(counted: Sequence[CountedViews], rule: PoolRule) -> _Tally:
    most = max((len(row.holders) for row in counted), default=0)
    parts = [rule.pool_part(tracks=tracks) for tracks in range(most + 1)]
    scale = lcm(*(part.denominator * max(tracks, 1) for tracks, part in enumerate(parts)))
    units_of = [int(part * scale) for part in parts]
    pool_units = 0
    creator_views: dict[int, int] = defaultdict(int)
    holder_units: dict[str, int] = defaultdict(int)
    holder_views: dict[str, int] = defaultdict(int)
    for row in counted:
        tracks = len(row.holders)
        if row.shares:
            creator_views[row.creator_id] += row.views
            pool_units += row.views * units_of[tracks]
        for holder in row.holders:
            holder_units[holder] += row.views * ((scale - units_of[tracks]) // tracks)
            holder_views[holder] += row.views
    return _Tally(
        scale=scale,
        views=sum(row.views for row in counted),
        creator_views=dict(creator_views),
        pool_units=pool_units,
        holder_units=dict(holder_units),
        holder_views=dict(holder_views),
    )


def _weights(tally: _Tally, rule: PoolRule) -> dict[tuple[str, int, str], int]:
    """Give every line a whole weight over the common denominator; the platform takes the rest."""
    share = rule.creator_share.ratio
    sharing = tally.sharing_views or 1
    whole = tally.scale * tally.views * sharing * share.denominator or 1
    weights = {
        ("creator", key, ""): tally.pool_units * views * share.numerator
        for key, views in tally.creator_views.items()
    }
    weights |= {
        ("holder", 0, name): units * sharing * share.denominator
        for name, units in tally.holder_units.items()
    }
    weights["platform", 0, ""] = whole - sum(weights.values())
    return weights
