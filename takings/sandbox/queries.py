"""What the sandbox tells: the state of a payment, a message, the report of a day."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import F, Sum

from takings.core.errors import NotFound
from takings.money import Money
from takings.sandbox.models import Charge, Checkout, Happening, Payee, Refund, Transfer
from takings.sandbox.rules import (
    DayReport,
    Message,
    PayeeState,
    ReportRow,
    State,
    Told,
    TransferState,
)

DAY = dt.timedelta(days=1)


class NoSuchCheckout(NotFound):
    """No page to pay on has this address, or the sandbox is not in use."""

    code = "no_such_checkout"
    sentence = "There is no such payment page."


class NoSuchPayment(NotFound):
    """The sandbox never heard of it."""

    code = "no_such_payment"
    sentence = "The sandbox knows no payment {ref}."


class NoSuchPayee(NotFound):
    """The sandbox never heard of them, or is not in use."""

    code = "no_such_payee"
    sentence = "The sandbox knows no such account."


class NoSuchTransfer(NotFound):
    """The sandbox never sent it."""

    code = "no_such_transfer"
    sentence = "The sandbox knows no transfer {ref}."


def access_checkout(*, checkout_id: str) -> Checkout:
    """Return the page to whoever has its address, as card companies do.

    Refuses: NoSuchCheckout, also when the sandbox takes no payments here.
    """
    found = Checkout.objects.filter(pk=checkout_id).first() if settings.SANDBOX_ON else None
    if found is None:
        raise NoSuchCheckout
    return found


def current_charge(checkout: Checkout) -> Charge | None:
    """Return the try that did not fail, if there is one."""
    return checkout.charges.exclude(status="failed").first()


def last_failure(checkout: Checkout) -> str:
    """Return why the last try failed, or nothing."""
    failed = Happening.objects.filter(ref=checkout.pk, kind="failed").order_by("-occurred_at")
    return failed.values_list("reason", flat=True).first() or ""


def state_of(ref: str) -> State:
    """Return all that happened to a payment. Refuses: NoSuchPayment."""
    checkout = Checkout.objects.filter(pk=ref).first()
    charges = list(Charge.objects.filter(ref=ref))
    if checkout is None and not charges:
        raise NoSuchPayment(ref=ref)
    keys = [charge.capture_key for charge in charges if charge.capture_key]
    refunds = Refund.objects.filter(charge__ref=ref, key__isnull=False)
    kept = [charge for charge in charges if charge.status in {"succeeded", "authorised"}]
    is_kept = checkout is not None and checkout.keeps_card and kept
    return State(
        ref=ref,
        told=tuple(told(one) for one in Happening.objects.filter(ref=ref).order_by("occurred_at")),
        checkout_url="" if checkout is None else page_url(checkout),
        card=card_id(kept[0].number) if is_kept else "",
        keys=(*keys, *(refund.key for refund in refunds if refund.key)),
    )


def find_state(key: UUID) -> State | None:
    """Return the payment of a key, or nothing if no call with it ever arrived."""
    checkout = Checkout.objects.filter(key=key).first()
    charge = Charge.objects.filter(key=key).first()
    if checkout is not None:
        return state_of(checkout.pk)
    return state_of(charge.ref) if charge is not None else None


def card_id(number: str) -> str:
    """Return the name of a kept card."""
    return f"card_{number[-4:]}"


def page_url(checkout: Checkout) -> str:
    """Return the address of the page to pay on."""
    return f"{settings.PUBLIC_URL}/sandbox/pay/{checkout.pk}/"


def access_payee(*, payee_id: str) -> Payee:
    """Return an account to whoever has the address of its page. Refuses: NoSuchPayee."""
    found = Payee.objects.filter(pk=payee_id).first() if settings.SANDBOX_ON else None
    if found is None:
        raise NoSuchPayee
    return found


def payee_state(ref: str) -> PayeeState:
    """Return how far an account is. Refuses: NoSuchPayee."""
    payee = Payee.objects.filter(pk=ref).first()
    if payee is None:
        raise NoSuchPayee
    lacks = (payee.script.lacks or payee.script.refusal) if payee.number else ""
    return PayeeState(ref=payee.pk, status=payee.status, lacks=lacks)


def payee_url(ref: str) -> str:
    """Return the address of the page on which an account is opened."""
    return f"{settings.PUBLIC_URL}/sandbox/payees/{ref}/"


def transfer_state(ref: str) -> TransferState:
    """Return what became of a transfer. Refuses: NoSuchTransfer."""
    transfer = Transfer.objects.select_related("payee").filter(pk=ref).first()
    if transfer is None:
        raise NoSuchTransfer(ref=ref)
    is_back = transfer.returned_at is not None
    return TransferState(
        ref=transfer.pk,
        payee=transfer.payee_id,
        currency=transfer.currency,
        amount_micros=transfer.amount_micros,
        status="returned" if is_back else "paid",
        made_at=transfer.made_at,
        returned_at=transfer.returned_at,
        reason=transfer.payee.script.returns if is_back else "",
    )


def find_transfer(key: UUID) -> str:
    """Return the transfer of a key, or nothing if no call with it ever arrived."""
    return Transfer.objects.filter(key=key).values_list("pk", flat=True).first() or ""


def held(code: str) -> Money:
    """Return what the merchant has here in a currency."""
    lines = Happening.objects.filter(currency=code)
    net = lines.aggregate(micros=Sum(F("gross_micros") - F("fee_micros")))["micros"]
    return Money(net or 0, code)


def told(happening: Happening) -> Told:
    """Return what happened as it goes over the wire."""
    return Told(
        kind=happening.kind,
        about=happening.about,
        currency=happening.currency,
        amount_micros=happening.amount_micros,
        fee_micros=happening.fee_micros,
        occurred_at=happening.occurred_at,
        reason=happening.reason,
    )


def message_of(happening: Happening) -> bytes:
    """Return the body of the message that tells of it."""
    page = Checkout.objects.filter(pk=happening.ref).values_list("key", flat=True).first()
    charge = Charge.objects.filter(ref=happening.ref).values_list("key", flat=True).first()
    sent = Transfer.objects.filter(pk=happening.ref).values_list("key", flat=True).first()
    key = page or charge or sent
    message = Message(id=happening.pk, ref=happening.ref, key=key, told=(told(happening),))
    return msgspec.json.encode(message)


def day_report(day: dt.date) -> DayReport:
    """Return what happened to the merchant's balance on a UTC day, and where it ended."""
    begin = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    moving = Happening.objects.exclude(gross_micros=0, fee_micros=0)
    rows = moving.filter(occurred_at__gte=begin, occurred_at__lt=begin + DAY)
    until = moving.filter(occurred_at__lt=begin + DAY).values_list("currency")
    closing: dict[str, int] = defaultdict(int)
    for code, micros in until.annotate(net=Sum(F("gross_micros") - F("fee_micros"))):
        closing[code] += micros
    return DayReport(
        day=day,
        rows=tuple(_row(one) for one in rows.order_by("occurred_at", "id")),
        closing_micros=dict(closing),
    )


def _row(happening: Happening) -> ReportRow:
    return ReportRow(
        kind=happening.kind,
        about=happening.about,
        currency=happening.currency,
        gross_micros=happening.gross_micros,
        fee_micros=happening.fee_micros,
        occurred_at=happening.occurred_at,
    )
