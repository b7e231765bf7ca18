"""Paying those whom the merchant owes: an account is opened, and transfers are sent to it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs

from takings.money import Money, format_money
from takings.sandbox import queries
from takings.sandbox.actions.refusing import SandboxRefused, SandboxSilent, SandboxTooLow
from takings.sandbox.actions.telling import What, deliver_message, happen, name, order_copies
from takings.sandbox.models import Happening, Payee, PayeeStatus, Transfer
from takings.sandbox.rules import PayeeScript, PayeeState, TransferState, payee_script_of

RETURN = "sandbox.return_transfer"
RETURNS_AFTER = dt.timedelta(days=3)
ONE_AT_A_TIME = 0x5A_0D_B0  # an advisory lock: two transfers at once would spend the same balance


@dataclass(frozen=True, slots=True)
class WantedPayee:
    """Whom a merchant wants to pay, and where they go when they are done here."""

    key: UUID
    email: str
    country: str
    currency: str
    return_url: str


def open_payee(wanted: WantedPayee, *, at: dt.datetime) -> PayeeState:
    """Open an account that is not active yet; the same key again is the same account."""
    payee, _ = Payee.objects.get_or_create(
        key=wanted.key,
        defaults={
            "id": name("acct", wanted.key),
            "email": wanted.email,
            "country": wanted.country,
            "currency": wanted.currency,
            "return_url": wanted.return_url,
            "opened_at": at,
        },
    )
    return queries.payee_state(payee.pk)


def tell_bank(*, payee: Payee, number: str, at: dt.datetime) -> None:
    """Take a payee's bank account, which decides what becomes of them. Refuses: NotATestAccount."""
    script = payee_script_of(number)
    with transaction.atomic():
        locked = Payee.objects.select_for_update().get(pk=payee.pk)
        locked.number, locked.status = script.number, _status(script)
        locked.update_count += 1
        locked.save(update_fields=["number", "status", "update_count"])
        nothing = Money.zero(locked.currency)
        about = name("up", locked.pk, locked.update_count)
        told = What("payee_updated", about, nothing, nothing)
        _tell(happen(told, ref=locked.pk, at=at), script)
    _tell_first(locked.pk, script, at=at)


def send_transfer(*, key: UUID, payee_id: str, amount: Money, at: dt.datetime) -> TransferState:
    """Send money to a payee; the same key again is the same transfer.

    Refuses: SandboxRefused (no such payee, not active, scripted), SandboxTooLow, SandboxSilent
    (scripted; it is sent all the same).
    """
    payee = Payee.objects.filter(pk=payee_id).first()
    if payee is None or payee.status != PayeeStatus.ACTIVE:
        raise SandboxRefused(why="This account is not active.")
    script = payee.script
    if script.declines:
        raise SandboxRefused(why=script.declines)
    transfer, is_new = _send(key, payee, amount, at=at)
    if is_new:
        _tell_first(transfer.pk, script, at=at)
    if is_new and script.is_silent:
        raise SandboxSilent
    return queries.transfer_state(transfer.pk)


def look_up_transfer(ref: str, *, at: dt.datetime) -> TransferState:
    """Return what became of a transfer. Refuses: NoSuchTransfer."""
    if Transfer.objects.filter(pk=ref).exists():
        return_transfer(transfer_id=ref, at=at)
    return queries.transfer_state(ref)


@transaction.atomic
def return_transfer(*, transfer_id: str, at: dt.datetime) -> None:
    """Let the bank give a transfer back when its time has come. Twice is once."""
    transfer = Transfer.objects.select_for_update().get(pk=transfer_id)
    if transfer.returned_at is not None or transfer.due_at is None or transfer.due_at > at:
        return
    transfer.returned_at = transfer.due_at
    transfer.save(update_fields=["returned_at"])
    nothing = Money.zero(transfer.currency)
    told = What("transfer_undone", transfer.pk, transfer.amount, nothing)
    happening = happen(told, ref=transfer.pk, at=transfer.due_at)
    order_copies(happening, copies=1)


@transaction.atomic
def _send(key: UUID, payee: Payee, amount: Money, *, at: dt.datetime) -> tuple[Transfer, bool]:
    """Write the transfer down, if the balance holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    known = Transfer.objects.filter(key=key).first()
    if known is not None:
        return known, False
    held = queries.held(amount.currency)
    if held < amount:
        told = f"The balance holds {format_money(held)}, {format_money(amount)} are to be sent."
        raise SandboxTooLow(why=told)
    script = payee.script
    transfer = Transfer.objects.create(
        id=name("tr", key),
        key=key,
        payee=payee,
        currency=amount.currency,
        amount_micros=amount.micros,
        made_at=at,
        due_at=at + RETURNS_AFTER if script.returns else None,
    )
    told_of = What("transferred", transfer.pk, amount, Money.zero(amount.currency))
    _tell(happen(told_of, ref=transfer.pk, at=at), script)
    if transfer.due_at is not None:
        jobs.configure_task(RETURN, queue="payments", schedule_at=transfer.due_at).defer(
            transfer_id=transfer.pk
        )
    return transfer, True


def _status(script: PayeeScript) -> PayeeStatus:
    if script.refusal:
        return PayeeStatus.REFUSED
    return PayeeStatus.LACKING if script.lacks else PayeeStatus.ACTIVE


def _tell(happening: Happening, script: PayeeScript) -> None:
    """Order the messages, unless they come before the answer."""
    if not script.tells_first:
        order_copies(happening, copies=script.copies)


def _tell_first(ref: str, script: PayeeScript, *, at: dt.datetime) -> None:
    """Send the messages before the answer, where the bank account says so."""
    if script.tells_first:
        for happening in Happening.objects.filter(ref=ref, delivered_count=0):
            deliver_message(happening_id=happening.pk, at=at)
