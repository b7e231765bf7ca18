"""What the owner of a pass decides: it does not go on, it does after all, the money back."""

import datetime as dt

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.memberships.actions.running import lock_pass, take_step
from takings.memberships.models import Pass, StepKind
from takings.memberships.queries import last_month, pass_of, withdrawal
from takings.payments.actions import Refund, refund_payment
from takings.payments.models import Payment
from takings.payments.queries import refunding, standing_of
from takings.people.models import User


class NotRunning(Conflict):
    """A pass that ended changes no more; it is bought again."""

    code = "pass_not_running"
    sentence = "Your pass has ended. Buy a month to watch without ads again."


class CannotResume(Conflict):
    """After money was given back, the card is not charged again without being asked."""

    code = "cannot_resume"
    sentence = "No card was kept for your pass; buy the next month when this one has ended."


class TooLateToWithdraw(Conflict):
    """The first month can be given back for some days."""

    code = "too_late_to_withdraw"
    sentence = "The time to give this month back is over. You can let your pass end instead."


@transaction.atomic
def cancel_pass(*, user: User, at: dt.datetime) -> Pass:
    """Charge no further month; what is paid runs to its end. Twice is once.

    Refuses: NoSuchPass, NotRunning.
    """
    one = _running(user, at=at)
    if one.renews:
        one.renews = False
        one.save(update_fields=["renews"])
        take_step(one, StepKind.CANCELLED, at=at)
    return one


@transaction.atomic
def resume_pass(*, user: User, at: dt.datetime) -> Pass:
    """Let a cancelled pass go on after all. Twice is once.

    Refuses: NoSuchPass, NotRunning, CannotResume.
    """
    one = _running(user, at=at)
    if one.renews:
        return one
    assert one.kept_with is not None  # noqa: S101 - it runs, so a card paid for it
    if not Payment.objects.filter(pk=one.kept_with).exclude(card_ref="").exists():
        raise CannotResume
    one.renews = True
    one.save(update_fields=["renews"])
    take_step(one, StepKind.RESUMED, at=at)
    return one


def withdraw(*, user: User, at: dt.datetime) -> Payment:
    """Give the whole first month back to its card: a right, and nobody is asked.

    The pass ends when the card company says that it is done. Refuses: NoSuchPass, NotRunning,
    TooLateToWithdraw, and what ``refund_payment`` refuses.
    """
    with transaction.atomic():
        one = _running(user, at=at)
        month = last_month(one)
        if month is None or withdrawal(month, at=at) is None:
            raise TooLateToWithdraw
        payment = Payment.objects.get(pk=month.pk)
        left = standing_of(payment).refundable - refunding(payment)
        if one.renews:
            one.renews = False
            one.save(update_fields=["renews"])
        if not left:
            return payment  # it is on its way
        take_step(one, StepKind.WITHDRAWN, month=month, at=at)
    refund = Refund(
        id=ids.derived("a pass is given back", month.pk),
        payment_id=month.pk,
        amount=left,
        reason="Given back by its owner in time.",
    )
    return refund_payment(operator=None, refund=refund, at=at)


def _running(user: User, *, at: dt.datetime) -> Pass:
    one = lock_pass(pass_of(user=user).pk)
    if not one.runs(at=at):
        raise NotRunning
    return one
