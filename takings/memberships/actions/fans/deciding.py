"""What a member decides: it does not go on, it does after all, another tier from the next month."""

import datetime as dt

from django.db import transaction

from takings.core.errors import Conflict
from takings.memberships.actions.fans.keeping import lock_member, reckon, take_member_step
from takings.memberships.models import Member, MemberStepKind, Tier
from takings.memberships.queries.fans.members import last_member_month
from takings.memberships.queries.fans.tiers import NoSuchTier, open_offer, said_of
from takings.payments.models import Payment


class NoLongerMember(Conflict):
    """A membership that ended changes no more; who comes again joins again."""

    code = "no_longer_member"
    sentence = "Your membership has ended. Join again to see what members see."


class CannotGoOn(Conflict):
    """A card is not charged again without being asked."""

    code = "membership_cannot_go_on"
    sentence = "No card was kept for your membership; join again when it has ended."


@transaction.atomic
def cancel_membership(*, member: Member, at: dt.datetime) -> Member:
    """Charge no further month; what is paid runs to its end. Twice is once.

    Also who is not paid any more, and whose card is still tried, may say no. Refuses:
    NoLongerMember.
    """
    one = lock_member(member.pk)
    if one.renews:
        one.renews = False
        reckon(one, at=at)
        take_member_step(one, MemberStepKind.CANCELLED, at=at)
    elif not one.is_paid(at=at):
        raise NoLongerMember
    return one


@transaction.atomic
def resume_membership(*, member: Member, at: dt.datetime) -> Member:
    """Let a cancelled membership go on after all. Twice is once.

    Refuses: NoLongerMember, CannotGoOn.
    """
    one = lock_member(member.pk)
    if not one.is_paid(at=at):
        raise NoLongerMember
    if one.renews:
        return one
    assert one.kept_with is not None  # noqa: S101 - it is paid, so a card paid for it
    if not Payment.objects.filter(pk=one.kept_with).exclude(card_ref="").exists():
        raise CannotGoOn
    one.renews = True
    reckon(one, at=at)
    take_member_step(one, MemberStepKind.RESUMED, at=at)
    return one


@transaction.atomic
def change_from_next_month(*, member: Member, tier: Tier, at: dt.datetime) -> Member:
    """Let the next month be of another tier of the same creator; this one stays as it is paid.

    It costs what a new member pays, in the currency of the membership. Refuses: NoLongerMember,
    NoSuchTier.
    """
    one = lock_member(member.pk)
    last = last_member_month(one)
    if last is None or not one.is_paid(at=at):
        raise NoLongerMember
    offer = (
        last.tier
        if tier.pk == last.tier_id
        else open_offer(creator=one.creator, tier_id=tier.pk).tier
    )
    if not said_of(offer, currency=last.currency, until=at):
        raise NoSuchTier
    if one.tier_id != offer.pk:
        one.tier = offer
        reckon(one, at=at)
        take_member_step(one, MemberStepKind.CHANGED, why=offer.name, at=at)
    return one
