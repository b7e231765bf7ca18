"""The clocks of both sides: who is silent or late has answered, and what goes back is sent."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Refusal
from takings.payments.actions import Refund, refund_payment
from takings.payments.models import AttemptStatus, Payment, Verb
from takings.payments.queries import refunding
from takings.requests.actions.answering import call_off, earn
from takings.requests.actions.keeping import (
    Locked,
    lock_paid,
    lock_request,
    settle,
    take_step,
)
from takings.requests.models import Request
from takings.requests.queries import REQUEST_PURPOSE, gone_of, taken_of
from takings.requests.rules import Act, Side, State

DAY = dt.timedelta(days=1)
WORDS = {
    State.ASKED: "No price was named in time.",
    State.UNPAID: "It was not paid in time.",
    State.PAID: "The creator did not answer in time; all goes back.",
    State.ACCEPTED: "It was not delivered in time; all goes back.",
    State.DELIVERED: "Nobody said otherwise in time; it counts as taken.",
}


def keep_clocks(*, at: dt.datetime) -> int:
    """End what is over, and send what goes back; return how many. Repeatable.

    One that cannot end now (its period is being closed) holds up no other: it is
    tried again the next time.
    """
    due = Request.objects.filter(ends_at__lte=at, taken_at__isnull=True)
    ended = [_tried(pk, at=at) for pk in due.order_by("ends_at").values_list("pk", flat=True)]
    going = Request.objects.filter(state=State.RETURNING)
    sent = [give_back(request_id=pk, at=at) for pk in going.values_list("pk", flat=True)]
    refused = Payment.objects.filter(
        purpose=REQUEST_PURPOSE, attempts__verb=Verb.REFUND, attempts__status=AttemptStatus.REFUSED
    )
    for pk in refused.values_list("pk", flat=True).distinct():
        _earn_again(pk, at=at)
    return sum(ended) + sum(sent)


def give_back(*, request_id: UUID, at: dt.datetime) -> bool:
    """Ask the card company to give back what was decided; tell whether it was asked.

    A refusal is written down, and it is asked again a day later.
    """
    refund = _next_refund(request_id, at=at)
    if refund is None:
        return False
    try:
        refund_payment(operator=None, refund=refund, at=at)
    except Refusal as refusal:
        _not_given(request_id, why=str(refusal), at=at)
    return True


def _tried(request_id: UUID, *, at: dt.datetime) -> bool:
    try:
        return _end(request_id, at=at)
    except Refusal:
        return False


@transaction.atomic
def _end(request_id: UUID, *, at: dt.datetime) -> bool:
    one, payment = lock_request(request_id)
    if one.ends_at is None or at < one.ends_at or one.taken_at is not None:
        return False  # somebody answered meanwhile
    note = WORDS[State(one.state)]
    take_step(one, Act.LAPSE, side=Side.NOBODY, note=note, at=at)
    locked = Locked(one, payment, Side.NOBODY)
    if one.state == State.DELIVERED:
        earn(locked, at=at)
    else:
        call_off(locked, at=at)
    return True


@transaction.atomic
def _earn_again(request_id: UUID, *, at: dt.datetime) -> None:
    """Let what waited for a refund that was refused be earned after all."""
    one, payment = lock_paid(request_id)
    settle(one, payment, gone=gone_of(payment), why="A refund was refused.", at=at)


@transaction.atomic
def _next_refund(request_id: UUID, *, at: dt.datetime) -> Refund | None:
    """Return what is still to be asked for; nothing while an answer is missing."""
    one, payment = lock_paid(request_id)
    if one.state != State.RETURNING or refunding(payment):
        return None
    failed = one.steps.filter(act=Act.NOT_GIVEN).last()
    if failed is not None and at - failed.at < DAY:
        return None
    number = payment.attempts.filter(verb=Verb.REFUND).count()
    return Refund(
        id=ids.derived("a request is given back", one.pk, number),
        payment_id=payment.pk,
        amount=one.back - taken_of(payment),
        reason=f"{one}: {one.words}",
    )


@transaction.atomic
def _not_given(request_id: UUID, *, why: str, at: dt.datetime) -> None:
    one, _ = lock_request(request_id)
    take_step(one, Act.NOT_GIVEN, side=Side.NOBODY, note=why, at=at)
