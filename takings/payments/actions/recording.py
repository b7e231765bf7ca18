"""What a provider tells is kept once, and booked once, with whatever it moves.

The payment's row is locked first, so that a webhook and an answer that come together take turns.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from takings.money import Money, format_money
from takings.payments.actions.booking import book_all
from takings.payments.actions.cases import open_payment_case, refund_failed, refund_went
from takings.payments.actions.holding import release_held
from takings.payments.models import Attempt, AttemptStatus, Case, Payment, PaymentFact, Verb
from takings.payments.queries import facts_of
from takings.payments.rules import Answer, Fact, FactKind, Status, status_of

ASK_AGAIN = dt.timedelta(minutes=1)
ASK_NO_MORE = dt.timedelta(days=2)
UNSETTLED = {Status.CREATED, Status.STARTED, Status.UNKNOWN, Status.AUTHORISED, Status.FAILED}


@transaction.atomic
def record_facts(*, payment_id: UUID, answer: Answer, at: dt.datetime) -> Payment:
    """Keep and book what a provider told of a payment; told again, it changes nothing.

    What contradicts the payment (another amount, a second payment) is kept aside under a case.
    """
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    _settle_attempts(payment, answer, at=at)
    for fact in answer.facts:
        _keep(payment, fact, at=at)
    book_all(payment, at=at)
    release_held(payment, at=at)
    _update(payment, answer, at=at)
    return payment


def _keep(payment: Payment, fact: Fact, *, at: dt.datetime) -> None:
    """Write a fact down, unless it is known."""
    known = payment.facts.filter(kind=fact.kind, about=fact.about).first()
    if known is not None:
        if (known.fact.amount, known.fact.fee) != (fact.amount, fact.fee):
            told = f"{fact.key} is told as {format_money(fact.amount)} with a fee of "
            told += f"{format_money(fact.fee)} now; it was told otherwise before."
            open_payment_case(payment, Case.Kind.FACT_CHANGED, fact.key, sentence=told, at=at)
        return
    aside = _contradiction(payment, fact)
    if aside is not None:
        open_payment_case(payment, aside[0], fact.key, sentence=aside[1], at=at)
    PaymentFact.objects.create(
        payment=payment,
        kind=fact.kind,
        about=fact.about,
        currency=fact.amount.currency,
        amount_micros=fact.amount.micros,
        fee_micros=fact.fee.micros,
        reason=fact.reason,
        occurred_at=fact.occurred_at,
        told_at=at,
        is_aside=aside is not None,
    )
    if fact.kind is FactKind.REFUND_FAILED:
        refund_failed(payment, fact.amount, why=fact.reason or "the bank sent it back.", at=at)


def _contradiction(payment: Payment, fact: Fact) -> tuple[Case.Kind, str] | None:
    """Return what does not fit the payment, if anything: it stays out of the books."""
    told, asked = format_money(fact.amount), format_money(payment.amount)
    is_success = fact.kind is FactKind.SUCCEEDED
    if payment.currency not in {fact.amount.currency, fact.fee.currency} or (
        is_success and fact.amount != payment.amount
    ):
        sentence = f"{fact.key} says {told}; {asked} was asked."
        return Case.Kind.AMOUNT_DIFFERS, sentence
    paid = payment.facts.filter(kind=FactKind.SUCCEEDED, is_aside=False)
    if is_success and paid.exists():
        sentence = f"{fact.key} says that {told} was paid once more. Give it back."
        return Case.Kind.PAID_TWICE, sentence
    return None


def _settle_attempts(payment: Payment, answer: Answer, *, at: dt.datetime) -> None:
    """Settle the calls that the provider knows of."""
    for attempt in payment.attempts.exclude(status=AttemptStatus.ANSWERED):
        is_about_all = attempt.verb in {Verb.CHECKOUT, Verb.CHARGE} and bool(answer.ref)
        if is_about_all or attempt.pk in answer.keys:
            attempt.status, attempt.why, attempt.settled_at = AttemptStatus.ANSWERED, "", at
            attempt.save(update_fields=["status", "why", "settled_at"])
            if attempt.verb == Verb.REFUND:
                refund_went(payment, Money(attempt.amount_micros, payment.currency), at=at)


def _update(payment: Payment, answer: Answer, *, at: dt.datetime) -> None:
    """Say where the payment stands, and when its provider must be asked."""
    payment.ref = payment.ref or answer.ref
    payment.checkout_url = payment.checkout_url or answer.checkout_url
    payment.card_ref = payment.card_ref or answer.card_ref
    facts = facts_of(payment)
    payment.status = status_of(facts, otherwise=_without_facts(payment))
    payment.ask_at = next_asking(payment, at=at)
    payment.save(update_fields=["ref", "checkout_url", "card_ref", "status", "ask_at"])


def next_asking(payment: Payment, *, at: dt.datetime) -> dt.datetime | None:
    """Return when to ask the provider again: at ever longer intervals, while anything is open.

    A message may be lost and a page left: what is not settled is asked for during two days.
    """
    age = at - payment.started_at
    waits = payment.facts.filter(booked_at__isnull=True, is_aside=False)
    is_open = payment.attempts.filter(status__in=(AttemptStatus.ASKED, AttemptStatus.UNKNOWN))
    is_young = payment.status in UNSETTLED and age < ASK_NO_MORE
    newest = is_open.aggregate(asked_at=Max("asked_at"))["asked_at"]
    if is_young or waits.exists() or newest is not None:
        return at + min(max(ASK_AGAIN, at - (newest or payment.started_at)), ASK_NO_MORE)
    return None


def _without_facts(payment: Payment) -> Status:
    first: Attempt | None = payment.attempts.filter(verb__in=(Verb.CHECKOUT, Verb.CHARGE)).first()
    if first is not None and first.status == AttemptStatus.UNKNOWN:
        return Status.UNKNOWN
    if first is not None and first.status == AttemptStatus.REFUSED:
        return Status.FAILED
    return Status.STARTED if payment.ref else Status.CREATED
