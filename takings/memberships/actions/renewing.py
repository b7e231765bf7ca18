"""The next month, charged before this one ends, from the card that was kept.

A charge is written down before the card company is asked, under an id that follows from the pass,
the month and how often it was tried: however often this runs, it is asked once. While an answer is
missing nothing else is tried.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app as jobs

from takings.core import ids
from takings.core.errors import Refusal
from takings.memberships.actions.buying import order_of
from takings.memberships.actions.running import lock_pass, run_again, take_step
from takings.memberships.models import Month, Pass, StepKind
from takings.memberships.queries import last_month
from takings.memberships.queries.passes import tries
from takings.memberships.rules import charge_due_at
from takings.payments.actions import charge_kept_card
from takings.payments.models import Payment
from takings.payments.queries import facts_of
from takings.payments.rules import FactKind, Status
from takings.policies.queries import pass_rule_at

LEFT = "The bank gave no reason."


def renew_passes(*, at: dt.datetime) -> int:
    """Charge every pass that is due, and say how many cards were asked; safe to repeat.

    A pass whose card is declined on all of its days ends by itself. One whose next month was paid
    while this one was taken back runs again when that month begins.
    """
    first_day = at + dt.timedelta(days=max(pass_rule_at(at=at).charged_days_before))
    due = Pass.objects.filter(renews=True, ends_at__gt=at, ends_at__lte=first_day)
    _begin_again(at=at)
    return sum(
        _renew(pass_id, at=at) for pass_id in due.order_by("pk").values_list("pk", flat=True)
    )


def _renew(pass_id: int, *, at: dt.datetime) -> bool:
    month = _next_charge(pass_id, at=at)
    if month is None:
        return False
    one = month.ad_free_pass
    assert one.kept_with is not None  # noqa: S101 - a constraint says so
    try:
        order = order_of(month, user=one.user)
        payment = charge_kept_card(order=order, kept_with=one.kept_with, at=at)
    except Refusal as refusal:
        _decline(month.pk, why=str(refusal), at=at)
    else:
        if payment.status == Status.FAILED:
            _decline(month.pk, why=_why(payment), at=at)
    return True


@transaction.atomic
def _next_charge(pass_id: int, *, at: dt.datetime) -> Month | None:
    """Return the charge to make now, written down; nothing when none is due."""
    one = lock_pass(pass_id)
    last = last_month(one)
    if last is None or not one.renews or not one.runs(at=at):
        return None  # cancelled or taken back meanwhile
    tried = list(tries(one, after=last))
    for month in tried:
        if month.declined_at is None:
            payment = Payment.objects.filter(pk=month.pk).first()
            if payment is None:
                return month  # whoever wrote it down was killed before asking
            if payment.status != Status.FAILED:
                return None  # it may still be paid
            _declined(one, month, why=_why(payment), at=at)
    days = pass_rule_at(at=at).charged_days_before
    due = charge_due_at(ends_at=last.span.ends_at, days_before=days, tried=len(tried))
    if due is None or at < due:
        return None
    assert last.number is not None  # noqa: S101 - it was paid
    number, attempt = last.number + 1, len(tried)
    return Month.objects.create(
        id=ids.derived("the card of a pass is charged", one.pk, last.began_at, number, attempt),
        ad_free_pass=one,
        country=last.country,
        currency=last.currency,
        price_micros=last.price_micros,
        ordered_at=at,
        attempt=attempt,
        began_at=last.began_at,
        number=number,
    )


@transaction.atomic
def _decline(month_id: UUID, *, why: str, at: dt.datetime) -> None:
    month = Month.objects.select_related("ad_free_pass").get(pk=month_id)
    one = lock_pass(month.ad_free_pass.pk)
    _declined(one, month, why=why, at=at)


def _declined(one: Pass, month: Month, *, why: str, at: dt.datetime) -> None:
    """Write it down; of the first time for a month a letter tells as well."""
    if month.attempt == 0:
        order = jobs.configure_task("memberships.tell_declined", queue="default")
        order.defer(month_id=str(month.pk))
    month.declined_at = at
    month.save(update_fields=["declined_at"])
    take_step(one, StepKind.DECLINED, month=month, why=why, at=at)


def _why(payment: Payment) -> str:
    """Return what the card company said last, as people say it."""
    said = [fact.reason for fact in facts_of(payment) if fact.kind is FactKind.FAILED]
    return (said[-1] if said else "") or LEFT


def _begin_again(*, at: dt.datetime) -> None:
    stands = Q(months__taken_back_at__isnull=True, months__paid_at__isnull=False)
    now = Q(months__starts_at__lte=at, months__ends_at__gt=at)
    for pass_id in Pass.objects.filter(stands & now, ends_at__lte=at).values_list("pk", flat=True):
        with transaction.atomic():
            run_again(lock_pass(pass_id), at=at)
