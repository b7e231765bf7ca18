"""User-centric: each member's fee goes to the creators that this member watched.

With f_m the fee of member m, c the creators' share and u_m the units that m watched of who shares:
a line is f_m × c × u_m,line / u_m, summed over the members. Each fee is split by itself, exactly
and with one rounding, so a member can be told to the micro-unit where the fee went.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from takings.core.errors import Conflict
from takings.money import Money, allocate, format_money
from takings.policies.rules import PoolRule
from takings.settlement.rules.methods.values import (
    CountedViews,
    CreatorLine,
    Member,
    PoolShares,
    shared_without_music,
)

Key = tuple[UUID, dt.date]

PLATFORM: Key = (UUID(int=0), dt.date.min)  # no video's day


class FeesExceedPool(Conflict):
    """The members' fees are more than what their pool holds: money left it another way."""

    code = "fees_exceed_pool"
    sentence = "Members paid {fees} into a pool that holds {held}; run check-books."


def share_user_centric(
    *, total: Money, counted: Sequence[CountedViews], rule: PoolRule, members: Sequence[Member]
) -> PoolShares:
    """Share every member's fee by what that member watched of ``counted``, in whatever country.

    What comes from members who watched nothing, or from no member, is shared by what all of them
    watched, or stays with the platform, as ``rule.unwatched`` says. Refuses: FeesExceedPool.
    """
    fees = sum(member.fee.micros for member in members)
    if fees > total.micros:
        paid = Money(fees, total.currency)
        raise FeesExceedPool(
            fees=format_money(paid, exact=True), held=format_money(total, exact=True)
        )
    owners = {(row.video_id, row.day): row.creator_id for row in counted if row.shares}
    amounts: dict[Key, int] = defaultdict(int)
    units: dict[Key, int] = defaultdict(int)
    views: dict[Key, int] = defaultdict(int)
    idle = total.micros - fees
    for member in members:
        own = _units(member, owners, rule)
        for seen in member.watched:
            views[seen.video_id, seen.day] += seen.views
        for key, watched in own.items():
            units[key] += watched
        if own:
            _add(amounts, _split(member.fee.micros, own, rule))
        else:
            idle += member.fee.micros
    by_all = rule.unwatched == "pro_rata" and bool(units)
    if by_all:
        _add(amounts, _split(idle, units, rule))
    return shared_without_music(
        total=total,
        counted=counted,
        lines=(
            CreatorLine(owners[key], *key, views[key], Money(amounts[key], total.currency))
            for key in sorted(units, key=lambda key: (owners[key], key))
        ),
        said=_said(len(members), idle=Money(idle, total.currency), by_all=by_all),
    )


def split_fee(*, member: Member, owners: Mapping[Key, int], rule: PoolRule) -> dict[Key, int]:
    """Return what a member's fee gives to each video's day, in micro-units; the rest is not theirs.

    Nothing when the member watched nobody of ``owners``.
    """
    own = _units(member, owners, rule)
    return _split(member.fee.micros, own, rule) if own else {}


def _units(member: Member, owners: Mapping[Key, int], rule: PoolRule) -> dict[Key, int]:
    units: dict[Key, int] = defaultdict(int)
    for seen in member.watched:
        key = (seen.video_id, seen.day)
        if key in owners and seen.units(rule):
            units[key] += seen.units(rule)
    return dict(units)


def _split(micros: int, units: Mapping[Key, int], rule: PoolRule) -> dict[Key, int]:
    """Split an amount over what was watched; the platform's part stays out of the answer."""
    share = rule.creator_share.ratio
    weights = {key: own * share.numerator for key, own in units.items()}
    weights[PLATFORM] = sum(units.values()) * (share.denominator - share.numerator)
    parts = allocate(micros, weights)
    del parts[PLATFORM]
    return parts


def _add(amounts: dict[Key, int], parts: Mapping[Key, int]) -> None:
    for key, micros in parts.items():
        amounts[key] += micros


def _said(members: int, *, idle: Money, by_all: bool) -> str:
    said = f"The fees of {members:,} members, each by what that member watched"
    if not idle:
        return said
    way = "by what all of them watched" if by_all else "to the platform"
    return f"{said}; {format_money(idle, exact=True)} without watching goes {way}"
