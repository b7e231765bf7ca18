"""What it costs to be in a higher tier at once, for what is left of a month."""

import datetime as dt
from dataclasses import dataclass

from takings.memberships.models import Member, MemberMonth, Tier
from takings.memberships.queries.fans.members import last_member_month
from takings.memberships.queries.fans.tiers import Offer, offers_of
from takings.memberships.rules.tiers import days_left, days_of, part_of_price
from takings.money import Money


@dataclass(frozen=True, slots=True)
class Rise:
    """A higher tier: ``price`` now for the days that are left, ``listed`` for each month then."""

    tier: Tier
    price: Money
    listed: Money
    last: MemberMonth


def rises_of(member: Member, *, at: dt.datetime) -> list[Rise]:
    """Return into which tiers a member can be lifted now, the lowest first; none without a card.

    Of what a month costs more, that for the days that are whole and to come, cut to what can be
    paid. Where that is nothing, the next month is soon enough.
    """
    last = last_member_month(member)
    if last is None or not member.renews or not last.span.starts_at <= at < last.span.ends_at:
        return []
    found = [_rise(offer, last, at=at) for offer in offers_of(member.creator)]
    return [rise for rise in found if rise is not None]


def _rise(offer: Offer, last: MemberMonth, *, at: dt.datetime) -> Rise | None:
    listed = offer.prices.get(last.currency)
    if listed is None or offer.tier.rank <= last.tier.rank or listed <= last.listed:
        return None
    days, of = days_left(last.span, at=at), days_of(last.span)
    price = part_of_price(listed - last.listed, days=days, of=of)
    return Rise(offer.tier, price, listed, last) if price else None
