"""Settling by asking: what became of a payment, when nobody told."""

import datetime as dt
from uuid import UUID

from takings.core.errors import Refusal
from takings.money import Money, format_money
from takings.payments.actions.calling import settle_attempt
from takings.payments.actions.cases import open_payment_case
from takings.payments.actions.recording import ASK_NO_MORE, record_facts
from takings.payments.models import Attempt, AttemptStatus, Case, Payment, Verb
from takings.payments.providers import provider_named
from takings.payments.rules import Answer, ProviderRefused, ProviderSilent

NOT_BOOKED_WAITS = dt.timedelta(hours=1)
ON_ITS_WAY = dt.timedelta(minutes=10)
"""So long a call may still be on its way; later, what the provider does not know never arrived."""


def ask_all(*, at: dt.datetime) -> int:
    """Ask for every payment whose time has come; return for how many an answer was recorded."""
    due = Payment.objects.filter(ask_at__lte=at).order_by("ask_at", "pk")
    return sum(_ask_one(pk, at=at) for pk in due.values_list("pk", flat=True))


def _ask_one(payment_id: UUID, *, at: dt.datetime) -> bool:
    """Ask for one of many: what cannot be booked becomes a case, and holds up no other."""
    try:
        return ask_provider(payment_id=payment_id, at=at)
    except Refusal as refusal:
        payment = Payment.objects.get(pk=payment_id)
        open_payment_case(
            payment, Case.Kind.NOT_BOOKED, str(payment_id), sentence=str(refusal), at=at
        )
        Payment.objects.filter(pk=payment_id).update(ask_at=at + NOT_BOOKED_WAITS)
        return False


def ask_provider(*, payment_id: UUID, at: dt.datetime) -> bool:
    """Ask what happened to a payment and record it; tell whether there was an answer.

    A call that never reached the provider is given up, under a case; it is never made again.
    """
    payment = Payment.objects.get(pk=payment_id)
    try:
        answer = _answer(payment)
    except (ProviderSilent, ProviderRefused) as silent:
        for attempt in payment.attempts.filter(status=AttemptStatus.ASKED):
            unknown = AttemptStatus.UNKNOWN
            settle_attempt(attempt_id=attempt.pk, status=unknown, why=str(silent), at=at)
        record_facts(payment_id=payment.pk, answer=Answer(ref=""), at=at)
        _name_silence(payment, at=at)
        return False
    record_facts(payment_id=payment.pk, answer=answer or Answer(ref=""), at=at)
    _give_up(payment, at=at)
    return answer is not None


def _name_silence(payment: Payment, *, at: dt.datetime) -> None:
    """Make a case of each refund that nobody answers for: its beneficiaries' money is held."""
    refunds = payment.attempts.filter(verb=Verb.REFUND, status=AttemptStatus.UNKNOWN)
    for attempt in refunds.filter(asked_at__lte=at - ASK_NO_MORE):
        amount = format_money(Money(attempt.amount_micros, payment.currency))
        told = f"A refund of {amount} asked {attempt.asked_at:%Y-%m-%d %H:%M} UTC is not answered; "
        told += "what it would take is held until it is."
        open_payment_case(payment, Case.Kind.NO_ANSWER, str(attempt.pk), sentence=told, at=at)


def _answer(payment: Payment) -> Answer | None:
    """Ask by the provider's name of the payment; without one, by the key of our call."""
    provider = provider_named(payment.provider)
    if payment.ref:
        return provider.look_up(payment.ref)
    first = payment.attempts.filter(verb__in=(Verb.CHECKOUT, Verb.CHARGE)).get()
    return provider.find(first.pk)


def _give_up(payment: Payment, *, at: dt.datetime) -> None:
    """Give up calls that the provider, when asked, knows nothing of, and that are old enough."""
    open_calls = Attempt.objects.filter(
        payment=payment,
        status__in=(AttemptStatus.ASKED, AttemptStatus.UNKNOWN),
        asked_at__lte=at - ON_ITS_WAY,
    )
    for attempt in open_calls:
        why = "It never reached the provider."
        settle_attempt(attempt_id=attempt.pk, status=AttemptStatus.REFUSED, why=why, at=at)
        told = f"“{attempt.get_verb_display()}” of {attempt.asked_at:%Y-%m-%d %H:%M} UTC is not "
        told += f"known to {payment.provider}; nothing was moved by it."
        open_payment_case(payment, Case.Kind.NEVER_ARRIVED, str(attempt.pk), sentence=told, at=at)
