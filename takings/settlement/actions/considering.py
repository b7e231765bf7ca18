"""What a rule asks for besides the counts: what members paid and watched, who is below a gate.

And what was watched without ads. All are read from the same version of the lake as the counts, so a
close is repeatable from it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from takings.events.queries import daily_counts, watching
from takings.money import Money
from takings.policies.rules import Gate, Policy
from takings.settlement.actions.counting import counted_views
from takings.settlement.models import Period, PoolFee
from takings.settlement.queries import ad_free_days
from takings.settlement.queries.direct import direct_lines
from takings.settlement.rules import PRODUCT, CreatorLine, Member, PoolKey, Watched, below_gate

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Considered:
    """``members`` of each pool that has some; ``below`` the gate of each product that has one.

    ``direct`` are the lines of what was one creator's from the start.
    ``ad_free`` is what of a country's views was watched by members without ads.
    """

    members: Mapping[PoolKey, tuple[Member, ...]] = field(default_factory=dict)
    below: Mapping[str, frozenset[int]] = field(default_factory=dict)
    direct: Mapping[PoolKey, tuple[CreatorLine, ...]] = field(default_factory=dict)
    ad_free: Mapping[str, Sequence[Watched]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """What is read: the period's time under its policy, from one version of the lake."""

    period: Period
    policy: Policy
    snapshot_id: int | None


def consider(
    *, period: Period, policy: Policy, pools: Iterable[PoolKey], snapshot_id: int | None
) -> Considered:
    """Return what the rules of these pools ask for; the lake is read only if one does."""
    source = _Source(period, policy, snapshot_id)
    products = {PRODUCT, *(key.product for key in pools)}
    gates = {product: policy.rule_of(product).gate for product in products}
    return Considered(
        members=_members(source),
        below={product: _below(source, gate) for product, gate in gates.items() if gate},
        direct=direct_lines(period=period.name),
        ad_free=_ad_free(source),
    )


def _members(source: _Source) -> dict[PoolKey, tuple[Member, ...]]:
    fees: dict[PoolKey, Counter[UUID]] = defaultdict(Counter)
    for fee in PoolFee.objects.filter(period=source.period.name).order_by("pk"):
        fees[fee.key][fee.viewer_id] += fee.amount_micros
    if not fees:
        return {}
    rows = watching(
        starts_at=source.period.starts_at,
        ends_at=source.period.ends_at,
        policy=source.policy,
        viewers={viewer for paid in fees.values() for viewer in paid},
        snapshot_id=source.snapshot_id,
    )
    watched: dict[UUID, list[Watched]] = defaultdict(list)
    for row in rows:
        watched[row.viewer_id].append(Watched(row.video_id, row.day, row.views, row.watched_ms))
    return {
        key: tuple(
            Member(viewer, Money(micros, key.currency), tuple(watched[viewer]))
            for viewer, micros in sorted(paid.items())
        )
        for key, paid in fees.items()
    }


def _ad_free(source: _Source) -> dict[str, list[Watched]]:
    """Return what members watched without ads, where their fees are shared by what they watch."""
    if not any(rule.method == "user_centric" for rule in source.policy.products.values()):
        return {}
    period = source.period
    days = ad_free_days(starts_at=period.starts_at, ends_at=period.ends_at)
    if not days:
        return {}
    rows = watching(
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        policy=source.policy,
        viewers=days,
        snapshot_id=source.snapshot_id,
    )
    found: dict[str, list[Watched]] = defaultdict(list)
    for row in rows:
        if row.day in days[row.viewer_id]:
            found[row.country].append(Watched(row.video_id, row.day, row.views, row.watched_ms))
    return found


def _below(source: _Source, gate: Gate) -> frozenset[int]:
    counts = daily_counts(
        starts_at=source.period.ends_at - dt.timedelta(days=gate.days),
        ends_at=source.period.ends_at,
        policy=source.policy,
        snapshot_id=source.snapshot_id,
    )
    recent: Counter[int] = Counter()
    for one in chain.from_iterable(counted_views(counts).values()):
        recent[one.creator_id] += one.views
    return below_gate(recent, gate=gate)
