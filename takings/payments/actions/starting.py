"""Starting a payment: what is to be paid is stored, then a page to pay on is asked for."""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict
from takings.invoicing.queries import seller, tax_rates
from takings.invoicing.rules import Customer, ProductKind
from takings.money import Money
from takings.payments.actions.calling import call
from takings.payments.actions.recording import ASK_AGAIN
from takings.payments.models import Attempt, Payment, Verb
from takings.payments.providers import provider_for, provider_named
from takings.payments.queries import person, plan_of, purpose_of
from takings.payments.rules import Accepted, Buyer, CheckoutAsk, check_payable, sell
from takings.people.models import User


class PaymentIdTaken(Conflict):
    """The id of a payment is its idempotency key."""

    code = "payment_id_taken"
    sentence = "A payment with this id exists and is another one; open the form again."


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to pay for. ``id`` is the caller's: ordered twice, it is one payment.

    ``product`` is the kind of what is sold: its tax is inside of the amount. ``None`` is paid in
    advance: nothing is sold yet. Without a ``customer`` the payer buys, as a person. ``captures``
    False only reserves the amount. ``accepted`` are the terms that the payer was shown.
    """

    id: UUID
    purpose: str
    subject: str
    payer: User
    amount: Money
    description: str
    product: ProductKind | None = None
    customer: Customer | None = None
    accepted: Accepted | None = None
    captures: bool = True
    keeps_card: bool = False


def start_payment(*, order: Order, at: dt.datetime) -> Payment:
    """Start a payment and ask its provider for the page to pay on (``checkout_url``).

    Refuses: UnknownPurpose, NotPayable, NoCardsTaken, PaymentIdTaken, SharesDoNotAddUp,
    NotItsAccount, ProviderRefused. When the provider is silent the payment is ``unknown``, and
    asked for.
    """
    payment, attempt = store_order(order=order, verb=Verb.CHECKOUT, provider="", at=at)
    if attempt is None:
        return payment
    ask = CheckoutAsk(
        key=attempt.pk,
        payment_id=payment.pk,
        amount=payment.amount,
        description=payment.description,
        buyer=Buyer(email=order.payer.email, country=payment.country),
        return_url=f"{settings.PUBLIC_URL}/payments/{payment.pk}/back/",
        capture=payment.captures,
        keep_card=payment.keeps_card,
    )
    provider = provider_named(payment.provider)
    return call(attempt=attempt, ask=lambda: provider.start_checkout(ask), at=at)


@transaction.atomic
def store_order(
    *, order: Order, verb: Verb, provider: str, at: dt.datetime
) -> tuple[Payment, Attempt | None]:
    """Store a payment and the key of its first call; ``None`` when this was done before."""
    check_payable(order.amount)
    purpose_of(order.purpose)
    country = order.payer.country
    name = provider or provider_for(country=country, currency=order.amount.currency)
    provider_named(name)
    sold = sell(
        customer=order.customer or person(order.payer),
        product=order.product,
        seller=seller().party.country,
        rates=tax_rates(),
        day=at.astimezone(dt.UTC).date(),
    )
    payment, is_new = Payment.objects.get_or_create(
        id=order.id,
        defaults={
            "purpose": order.purpose,
            "subject": order.subject,
            "payer": order.payer,
            "provider": name,
            "country": country,
            "currency": order.amount.currency,
            "amount_micros": order.amount.micros,
            "tax_micros": sold.tax(order.amount).micros,
            "sold_as": replace(sold, accepted=order.accepted).content(),
            "description": order.description,
            "captures": order.captures,
            "keeps_card": order.keeps_card,
            "started_at": at,
            "ask_at": at + ASK_AGAIN,
        },
    )
    asked = (order.purpose, order.subject, order.payer.pk, order.amount)
    if (payment.purpose, payment.subject, payment.payer_id, payment.amount) != asked:
        raise PaymentIdTaken
    plan_of(payment)
    if not is_new:
        return payment, None
    attempt = Attempt.objects.create(
        id=ids.derived("a payment is asked for", payment.pk),
        payment=payment,
        verb=verb,
        amount_micros=payment.amount_micros,
        asked_at=at,
    )
    return payment, attempt
