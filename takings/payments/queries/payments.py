"""Payments: who may see one, what was told of it, and where it stands."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Sum

from takings.core.errors import NotFound
from takings.money import Money
from takings.payments.models import (
    Attempt,
    AttemptStatus,
    Payment,
    PaymentFact,
    PaymentShare,
    RefundHold,
    Verb,
)
from takings.payments.queries.purposes import purpose_of
from takings.payments.rules import Fact, FactKind, Part, Standing, fold
from takings.people.queries import Visitor, access_operator, access_self

OPEN = (AttemptStatus.ASKED, AttemptStatus.UNKNOWN)


class NoSuchPayment(NotFound):
    """The payment does not exist, or is not this person's business."""

    code = "no_such_payment_here"
    sentence = "There is no such payment among yours."


def access_payment(*, user: Visitor, payment_id: UUID) -> Payment:
    """Return a payment to who paid it, to whom its purpose lets see it, and to operators.

    Refuses: NotSignedIn, NoSuchPayment.
    """
    person = access_self(user=user)
    payment = Payment.objects.select_related("payer").filter(pk=payment_id).first()
    if payment is None:
        raise NoSuchPayment
    if person.is_staff or payment.payer_id == person.pk:
        return payment
    try:
        purpose_of(payment.purpose).access(payment.subject, user=person)
    except NotFound as unseen:
        raise NoSuchPayment from unseen
    return payment


def access_dispute(*, user: Visitor, payment_id: UUID) -> tuple[Payment, PaymentFact]:
    """Return a disputed payment and its newest dispute, to operators.

    Refuses: OperatorsOnly, NoSuchPayment.
    """
    access_operator(user=user)
    disputed = PaymentFact.objects.filter(payment_id=payment_id, kind=FactKind.DISPUTED)
    fact = disputed.select_related("payment__payer").order_by("-pk").first()
    if fact is None:
        raise NoSuchPayment
    return fact.payment, fact


def payments_of(*, purpose: str, subject: str, limit: int = 100) -> list[Payment]:
    """Return the payments for something, newest first."""
    found = Payment.objects.filter(purpose=purpose, subject=subject)
    return list(found.select_related("payer").order_by("-started_at", "pk")[:limit])


def newest_payments(*, status: str = "", limit: int = 100) -> list[Payment]:
    """Return payments of all purposes, newest first; with a status only those that stand so."""
    found = Payment.objects.filter(status=status) if status else Payment.objects.all()
    return list(found.select_related("payer").order_by("-started_at", "pk")[:limit])


def used_providers() -> list[str]:
    """Return the providers that ever took a payment, by name."""
    names = Payment.objects.order_by("provider").values_list("provider", flat=True)
    return list(names.distinct())


def fact_rows(payment: Payment) -> list[PaymentFact]:
    """Return what was told of a payment, as it happened."""
    return list(payment.facts.order_by("occurred_at", "pk"))


def facts_of(payment: Payment) -> list[Fact]:
    """Return what counts of what was told of a payment."""
    return [row.fact for row in payment.facts.filter(is_aside=False)]


def standing_of(payment: Payment) -> Standing:
    """Return where a payment stands in money, by everything that was told."""
    return fold(facts_of(payment), currency=payment.currency)


def parts_of(payment: Payment) -> list[Part]:
    """Return who got how much of a payment, and what of it was taken back."""
    return [row.part(payment.currency) for row in payment.shares.all()]


def refunding(payment: Payment) -> Money:
    """Return what is being refunded: asked of the provider, not told by it yet."""
    asked = Attempt.objects.filter(payment=payment, verb=Verb.REFUND, status__in=OPEN)
    micros = asked.aggregate(micros=Sum("amount_micros"))["micros"] or 0
    return Money(micros, payment.currency)


def open_refund_holds(payment: Payment) -> list[RefundHold]:
    """Return what is kept back for refunds of a payment that are asked for."""
    return list(payment.refund_holds.filter(released_at=None))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What refunds and disputes took: ``given`` by the beneficiaries, ``borne`` by the bearers."""

    given: Money
    borne: Money


def taken_back(*, purpose: str, subject: str, currency: str) -> TakenBack:
    """Return what was taken back of all payments for something, refunds and disputes alike."""
    shares = PaymentShare.objects.filter(
        payment__purpose=purpose, payment__subject=subject, payment__currency=currency
    )
    sums = shares.aggregate(given=Sum("given_micros"), borne=Sum("borne_micros"))
    return TakenBack(Money(sums["given"] or 0, currency), Money(sums["borne"] or 0, currency))
