"""Who plays the payer and the banks at each provider, and payments to play with."""

from typing import Protocol
from uuid import uuid4

from takings.ads import queries as ads
from takings.core import clock
from takings.ledger import queries as ledger
from takings.money import Money
from takings.payments import actions
from takings.payments.actions import Order
from takings.payments.models import Payment
from takings.people.models import User
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Card, Charge, Checkout, Dispute, Happening
from takings.sandbox.queries import message_of
from takings.sandbox.rules import HEADER, SCRIPTS, sign
from tests.make.ads import make_advertiser
from tests.make.payments import usd
from tests.payments.fake_stripe import FakeStripe

Message = tuple[bytes, dict[str, str]]


class Counter(Protocol):
    """Who plays the payer and the banks at a provider."""

    name: str

    def pay(self, payment: Payment, *, is_good: bool = True) -> None:
        """Pay on the payment's page, or be declined there."""

    def dispute(self, payment: Payment) -> None:
        """Take a paid payment back."""

    def decide(self, payment: Payment, *, is_won: bool) -> None:
        """Decide the dispute, after the evidence."""

    def expire_card(self) -> None:
        """Let every kept card expire."""

    def ask_owner(self) -> None:
        """Let the bank of every kept card ask its owner."""

    def message(self, payment: Payment) -> Message:
        """Return a signed message about the payment."""


class SandboxCounter:
    """At the sandbox."""

    name = "sandbox"

    def pay(self, payment: Payment, *, is_good: bool = True) -> None:
        """Enter a test card."""
        page = Checkout.objects.get(pk=payment.ref)
        number = SCRIPTS[0].number if is_good else "4000000000000002"
        sandbox.pay(checkout=page, number=number, at=clock.now())

    def dispute(self, payment: Payment) -> None:
        """Open a dispute."""
        charge = Charge.objects.get(ref=payment.ref, status="succeeded")
        sandbox.open_dispute(charge_id=charge.pk, at=clock.now())

    def decide(self, payment: Payment, *, is_won: bool) -> None:
        """Let the script of the card decide when the evidence comes."""
        number = "4000000000000259" if is_won else "4000000000001976"
        Charge.objects.filter(ref=payment.ref).update(number=number)
        for dispute in Dispute.objects.filter(charge__ref=payment.ref):
            sandbox.answer_dispute(dispute_id=dispute.pk, evidence="", at=clock.now())

    def expire_card(self) -> None:
        """Make the kept cards those that expire."""
        Card.objects.update(number="4000000000000069")

    def ask_owner(self) -> None:
        """Make the kept cards those whose bank asks their owner."""
        Card.objects.update(number="4000000000003220")

    def message(self, payment: Payment) -> Message:
        """Sign what happened first."""
        body = message_of(Happening.objects.filter(ref=payment.ref).order_by("kind")[0])
        secret = f"sandbox:{SETTINGS_KEY}"
        return body, {HEADER: sign(body, secret=secret, at=clock.now())}


SETTINGS_KEY = "of the tests"


class StripeCounter:
    """At a small Stripe of our own, called by the real SDK over HTTP."""

    name = "stripe"

    def __init__(self, fake: FakeStripe) -> None:
        """Stand before this account."""
        self.fake = fake

    def pay(self, payment: Payment, *, is_good: bool = True) -> None:
        """Pay on Stripe's page."""
        (self.fake.pay if is_good else self.fake.decline)(payment.ref)

    def dispute(self, payment: Payment) -> None:
        """Open a dispute."""
        self.fake.dispute(self._charge(payment))

    def decide(self, payment: Payment, *, is_won: bool) -> None:
        """Decide it."""
        [dispute] = self.fake.of("dispute", charge=self._charge(payment))
        self.fake.decide(dispute["id"], is_won=is_won)

    def expire_card(self) -> None:
        """Let every card expire."""
        for method in self.fake.of("payment_method"):
            method["fails_as"] = "expired_card"

    def ask_owner(self) -> None:
        """Let the bank of every card ask its owner."""
        for method in self.fake.of("payment_method"):
            method["fails_as"] = "authentication_required"

    def message(self, payment: Payment) -> Message:
        """Tell that a charge succeeded; the payment is found by our key on it."""
        return self.fake.message("charge.succeeded", self.fake.objects[self._charge(payment)])

    def _charge(self, payment: Payment) -> str:
        intent = payment.ref
        if intent.startswith("cs_"):
            intent = self.fake.objects[intent]["payment_intent"]
        found = self.fake.of("charge", payment_intent=intent, status="succeeded")
        return str(found[0]["id"])


def make_payment(
    counter: Counter, *, captures: bool = True, keeps_card: bool = False
) -> tuple[Payment, User]:
    """Start a payment of $100 at this provider."""
    brand, member = make_advertiser()
    order = order_of(member, ads.payments_subject(brand), captures=captures, keeps_card=keeps_card)
    payment = actions.start_payment(order=order, at=clock.now())
    assert payment.provider == counter.name
    return payment, member


def order_of(user: User, subject: str, *, captures: bool = True, keeps_card: bool = False) -> Order:
    return Order(
        id=uuid4(),
        purpose="advertiser_balance",
        subject=subject,
        payer=user,
        amount=usd("100"),
        description="Prepaid ads",
        captures=captures,
        keeps_card=keeps_card,
    )


def held(counter: Counter) -> Money:
    return ledger.balance(name=f"provider:{counter.name}", currency="USD")


def fees() -> Money:
    return ledger.balance(name="platform:fees", currency="USD")
