"""What happened is written down once and told in a signed message, over real HTTP."""

import datetime as dt
from dataclasses import dataclass

import requests
from django.conf import settings
from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app as jobs

from takings.core import ids
from takings.core.errors import Unavailable
from takings.money import Money
from takings.sandbox import queries
from takings.sandbox.models import Charge, Happening
from takings.sandbox.rules import HEADER, SCRIPTS, sign

DELIVER = "sandbox.deliver_message"
PATIENCE_S = 10
STEP = dt.timedelta(seconds=3)
BACKWARDS = {"succeeded": 1, "authorised": 2}
"""How many steps these wait where messages come in reverse; what follows them is told at once."""
GROSS = {
    "succeeded": 1,
    "refunded": -1,
    "disputed": -1,
    "dispute_won": 1,
    "payout": -1,
    "transferred": -1,
    "transfer_undone": 1,
}
ABOUT_PAYEES = {"payee_updated", "transferred", "transfer_undone"}


class MessageNotTaken(Unavailable):
    """The merchant does not answer, or not with 200; the message is sent again later."""

    code = "message_not_taken"
    sentence = "The merchant did not take the message {message}: {why}."


@dataclass(frozen=True, slots=True)
class What:
    """What happened, to what, and what it costs."""

    kind: str
    about: str
    amount: Money
    fee: Money
    reason: str = ""


def write_down(charge: Charge, what: What, *, at: dt.datetime) -> None:
    """Write down what happened to a charge and order its message, in the caller's transaction."""
    order_message(happen(what, ref=charge.ref, at=at), number=charge.number)


def order_message(happening: Happening, *, number: str) -> None:
    """Order the message of a happening: now and once, unless the card says otherwise."""
    script = next(one for one in SCRIPTS if one.number == number)
    if script.tells_first:
        return  # the page sends it itself, before it answers
    turn = BACKWARDS.get(happening.kind, 0) if script.is_reversed else 0
    order_copies(happening, copies=script.copies, turn=turn)


def order_copies(happening: Happening, *, copies: int, turn: int = 0) -> None:
    """Order the message of a happening so many times, one after the other."""
    for copy in range(copies):
        when = happening.occurred_at + STEP * (turn + copy)
        jobs.configure_task(DELIVER, queue="payments", schedule_at=when).defer(
            happening_id=happening.pk
        )


def deliver_message(*, happening_id: str, at: dt.datetime) -> None:
    """Send the message once more. Refuses: MessageNotTaken."""
    happening = Happening.objects.get(pk=happening_id)
    body = queries.message_of(happening)
    signature = sign(body, secret=settings.SANDBOX_SECRET, at=at)
    headers = {HEADER: signature, "Content-Type": "application/json"}
    try:
        answer = requests.post(
            _listener(happening),
            data=body,
            headers=headers,
            timeout=PATIENCE_S,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise MessageNotTaken(message=happening_id, why=type(error).__name__) from error
    if answer.status_code != requests.codes.ok:
        raise MessageNotTaken(message=happening_id, why=answer.status_code)
    Happening.objects.filter(pk=happening_id).update(delivered_count=F("delivered_count") + 1)


@transaction.atomic
def pay_out(*, day: dt.date) -> None:
    """Send what the merchant has at the end of a day to its bank, once per currency.

    A merchant who pays others from it keeps it here.
    """
    if settings.SANDBOX_KEEPS:
        return
    end = dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC)
    for code, micros in queries.day_report(day).closing_micros.items():
        payout_id = _id("po", "payout", day, code)
        if micros > 0 and not Happening.objects.filter(kind="payout", about=payout_id).exists():
            balance, nothing = Money(micros, code), Money.zero(code)
            happen(What("payout", payout_id, balance, nothing), ref=payout_id, at=end)


def name(prefix: str, *parts: object) -> str:
    """Return the one id of what these parts name."""
    return _id(prefix, *parts)


def _id(prefix: str, *parts: object) -> str:
    return f"{prefix}_{ids.derived('the sandbox', prefix, *parts).hex}"


def _listener(happening: Happening) -> str:
    """Return where the merchant wants to hear of it."""
    if happening.kind in ABOUT_PAYEES:
        return str(settings.SANDBOX_PAYOUT_WEBHOOK_URL)
    return str(settings.SANDBOX_WEBHOOK_URL)


def happen(what: What, *, ref: str, at: dt.datetime) -> Happening:
    """Write it down; its id follows from what it is, so the database refuses a second."""
    return Happening.objects.create(
        pk=_id("ev", what.kind, what.about),
        ref=ref,
        kind=what.kind,
        about=what.about,
        currency=what.amount.currency,
        amount_micros=what.amount.micros,
        gross_micros=GROSS.get(what.kind, 0) * what.amount.micros,
        fee_micros=what.fee.micros,
        reason=what.reason,
        occurred_at=at,
    )
