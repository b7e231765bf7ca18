"""Where members' fees went: what a viewer paid into closed pools, and whose videos it paid for."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from takings.events.queries import watching
from takings.money import Money
from takings.policies.queries import policy
from takings.settlement.models import Period, PoolFee, ShareLine, Stage, Status
from takings.settlement.queries.periods import close_stages
from takings.settlement.rules import Member, PoolKey, Watched, split_fee


@dataclass(frozen=True, slots=True)
class SharedFee:
    """A viewer's fee in one closed pool, and what each creator got of it, as the close shared it.

    Without creators the viewer watched nobody who shares, and the rule said what became of it.
    """

    key: PoolKey
    period: Period
    fee: Money
    creators: dict[int, Money]


def shared_fees(*, viewer_id: UUID, limit: int = 12) -> list[SharedFee]:
    """Return where a viewer's fees went in closed periods, newest first.

    It is reckoned again from the version of the lake and the lines of the close, so it is what the
    close paid.
    """
    paid = PoolFee.objects.filter(viewer_id=viewer_id)
    sums = paid.values_list("period", "country", "currency", "product").annotate(
        micros=Sum("amount_micros")
    )
    closed = Period.objects.filter(status=Status.CLOSED, name__in=[row[0] for row in sums])
    periods = {period.name: period for period in closed}
    found = [
        _shared(PoolKey(*pool), periods[pool[0]], viewer_id=viewer_id, micros=micros)
        for *pool, micros in sums.order_by("-period", "country", "currency")
        if pool[0] in periods
    ]
    return found[:limit]


def _shared(key: PoolKey, period: Period, *, viewer_id: UUID, micros: int) -> SharedFee:
    rules = policy(period.policy_version)
    counted = next(one for one in close_stages(period=period) if one.stage == Stage.COUNTED)
    rows = watching(
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        policy=rules,
        viewers={viewer_id},
        snapshot_id=counted.snapshot_id,
    )
    lines = ShareLine.objects.filter(
        period=period,
        product=key.product,
        country=key.country,
        currency=key.currency,
        video_id__in={row.video_id for row in rows},
    )
    owners = {(line.video_id, line.day): line.creator_id for line in lines}
    fee = Money(micros, key.currency)
    seen = tuple(Watched(row.video_id, row.day, row.views, row.watched_ms) for row in rows)
    member = Member(viewer_id, fee, seen)
    creators: dict[int, int] = defaultdict(int)
    parts = split_fee(member=member, owners=owners, rule=rules.rule_of(key.product))
    for place, part in parts.items():
        creators[owners[place]] += part
    return SharedFee(
        key, period, fee, {who: Money(part, key.currency) for who, part in creators.items()}
    )
