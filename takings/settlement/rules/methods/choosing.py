"""Which views earn from a pool, and by which method it is shared."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from takings.money import Money
from takings.policies.rules import Gate, PoolRule
from takings.settlement.rules.methods.creator_pool import share_creator_pool
from takings.settlement.rules.methods.direct import share_direct
from takings.settlement.rules.methods.fixed_rate import share_fixed_rate
from takings.settlement.rules.methods.pro_rata import share_pro_rata
from takings.settlement.rules.methods.user_centric import share_user_centric
from takings.settlement.rules.methods.values import (
    CountedViews,
    CreatorLine,
    Member,
    PoolShares,
    Watched,
)


def share_pool(
    *,
    total: Money,
    counted: Sequence[CountedViews],
    rule: PoolRule,
    country: str = "",
    members: Sequence[Member] = (),
    earned: Sequence[CreatorLine] = (),
) -> PoolShares:
    """Share ``total`` by the rule's method among creators, rights holders and the platform.

    ``counted`` are the views of the pool's ``country``; for a user-centric pool those of every
    country, since a member's fee goes where that member watched. Their order does not matter.
    ``earned`` are the lines of money that was one creator's from the start.
    Refuses: FeesExceedPool.
    """
    if rule.method == "direct":
        return share_direct(total=total, earned=earned)
    if rule.method == "pro_rata":
        return share_pro_rata(total=total, counted=counted, rule=rule)
    if rule.method == "user_centric":
        return share_user_centric(total=total, counted=counted, rule=rule, members=members)
    if rule.method == "fixed_rate":
        return share_fixed_rate(total=total, counted=counted, rule=rule, country=country)
    return share_creator_pool(total=total, counted=counted, rule=rule)


def below_gate(recent: Mapping[int, int], *, gate: Gate) -> frozenset[int]:
    """Return the creators whose counted views of the gate's days are too few."""
    return frozenset(creator for creator, views in recent.items() if views < gate.min_views)


def eligible(
    counted: Iterable[CountedViews],
    *,
    rule: PoolRule,
    views_of: Mapping[UUID, int],
    below: Collection[int] = (),
) -> list[CountedViews]:
    """Return the views of a pool, those marked as not sharing that its product does not pay.

    These are views of creators ``below`` the rule's gate, and of videos with too few views in the
    period; ``views_of`` counts each video's in all countries. WE-08: who is below keeps
    everything else.
    """
    least = rule.min_video_views
    if not below and not least:
        return list(counted)
    return [
        replace(row, shares=False)
        if row.creator_id in below or (least and views_of[row.video_id] < least)
        else row
        for row in counted
    ]


def with_ads(
    counted: Iterable[CountedViews], *, ad_free: Iterable[Watched]
) -> Iterable[CountedViews]:
    """Return the views of a country without those that were watched without ads.

    ``ad_free`` is a part of what was counted. Without any, all of it comes back as it is.
    """
    views, watched_ms = Counter[tuple[UUID, dt.date]](), Counter[tuple[UUID, dt.date]]()
    for row in ad_free:
        views[row.video_id, row.day] += row.views
        watched_ms[row.video_id, row.day] += row.watched_ms
    if not views:
        return counted
    rows = (
        replace(
            row,
            views=row.views - views[row.video_id, row.day],
            watched_ms=row.watched_ms - watched_ms[row.video_id, row.day],
        )
        for row in counted
    )
    return [row for row in rows if row.views]
