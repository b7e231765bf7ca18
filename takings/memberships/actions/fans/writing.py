"""Letters to members: a card was declined, a month costs more soon."""

import datetime as dt
from uuid import UUID

from django.urls import reverse

from takings.memberships.models import Member, Tier
from takings.memberships.queries.fans.members import (
    first_renewal_from,
    last_member_month,
    member_standing,
    month_of_payment,
    next_price,
)
from takings.people.actions.letters import send_letter
from takings.policies.queries import member_rule_at


def tell_member_declined(*, month_id: UUID, at: dt.datetime) -> bool:
    """Write that a card was declined, until when it is tried and what to do; tell if so.

    Not to who paid by another card, or left, meanwhile. A job killed right after the letter sends
    another one: twice is better than never.
    """
    month = month_of_payment(month_id)
    standing = member_standing(month.member, at=at)
    if not (standing.in_grace and standing.declined):
        return False
    _write(
        month.member,
        subject=f"Your card was declined: {month.member.creator.name}",
        letter="member_declined",
        told={"standing": standing, "price": month.price},
    )
    return True


def tell_new_price(*, tier_id: int, member_id: int, at: dt.datetime) -> bool:
    """Write to a member that a month costs more, from which renewal on; tell if so.

    Not to who does not go on, or for whom it costs no more after all.
    """
    tier = Tier.objects.get(pk=tier_id)
    member = Member.objects.select_related("user", "creator", "tier").get(pk=member_id)
    last, notice = last_member_month(member), member_rule_at(at=at).notice
    if last is None or not member.renews or member.tier != tier:
        return False
    from_at = first_renewal_from(last, at=at + notice)
    price = next_price(member, last=last, at=from_at)
    if price <= last.listed:
        return False
    _write(
        member,
        subject=f"A new price from {from_at:%-d %B %Y} on: {member.creator.name}",
        letter="new_price",
        told={"price": price, "before": last.listed, "from_at": from_at},
    )
    return True


def _write(member: Member, *, subject: str, letter: str, told: dict[str, object]) -> None:
    send_letter(
        address=member.user.email,
        subject=subject,
        letter=f"memberships/letters/{letter}.txt",
        told={**told, "user": member.user, "creator": member.creator},
        page=reverse("fans:own", args=[member.pk]),
    )
