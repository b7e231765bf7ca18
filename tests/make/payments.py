"""Card payments: a brand that tops up, a sandbox that takes the card, and messages on the way."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

from django.conf import settings
from django.test import override_settings

from takings.ads.actions import top_up
from takings.core import clock
from takings.money import Money
from takings.payments import actions
from takings.payments.models import Payment, WebhookEvent
from takings.people.models import Brand, User
from takings.sandbox import actions as sandbox
from takings.sandbox import queries as sandbox_queries
from takings.sandbox.models import Charge, Checkout, Happening
from takings.sandbox.rules import HEADER, sign

PAYS = "4242 4242 4242 4242"
CHALLENGED = "4000 0000 0000 3220"
DECLINED = "4000 0000 0000 0002"
LATE = "4000 0000 0000 7015"
REVERSED = "4000 0000 0000 7049"
HALF_BACK = "4000 0000 0000 7056"
DISPUTED_WON = "4000 0000 0000 0259"
DISPUTED_LOST = "4000 0000 0000 1976"
EXPIRES = "4000 0000 0000 0341"
LATER = dt.timedelta(minutes=15)


@contextmanager
def cards_taken(routes: str = "sandbox", url: str = "") -> Iterator[None]:
    """Let the sandbox take cards; ``url`` is where the product answers, if it does."""
    public = url or settings.PUBLIC_URL
    with override_settings(
        PAYMENT_ROUTES=routes,
        SANDBOX_ON=True,
        PUBLIC_URL=public,
        SANDBOX_WEBHOOK_URL=f"{public}/payments/webhooks/sandbox/",
    ):
        yield


def usd(text: str) -> Money:
    """Return dollars."""
    return Money.parse(text, "USD")


def make_top_up(
    brand: Brand, user: User, amount: str = "100", *, payment_id: UUID | None = None
) -> Payment:
    """Start a card payment into a brand's balance."""
    return top_up(
        user=user,
        brand=brand,
        amount=usd(amount),
        payment_id=payment_id or uuid4(),
        at=clock.now(),
    )


def pay(payment: Payment, card: str = PAYS) -> Charge:
    """Enter a test card on the payment's page; nobody is told yet."""
    checkout = Checkout.objects.get(pk=payment.ref)
    return sandbox.pay(checkout=checkout, number=card, at=clock.now())


def paid(brand: Brand, user: User, amount: str = "100", *, card: str = PAYS) -> Payment:
    """Start a payment, pay it, and come back from the card page."""
    payment = make_top_up(brand, user, amount)
    pay(payment, card)
    return asked(payment)


def asked(payment: Payment, *, at: dt.datetime | None = None) -> Payment:
    """Ask the provider what happened, and return the payment as it is then."""
    actions.ask_provider(payment_id=payment.pk, at=at or clock.now())
    payment.refresh_from_db()
    return payment


def happenings(payment: Payment) -> list[Happening]:
    """Return what happened at the sandbox, in order."""
    return list(Happening.objects.filter(ref=payment.ref).order_by("occurred_at", "kind"))


def send(happening: Happening) -> int:
    """Let the message of a happening arrive, signed; return how many events were new."""
    now, body = clock.now(), sandbox_queries.message_of(happening)
    signature = sign(body, secret=settings.SANDBOX_SECRET, at=now)
    return actions.receive_webhook(
        provider="sandbox", body=body, headers={HEADER: signature}, at=now
    )


def work_all() -> None:
    """Work every stored message, as the worker does."""
    for event in WebhookEvent.objects.filter(worked_at=None).order_by("pk"):
        actions.work_event(event_id=event.pk, at=clock.now())


def refund_of(payment: Payment, amount: str, *, refund_id: UUID | None = None) -> actions.Refund:
    """Ask for a part of a payment back."""
    return actions.Refund(refund_id or uuid4(), payment.pk, usd(amount), "they asked")
