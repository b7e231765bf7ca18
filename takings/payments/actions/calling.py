"""Calling a provider: the key is stored before the call, and silence becomes ``unknown``.

A call is made outside of any transaction of ours. A crash before it, during it or after it leaves
the attempt ``asked``; it is settled by asking, like one that was not answered.
"""

import datetime as dt
from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from takings.money import Money
from takings.payments.actions.cases import refund_failed
from takings.payments.actions.holding import release_held
from takings.payments.actions.recording import next_asking, record_facts
from takings.payments.models import Attempt, AttemptStatus, Payment, Verb
from takings.payments.rules import Answer, ProviderRefused, ProviderSilent, Status


def call(*, attempt: Attempt, ask: Callable[[], Answer], at: dt.datetime) -> Payment:
    """Make a call whose attempt is stored, and record what is answered.

    Refuses: ProviderRefused; the attempt then says so. Silence is no refusal: the payment comes
    back with an attempt that is ``unknown``.
    """
    try:
        answer = ask()
    except ProviderSilent as silent:
        return settle_attempt(
            attempt_id=attempt.pk, status=AttemptStatus.UNKNOWN, why=str(silent), at=at
        )
    except ProviderRefused as refusal:
        _refuse(attempt, why=str(refusal), at=at)
        raise
    return record_facts(payment_id=attempt.payment_id, answer=answer, at=at)


@transaction.atomic
def settle_attempt(
    *, attempt_id: UUID, status: AttemptStatus, why: str, at: dt.datetime
) -> Payment:
    """Write down what became of a call, unless that is known already."""
    payment_id = Attempt.objects.values_list("payment_id", flat=True).get(pk=attempt_id)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    attempt = Attempt.objects.get(pk=attempt_id)
    if attempt.status in {AttemptStatus.ANSWERED, AttemptStatus.REFUSED}:
        return payment  # a message came first
    attempt.status, attempt.why, attempt.settled_at = status, why[:300], at
    attempt.save(update_fields=["status", "why", "settled_at"])
    is_first = attempt.verb in {Verb.CHECKOUT, Verb.CHARGE}
    if is_first and payment.status in {Status.CREATED, Status.UNKNOWN}:
        is_refused = status is AttemptStatus.REFUSED
        payment.status = Status.FAILED if is_refused else Status.UNKNOWN
    release_held(payment, at=at)
    payment.ask_at = next_asking(payment, at=at)
    payment.save(update_fields=["status", "ask_at"])
    return payment


@transaction.atomic
def _refuse(attempt: Attempt, *, why: str, at: dt.datetime) -> None:
    """Write a refusal down; of a refund a case says so, or its payer would wait for ever."""
    payment = settle_attempt(attempt_id=attempt.pk, status=AttemptStatus.REFUSED, why=why, at=at)
    attempt.refresh_from_db()
    if attempt.verb == Verb.REFUND and attempt.status == AttemptStatus.REFUSED:
        refund_failed(payment, Money(attempt.amount_micros, payment.currency), why=why, at=at)
