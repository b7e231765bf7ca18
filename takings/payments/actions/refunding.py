"""Refunds: an operator gives money back, with a reason, never more than is left."""

import datetime as dt
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict, Invalid
from takings.ledger.actions import InsufficientFunds
from takings.money import Money, format_money
from takings.payments.actions.calling import call
from takings.payments.actions.holding import hold_refunds
from takings.payments.models import Attempt, Payment, Verb
from takings.payments.providers import provider_named
from takings.payments.queries import refunding, standing_of
from takings.payments.rules import MoneyAsk, check_payable
from takings.people.actions import record_staff_act
from takings.people.models import User


class RefundTooLarge(Conflict):
    """No more is given back than was paid and is not back yet."""

    code = "refund_too_large"
    sentence = "Of this payment {left} can still be refunded."


class NothingThere(Conflict):
    """Whoever was paid has spent it; a refund would be paid by somebody else."""

    code = "nothing_there"
    sentence = "“{account}” has {left} left, and would have to give back {asked}."


class RefundIdTaken(Invalid):
    """The id of a refund is its idempotency key."""

    code = "refund_id_taken"
    sentence = "A refund with this id exists and is another one; open the form again."


@dataclass(frozen=True, slots=True)
class Refund:
    """What to give back of which payment. ``id`` is the caller's: asked twice, it is one refund."""

    id: UUID
    payment_id: UUID
    amount: Money
    reason: str


def refund_payment(*, operator: User | None, refund: Refund, at: dt.datetime) -> Payment:
    """Give back all or a part of a payment; each beneficiary gives in the ratio first paid.

    What they will give is held at once, so that nobody spends it meanwhile; the books follow when
    the provider says it is done. When it is silent, the refund is ``unknown`` and asked for.
    Without an ``operator`` the payer takes a right of their own: the caller has checked it.
    Refuses: NotPayable, RefundTooLarge, NothingThere, RefundIdTaken, ProviderRefused.
    """
    attempt = _store(operator=operator, refund=refund, at=at)
    payment = Payment.objects.get(pk=refund.payment_id)
    if attempt is None:
        return payment
    ask = MoneyAsk(key=attempt.pk, ref=payment.ref, amount=refund.amount)
    provider = provider_named(payment.provider)
    return call(attempt=attempt, ask=lambda: provider.refund(ask), at=at)


@transaction.atomic
def _store(*, operator: User | None, refund: Refund, at: dt.datetime) -> Attempt | None:
    """Store the key and the act; ``None`` when this was done before."""
    payment = Payment.objects.select_for_update(no_key=True).get(pk=refund.payment_id)
    known = Attempt.objects.filter(pk=refund.id).first()
    if known is not None:
        asked = (known.payment_id, known.verb, known.amount_micros)
        if asked != (payment.pk, Verb.REFUND, refund.amount.micros):
            raise RefundIdTaken
        return None
    check_payable(refund.amount)
    left = standing_of(payment).refundable - refunding(payment)
    if refund.amount > left:
        raise RefundTooLarge(left=format_money(left))
    attempt = Attempt.objects.create(
        id=refund.id,
        payment=payment,
        verb=Verb.REFUND,
        amount_micros=refund.amount.micros,
        asked_at=at,
    )
    _hold(payment, because=attempt.pk, at=at)
    payment.ask_at = at
    payment.save(update_fields=["ask_at"])
    if operator is not None:
        record_staff_act(
            operator=operator,
            act="payments.refund",
            target=f"payment:{payment.pk}",
            reason=refund.reason,
            at=at,
        )
    return attempt


def _hold(payment: Payment, *, because: UUID, at: dt.datetime) -> None:
    """Hold what the refund will take, or refuse it: else it would be a loss of our own making."""
    try:
        hold_refunds(payment, because=because, at=at)
    except InsufficientFunds as short:
        left, asked = (
            format_money(cast("Money", short.facts[name])) for name in ("available", "asked")
        )
        account = short.facts["account"]
        raise NothingThere(account=account, left=left, asked=asked) from short
