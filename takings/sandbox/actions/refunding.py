"""Giving money back."""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from takings.money import Money
from takings.sandbox import queries
from takings.sandbox.actions.refusing import SandboxRefused, SandboxSilent
from takings.sandbox.actions.telling import What, name, write_down
from takings.sandbox.models import Charge, ChargeStatus, Dispute, Refund
from takings.sandbox.rules import State


def refund_charge(*, key: UUID, ref: str, amount: Money, at: dt.datetime) -> State:
    """Give back all or a part of what was paid; the same key again is the same refund.

    Refuses: NoSuchPayment, SandboxRefused (not paid, disputed, more than is left), SandboxSilent
    (scripted; it is given back all the same).
    """
    queries.state_of(ref)
    with transaction.atomic():
        charge = Charge.objects.select_for_update().filter(ref=ref).exclude(status="failed").first()
        if charge is None or charge.status != ChargeStatus.SUCCEEDED:
            raise SandboxRefused(why="This is not paid, so nothing can be given back.")
        is_new = not Refund.objects.filter(key=key).exists()
        if is_new:
            _check_left(charge, amount)
            give_back(charge, amount=amount, key=key, at=at)
    if is_new and charge.script.is_late:
        raise SandboxSilent
    return queries.state_of(ref)


def give_back(charge: Charge, *, amount: Money, key: UUID | None, at: dt.datetime) -> None:
    """Write the refund down; the fee of the charge is kept."""
    refund_id = name("re", charge.pk, key or "by itself")
    Refund.objects.create(
        id=refund_id, key=key, charge=charge, amount_micros=amount.micros, refunded_at=at
    )
    nothing = Money.zero(amount.currency)
    write_down(charge, What("refunded", refund_id, amount, nothing), at=at)


def left_of(charge: Charge) -> Money:
    """Return what was not given back yet."""
    gone = charge.refunds.aggregate(micros=Sum("amount_micros"))["micros"] or 0
    return Money(charge.amount_micros - gone, charge.currency)


def _check_left(charge: Charge, amount: Money) -> None:
    if Dispute.objects.filter(charge=charge).exclude(ended="won").exists():
        raise SandboxRefused(why="This is disputed; the bank decides.")
    if amount.currency != charge.currency or amount > left_of(charge):
        raise SandboxRefused(why="That is more than is left of the payment.")
