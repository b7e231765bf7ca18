"""Charging a kept card while its owner is away, and taking what was reserved."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict
from takings.payments.actions.calling import call
from takings.payments.actions.starting import Order, store_order
from takings.payments.models import Attempt, Payment, Verb
from takings.payments.providers import provider_named
from takings.payments.rules import ChargeAsk, MoneyAsk, Status


class NoKeptCard(Conflict):
    """Only a card whose owner agreed may be charged again."""

    code = "no_kept_card"
    sentence = "No card was kept with that payment; ask its owner to pay."


class NotReserved(Conflict):
    """Only what is reserved, and not taken yet, can be taken."""

    code = "not_reserved"
    sentence = "This payment is {status}, not reserved."


def charge_kept_card(*, order: Order, kept_with: UUID, at: dt.datetime) -> Payment:
    """Charge the card that was kept with an earlier payment of the same person.

    A decline is no refusal: the payment comes back ``failed``, its fact says why.
    Refuses: NoKeptCard, and what :func:`start_payment` refuses.
    """
    kept = Payment.objects.filter(pk=kept_with, payer=order.payer).first()
    if kept is None or not kept.card_ref:
        raise NoKeptCard
    payment, attempt = store_order(order=order, verb=Verb.CHARGE, provider=kept.provider, at=at)
    if attempt is None:
        return payment
    ask = ChargeAsk(
        key=attempt.pk,
        payment_id=payment.pk,
        amount=payment.amount,
        description=payment.description,
        card_ref=kept.card_ref,
    )
    provider = provider_named(payment.provider)
    return call(attempt=attempt, ask=lambda: provider.charge(ask), at=at)


def capture_payment(*, payment_id: UUID, capture_id: UUID, at: dt.datetime) -> Payment:
    """Take what was reserved, all of it. The same id again changes nothing.

    Refuses: NotReserved, ProviderRefused.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
        if Attempt.objects.filter(pk=capture_id, payment=payment).exists():
            return payment
        if payment.status != Status.AUTHORISED:
            raise NotReserved(status=payment.get_status_display().lower())
        attempt = Attempt.objects.create(
            id=capture_id,
            payment=payment,
            verb=Verb.CAPTURE,
            amount_micros=payment.amount_micros,
            asked_at=at,
        )
        payment.ask_at = at
        payment.save(update_fields=["ask_at"])
    ask = MoneyAsk(key=capture_id, ref=payment.ref, amount=payment.amount)
    provider = provider_named(payment.provider)
    return call(attempt=attempt, ask=lambda: provider.capture(ask), at=at)
