"""Where members' fees went: what viewers paid into the pools of a closed period, and to whom."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from takings.events.queries import ViewerWatched, watching
from takings.money import Money
from takings.policies.queries import policy
from takings.settlement.models import Period, PoolFee, ShareLine, Stage
from takings.settlement.queries.periods import close_stages
from takings.settlement.rules import Member, PoolKey, Watched, split_fee


@dataclass(frozen=True, slots=True)
class SharedFee:
    """A viewer's fee in one closed pool, and what each creator got of it, as the close shared it.

    Without creators the viewer watched nobody who shares, and the rule said what became of it.
    """

    viewer_id: UUID
    key: PoolKey
    fee: Money
    creators: dict[int, Money]


def shared_fees(*, period: Period) -> list[SharedFee]:
    """Return where every fee in the pools of a closed period went.

    It is reckoned again from the version of the lake and the lines of the close, so it is what the
    close paid.
    """
    paid = PoolFee.objects.filter(period=period.name)
    rows = paid.values_list("period", "country", "currency", "product", "viewer_id")
    sums = list(rows.annotate(micros=Sum("amount_micros")).order_by("viewer_id", "currency"))
    if not sums:
        return []
    rules = policy(period.policy_version)
    counted = next(one for one in close_stages(period=period) if one.stage == Stage.COUNTED)
    watched = by_viewer(
        watching(
            starts_at=period.starts_at,
            ends_at=period.ends_at,
            policy=rules,
            viewers={viewer for *_, viewer, _ in sums},
            snapshot_id=counted.snapshot_id,
        )
    )
    keys = {PoolKey(*pool) for *pool, _, _ in sums}
    owners = {key: _owners(period, key) for key in keys}
    found = []
    for *pool, viewer, micros in sums:
        key = PoolKey(*pool)
        member = Member(viewer, Money(micros, key.currency), watched.get(viewer, ()))
        parts = split_fee(member=member, owners=owners[key], rule=rules.rule_of(key.product))
        creators: dict[int, int] = defaultdict(int)
        for place, part in parts.items():
            creators[owners[key][place]] += part
        amounts = {who: Money(part, key.currency) for who, part in creators.items()}
        found.append(SharedFee(viewer, key, member.fee, amounts))
    return found


def by_viewer(rows: list[ViewerWatched]) -> dict[UUID, tuple[Watched, ...]]:
    """Return what each viewer watched, as the methods of sharing take it."""
    found: dict[UUID, list[Watched]] = defaultdict(list)
    for row in rows:
        found[row.viewer_id].append(Watched(row.video_id, row.day, row.views, row.watched_ms))
    return {viewer: tuple(seen) for viewer, seen in found.items()}


def _owners(period: Period, key: PoolKey) -> dict[tuple[UUID, dt.date], int]:
    lines = ShareLine.objects.filter(
        period=period, product=key.product, country=key.country, currency=key.currency
    )
    return {
        (video, day): creator
        for video, day, creator in lines.values_list("video_id", "day", "creator_id")
    }
