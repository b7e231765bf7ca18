"""Leaving at once: what was paid for is over, and what is left of it goes back by rule.

Who leaves is no member any more before the card company is asked; when it says no, they are one
again. Whoever is killed between is gone on with.
"""

import datetime as dt
from contextlib import suppress
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Refusal
from takings.memberships.actions.fans.deciding import NoLongerMember
from takings.memberships.actions.fans.keeping import lock_member, reckon, take_member_step
from takings.memberships.models import Member, MemberMonth, MemberStepKind
from takings.memberships.queries.fans.members import month_of_payment, standing_member_months
from takings.memberships.queries.fans.parting import back_for
from takings.money import Money
from takings.payments.actions import Refund, refund_payment
from takings.payments.models import Attempt, AttemptStatus


def leave(*, member: Member, at: dt.datetime) -> Money:
    """Leave a creator now; return what goes back to the card.

    Within the days of the policy after joining that is all of the first fee; later the days that
    are left, cut to what can be paid. Refuses: NoLongerMember, and what ``refund_payment`` refuses;
    then they are a member as before.
    """
    months = _leave(member.pk, at=at)
    for month in months:
        _give_back(month, at=at)
    code = months[0].currency
    return sum((Money(one.back_micros or 0, code) for one in months), Money.zero(code))


def go_on_with_leaving(*, at: dt.datetime) -> int:
    """Ask for what was never asked, and undo leaving where the answer was no; repeatable."""
    left = MemberMonth.objects.filter(left_at__isnull=False, back_micros__gt=0)
    count = 0
    for month in left.filter(taken_back_at__isnull=True).select_related("member"):
        attempt = Attempt.objects.filter(pk=_refund_id(month)).first()
        if attempt is None:
            with suppress(Refusal):  # then they are a member again
                _give_back(month, at=at)
            count += 1
        elif attempt.status == AttemptStatus.REFUSED:
            _stay(month.pk, at=at)
            count += 1
    return count


@transaction.atomic
def _leave(member_id: int, *, at: dt.datetime) -> list[MemberMonth]:
    member = lock_member(member_id)
    months = list(standing_member_months(member).filter(ends_at__gt=at))
    if not months:
        raise NoLongerMember
    for month in months:
        month.left_at, month.back_micros = at, back_for(month, at=at).micros
        month.save(update_fields=["left_at", "back_micros"])
        take_member_step(member, MemberStepKind.LEFT, month=month, at=at)
    member.renews = False
    reckon(member, at=at)
    return months


def _give_back(month: MemberMonth, *, at: dt.datetime) -> None:
    if not month.back_micros:
        return
    refund = Refund(
        id=_refund_id(month),
        payment_id=month.pk,
        amount=Money(month.back_micros, month.currency),
        reason="A member left.",
    )
    try:
        refund_payment(operator=None, refund=refund, at=at)
    except Refusal:
        _stay(month.pk, at=at)
        raise


@transaction.atomic
def _stay(month_id: UUID, *, at: dt.datetime) -> None:
    """Undo that somebody left, as nothing went back. Twice is once."""
    member = lock_member(month_of_payment(month_id).member_id)
    month = month_of_payment(month_id)
    if month.left_at is not None:
        month.left_at = month.back_micros = None
        month.save(update_fields=["left_at", "back_micros"])
        reckon(member, at=at)
        take_member_step(member, MemberStepKind.STAYED, month=month, at=at)


def _refund_id(month: MemberMonth) -> UUID:
    """Return the id of what goes back: that of this time, should they have left before."""
    times = month.member.steps.filter(month=month, kind=MemberStepKind.LEFT).count()
    return ids.derived("a member left", month.pk, times)
