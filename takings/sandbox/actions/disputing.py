"""Disputes: the payer's bank takes the money back, evidence decides whether it stays so."""

import datetime as dt

from django.db import transaction

from takings.money import Money
from takings.sandbox.actions.refunding import left_of
from takings.sandbox.actions.refusing import SandboxRefused
from takings.sandbox.actions.telling import What, name, write_down
from takings.sandbox.models import Charge, ChargeStatus, Dispute
from takings.sandbox.rules import dispute_fee


@transaction.atomic
def open_dispute(*, charge_id: str, at: dt.datetime) -> Dispute:
    """Take back what is left of a charge, and a fee. A charge is disputed once.

    Refuses: SandboxRefused (not paid, or nothing left).
    """
    charge = Charge.objects.select_for_update().get(pk=charge_id)
    known = charge.disputes.first()
    if known is not None:
        return known
    amount = left_of(charge)
    if charge.status != ChargeStatus.SUCCEEDED or not amount:
        raise SandboxRefused(why="There is nothing to dispute.")
    dispute = Dispute.objects.create(
        id=name("dp", charge.pk), charge=charge, amount_micros=amount.micros, opened_at=at
    )
    fee = dispute_fee(charge.currency)
    write_down(charge, What("disputed", dispute.pk, amount, fee, "fraudulent"), at=at)
    return dispute


@transaction.atomic
def answer_dispute(*, dispute_id: str, evidence: str, at: dt.datetime) -> Dispute:
    """Take the merchant's evidence and decide as the card's script says. Twice is once.

    Refuses: SandboxRefused (no such dispute).
    """
    dispute = Dispute.objects.select_for_update().filter(pk=dispute_id).first()
    if dispute is None:
        raise SandboxRefused(why="There is no such dispute.")
    if dispute.ended:
        return dispute
    charge = dispute.charge
    dispute.evidence = evidence
    dispute.ended = charge.script.dispute or "won"
    dispute.save(update_fields=["evidence", "ended"])
    amount = Money(dispute.amount_micros, charge.currency)
    is_won = dispute.ended == "won"
    fee = -dispute_fee(charge.currency) if is_won else Money.zero(charge.currency)
    write_down(charge, What(f"dispute_{dispute.ended}", dispute.pk, amount, fee), at=at)
    return dispute
