"""Paying: a page is opened, a card is tried there, and a kept card is charged again."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.money import Money
from takings.sandbox import queries
from takings.sandbox.actions.disputing import open_dispute
from takings.sandbox.actions.refunding import give_back
from takings.sandbox.actions.refusing import SandboxRefused, SandboxSilent
from takings.sandbox.actions.telling import What, deliver_message, name, write_down
from takings.sandbox.models import Card, Charge, ChargeStatus, Checkout, Happening
from takings.sandbox.rules import Script, State, fee_of, script_of

FINISH = "sandbox.finish_late"
LATE = dt.timedelta(seconds=20)
PLAIN = "4242424242424242"
"""The card whose messages come once and at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a merchant wants paid, and how."""

    key: UUID
    amount: Money
    description: str
    email: str
    return_url: str
    captures: bool
    keeps_card: bool


def open_checkout(wanted: Wanted, *, at: dt.datetime) -> State:
    """Open a page to pay on; the same key again is the same page."""
    checkout, _ = Checkout.objects.get_or_create(
        key=wanted.key,
        defaults={
            "id": name("cs", wanted.key),
            "currency": wanted.amount.currency,
            "amount_micros": wanted.amount.micros,
            "description": wanted.description,
            "email": wanted.email,
            "return_url": wanted.return_url,
            "captures": wanted.captures,
            "keeps_card": wanted.keeps_card,
            "opened_at": at,
        },
    )
    return queries.state_of(checkout.pk)


def pay(*, checkout: Checkout, number: str, at: dt.datetime) -> Charge:
    """Try a card on a page; the charge says whether it paid, or waits for its owner.

    Refuses: NotATestCard, SandboxRefused (the page is paid, or given up).
    """
    script = script_of(number)
    with transaction.atomic():
        locked = _open_page(checkout.pk)
        tries = locked.charges.count()
        charge = Charge.objects.create(
            id=name("ch", locked.key, tries),
            ref=locked.pk,
            checkout=locked,
            number=script.number,
            currency=locked.currency,
            amount_micros=locked.amount_micros,
            captures=locked.captures,
            status=ChargeStatus.CHALLENGED,
            begun_at=at,
        )
        if locked.keeps_card:
            _keep(script)
        if not script.has_challenge:
            _finish(charge, script, why=script.decline, at=at)
    _tell_first(charge, script, at=at)
    return charge


def answer_challenge(*, checkout: Checkout, is_approved: bool, at: dt.datetime) -> Charge:
    """Let the card's owner confirm, or not. Refuses: SandboxRefused (nothing is asked)."""
    with transaction.atomic():
        Checkout.objects.select_for_update().get(pk=checkout.pk)
        charge = checkout.charges.filter(status=ChargeStatus.CHALLENGED).first()
        if charge is None:
            raise SandboxRefused(why="Nothing waits for a confirmation.")
        why = "" if is_approved else "challenge_refused"
        _finish(charge, charge.script, why=why, at=at)
    return charge


def cancel_checkout(*, checkout: Checkout, at: dt.datetime) -> None:
    """Give the page up: nothing can be paid on it any more. Twice is once."""
    with transaction.atomic():
        locked = Checkout.objects.select_for_update().get(pk=checkout.pk)
        if locked.is_cancelled or queries.current_charge(locked) is not None:
            return
        locked.is_cancelled = True
        locked.save(update_fields=["is_cancelled"])
        given_up = Charge(id=locked.pk, ref=locked.pk, number=PLAIN)
        nothing = Money.zero(locked.currency)
        write_down(given_up, What("cancelled", locked.pk, locked.amount, nothing), at=at)


def charge_card(*, key: UUID, card: str, amount: Money, at: dt.datetime) -> State:
    """Charge a kept card; the same key again is the same charge.

    Refuses: SandboxRefused (no such card), SandboxSilent (scripted; it may have paid).
    """
    kept = Card.objects.filter(pk=card).first()
    if kept is None:
        raise SandboxRefused(why="There is no such card.")
    script = script_of(kept.number)
    charge_id = name("ch", key)
    with transaction.atomic():
        charge, is_new = Charge.objects.get_or_create(
            key=key,
            defaults={
                "id": charge_id,
                "ref": charge_id,
                "number": kept.number,
                "currency": amount.currency,
                "amount_micros": amount.micros,
                "status": ChargeStatus.CHALLENGED,
                "begun_at": at,
            },
        )
        if is_new:
            why = "authentication_required" if script.has_challenge else ""
            _finish(charge, script, why=why or script.decline or script.decline_later, at=at)
    _tell_first(charge, script, at=at)
    return look_up(charge.ref, at=at)


@transaction.atomic
def capture_charge(*, key: UUID, ref: str, amount: Money, at: dt.datetime) -> State:
    """Take what was reserved. Refuses: NoSuchPayment, SandboxRefused."""
    queries.state_of(ref)
    charge = Charge.objects.select_for_update().filter(ref=ref).exclude(status="failed").first()
    if charge is not None and charge.capture_key == key:
        return queries.state_of(ref)
    if charge is None or charge.status != ChargeStatus.AUTHORISED or charge.amount != amount:
        raise SandboxRefused(why="That is not reserved.")
    charge.status, charge.capture_key = ChargeStatus.SUCCEEDED, key
    charge.save(update_fields=["status", "capture_key"])
    write_down(charge, What("succeeded", charge.pk, amount, fee_of(amount)), at=at)
    return queries.state_of(ref)


def look_up(ref: str, *, at: dt.datetime) -> State:
    """Return all that happened. Refuses: NoSuchPayment, SandboxSilent (a late charge is open)."""
    for charge in Charge.objects.filter(ref=ref, status=ChargeStatus.LATE):
        finish_late(charge_id=charge.pk, at=at)
        if at < (charge.due_at or at):
            raise SandboxSilent
    return queries.state_of(ref)


@transaction.atomic
def finish_late(*, charge_id: str, at: dt.datetime) -> None:
    """Let a late charge succeed when its time has come. Twice is once."""
    charge = Charge.objects.select_for_update().get(pk=charge_id)
    if charge.status == ChargeStatus.LATE and charge.due_at is not None and charge.due_at <= at:
        _succeed(charge, charge.script, at=charge.due_at)


def _open_page(checkout_id: str) -> Checkout:
    """Lock the page, so that two clicks at once are one charge."""
    locked = Checkout.objects.select_for_update().get(pk=checkout_id)
    if locked.is_cancelled:
        raise SandboxRefused(why="This payment was given up.")
    if queries.current_charge(locked) is not None:
        raise SandboxRefused(why="This is paid already, or on its way.")
    return locked


def _keep(script: Script) -> None:
    card_id = queries.card_id(script.number)
    Card.objects.get_or_create(id=card_id, defaults={"number": script.number})


def _finish(charge: Charge, script: Script, *, why: str, at: dt.datetime) -> None:
    """Let the bank decide."""
    if why:
        charge.status = ChargeStatus.FAILED
        charge.save(update_fields=["status"])
        told = What("failed", charge.pk, charge.amount, Money.zero(charge.currency), why)
        write_down(charge, told, at=at)
    elif script.is_late:
        charge.status, charge.due_at = ChargeStatus.LATE, at + LATE
        charge.save(update_fields=["status", "due_at"])
        jobs.configure_task(FINISH, queue="payments", schedule_at=charge.due_at).defer(
            charge_id=charge.pk
        )
    else:
        _succeed(charge, script, at=at)


def _succeed(charge: Charge, script: Script, *, at: dt.datetime) -> None:
    nothing = Money.zero(charge.currency)
    write_down(charge, What("authorised", charge.pk, charge.amount, nothing), at=at)
    charge.status = ChargeStatus.SUCCEEDED if charge.captures else ChargeStatus.AUTHORISED
    charge.save(update_fields=["status"])
    if not charge.captures:
        return
    write_down(charge, What("succeeded", charge.pk, charge.amount, fee_of(charge.amount)), at=at)
    if script.refunds_half:
        half, _ = Money(charge.amount_micros // 2, charge.currency).split_payable()
        give_back(charge, amount=half, key=None, at=at)
    if script.dispute:
        open_dispute(charge_id=charge.pk, at=at)


def _tell_first(charge: Charge, script: Script, *, at: dt.datetime) -> None:
    """Send the messages before the answer, where the card says so."""
    if script.tells_first:
        for happening in Happening.objects.filter(ref=charge.ref, delivered_count=0):
            deliver_message(happening_id=happening.pk, at=at)
