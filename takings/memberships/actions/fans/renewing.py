"""The next month of a membership, charged when this one is over, from the card that was kept.

A charge is written down before the card company is asked, under an id that follows from the
membership, the month and how often it was tried: however often this runs, it is asked once. While
an answer is missing nothing else is tried.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.core import ids
from takings.core.errors import Refusal
from takings.memberships.actions.fans.joining import order_month
from takings.memberships.actions.fans.keeping import lock_member, reckon, take_member_step
from takings.memberships.models import Member, MemberMonth, MemberStepKind
from takings.memberships.queries.fans.members import (
    last_member_month,
    member_tries,
    month_of_payment,
    next_price,
)
from takings.payments.actions import charge_kept_card
from takings.payments.models import Payment
from takings.payments.queries import facts_of
from takings.payments.rules import FactKind, Status
from takings.policies.queries import member_rule_at

DAY = dt.timedelta(days=1)
UNSAID = "The bank gave no reason."
NO_ANSWER = "The card company did not answer in time."


def renew_memberships(*, at: dt.datetime) -> int:
    """Charge every membership that is due, and say how many cards were asked; safe to repeat.

    One whose card is declined on all of the policy's days ends.
    """
    due = Member.objects.filter(renews=True, ends_at__lte=at).order_by("pk")
    return sum(_renew(member_id, at=at) for member_id in due.values_list("pk", flat=True))


def _renew(member_id: int, *, at: dt.datetime) -> bool:
    month = _next_charge(member_id, at=at)
    if month is None:
        return False
    kept_with = month.member.kept_with
    assert kept_with is not None  # noqa: S101 - a constraint says so
    try:
        payment = charge_kept_card(order=order_month(month), kept_with=kept_with, at=at)
    except Refusal as refusal:
        _decline(month.pk, why=str(refusal), at=at)
    else:
        if payment.status == Status.FAILED:
            _decline(month.pk, why=_why(payment), at=at)
    return True


@transaction.atomic
def _next_charge(member_id: int, *, at: dt.datetime) -> MemberMonth | None:
    """Return the charge to make now, written down; nothing when none is due."""
    member, rule = lock_member(member_id), member_rule_at(at=at)
    last = last_member_month(member)
    if last is None or not member.renews or member.is_paid(at=at):
        return None  # cancelled, taken back or paid meanwhile
    tried = list(member_tries(member, after=last))
    for month in tried:
        if month.declined_at is None:
            payment = Payment.objects.filter(pk=month.pk).first()
            if payment is None:
                return month  # whoever wrote it down was killed before asking
            if payment.status != Status.FAILED:
                if at >= last.span.ends_at + rule.grace:
                    _end(member, why=NO_ANSWER, at=at)
                return None  # it may still be paid
            _declined(member, month, why=_why(payment), at=at)
    days = rule.charged_days_after
    if len(tried) >= len(days) or at < last.span.ends_at + days[len(tried)] * DAY:
        return None
    return _write(member, last, attempt=len(tried), at=at)


def _write(member: Member, last: MemberMonth, *, attempt: int, at: dt.datetime) -> MemberMonth:
    assert last.number is not None  # noqa: S101 - it was paid
    price, number = next_price(member, last=last, at=last.span.ends_at), last.number + 1
    return MemberMonth.objects.create(
        id=ids.derived("a member's card is charged", member.pk, last.began_at, number, attempt),
        member=member,
        tier=member.tier,
        country=last.country,
        currency=price.currency,
        price_micros=price.micros,
        list_micros=price.micros,
        rule_version=member_rule_at(at=at).version,
        ordered_at=at,
        attempt=attempt,
        began_at=last.began_at,
        number=number,
    )


@transaction.atomic
def _decline(month_id: UUID, *, why: str, at: dt.datetime) -> None:
    month = month_of_payment(month_id)
    _declined(lock_member(month.member.pk), month, why=why, at=at)


def _declined(member: Member, month: MemberMonth, *, why: str, at: dt.datetime) -> None:
    """Write it down; of the first time for a month a letter tells, and the last time ends it."""
    if month.attempt == 0:
        order = jobs.configure_task("memberships.tell_member_declined", queue="default")
        order.defer(month_id=str(month.pk))
    month.declined_at = at
    month.save(update_fields=["declined_at"])
    take_member_step(member, MemberStepKind.DECLINED, month=month, why=why, at=at)
    assert month.attempt is not None  # noqa: S101 - it was a charge
    if month.attempt + 1 >= len(member_rule_at(at=at).charged_days_after):
        _end(member, why=why, at=at)


def _end(member: Member, *, why: str, at: dt.datetime) -> None:
    member.renews = False
    reckon(member, at=at)
    take_member_step(member, MemberStepKind.ENDED, why=why, at=at)


def _why(payment: Payment) -> str:
    """Return what the card company said last, as people say it."""
    said = [fact.reason for fact in facts_of(payment) if fact.kind is FactKind.FAILED]
    return (said[-1] if said else "") or UNSAID
