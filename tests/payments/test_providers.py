"""One contract for every provider: what we ask of it, and what the books say then.

A new provider adds a counter (who plays the payer) and is held to the same stories.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Protocol
from uuid import uuid4

import pytest
from django.test import override_settings

from takings.ads import queries as ads
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.queries import check_books
from takings.money import InexactMoney, Money
from takings.payments import actions, queries
from takings.payments.actions import Order
from takings.payments.models import Case, Payment, WebhookEvent
from takings.payments.providers import provider_named
from takings.payments.providers.stripe.amounts import money_of, units_of
from takings.payments.rules import (
    BadSignature,
    MoneyAsk,
    ProviderRefused,
    ProviderSilent,
    UnreadableEvent,
)
from takings.people.models import User
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Card, Charge, Checkout, Dispute, Happening
from takings.sandbox.queries import message_of
from takings.sandbox.rules import HEADER, SCRIPTS, sign
from tests.make.ads import make_advertiser
from tests.make.payments import LATER, asked, cards_taken, refund_of, usd, work_all
from tests.make.people import make_operator
from tests.payments.fake_stripe import SECRET, FakeStripe, fake_stripe

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
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
            method["is_expired"] = True

    def message(self, payment: Payment) -> Message:
        """Tell that a charge succeeded; the payment is found by our key on it."""
        return self.fake.message("charge.succeeded", self.fake.objects[self._charge(payment)])

    def _charge(self, payment: Payment) -> str:
        intent = payment.ref
        if intent.startswith("cs_"):
            intent = self.fake.objects[intent]["payment_intent"]
        found = self.fake.of("charge", payment_intent=intent, status="succeeded")
        return str(found[0]["id"])


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """Let Stripe take cards, on 127.0.0.1."""
    with (
        fake_stripe() as (stripe, url),
        cards_taken(routes="stripe"),
        override_settings(
            STRIPE_SECRET_KEY="sk_test_tests",
            STRIPE_WEBHOOK_SECRET=SECRET,
            STRIPE_API=url,
        ),
    ):
        yield stripe


class ProviderContract:
    """What every provider is held to; each gives a fixture ``counter`` of its own."""

    def test_paid_after_a_decline(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment, is_good=False)
        assert asked(payment).status == "failed"
        assert held(counter) == usd("0")
        counter.pay(payment)
        assert asked(payment).status == "succeeded"
        assert asked(payment).status == "succeeded"
        assert (held(counter), fees()) == (usd("96.80"), usd("3.20"))
        assert check_books() == []

    def test_refunded_in_parts_each_once(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        asked(payment)
        operator = make_operator()
        part = refund_of(payment, "33.33")
        for refund in (part, part, refund_of(payment, "66.67")):
            actions.refund_payment(operator=operator, refund=refund, at=clock.now())
        payment.refresh_from_db()
        assert (payment.status, held(counter)) == ("refunded", usd("-3.20"))
        assert check_books() == []

    @pytest.mark.parametrize(
        ("is_won", "status", "left"),
        [(True, "dispute_won", "96.80"), (False, "dispute_lost", "-18.20")],
    )
    def test_disputed_answered_and_decided(
        self, counter: Counter, *, is_won: bool, status: str, left: str
    ) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        counter.dispute(payment)
        assert asked(payment).status == "disputed"
        assert held(counter) == usd("-18.20")
        operator = make_operator()
        _, dispute = queries.access_dispute(user=operator, payment_id=payment.pk)
        if counter.name == "stripe":
            actions.answer_dispute(operator=operator, dispute=dispute, note="Seen.", at=clock.now())
        counter.decide(payment, is_won=is_won)
        assert asked(payment).status == status
        assert held(counter) == usd(left)
        assert check_books() == []

    def test_a_kept_card_is_charged_until_it_expires(self, counter: Counter) -> None:
        payment, member = make_payment(counter, keeps_card=True)
        counter.pay(payment)
        assert asked(payment).card_ref
        order = order_of(member, payment.subject)
        for _ in range(2):
            again = actions.charge_kept_card(order=order, kept_with=payment.pk, at=clock.now())
            assert again.status == "succeeded"
        assert held(counter) == usd("193.60")
        counter.expire_card()
        order = order_of(member, payment.subject)
        declined = actions.charge_kept_card(order=order, kept_with=payment.pk, at=clock.now())
        assert declined.status == "failed"
        [told] = queries.fact_rows(declined)
        assert "expired" in told.reason
        assert held(counter) == usd("193.60")

    def test_reserved_and_taken_once(self, counter: Counter) -> None:
        payment, _ = make_payment(counter, captures=False)
        counter.pay(payment)
        assert (asked(payment).status, held(counter)) == ("authorised", usd("0"))
        capture_id = uuid4()
        for _ in range(2):
            actions.capture_payment(payment_id=payment.pk, capture_id=capture_id, at=clock.now())
        payment.refresh_from_db()
        assert (payment.status, held(counter)) == ("succeeded", usd("96.80"))
        assert payment.attempts.get(pk=capture_id).status == "answered"

    def test_a_message_is_believed_when_signed_and_worked_once(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        body, headers = counter.message(payment)
        forged = {name: value[:-1] + "x" for name, value in headers.items()}
        for wrong in (forged, {}):
            with pytest.raises(BadSignature):
                actions.receive_webhook(
                    provider=counter.name, body=body, headers=wrong, at=clock.now()
                )
        stored = [
            actions.receive_webhook(
                provider=counter.name, body=body, headers=headers, at=clock.now()
            )
            for _ in range(2)
        ]
        assert stored == [1, 0]
        work_all()
        payment.refresh_from_db()
        assert payment.status in {"authorised", "succeeded"}

    def test_what_it_knows_nothing_of_is_refused(self, counter: Counter) -> None:
        adapter = provider_named(counter.name)
        with pytest.raises(ProviderRefused):
            adapter.look_up("pi_nothing")
        with pytest.raises(ProviderRefused):
            adapter.send_evidence(dispute="dp_nothing", text="")
        assert adapter.find(uuid4()) is None

    def test_the_report_of_a_day_agrees_with_the_books(self, counter: Counter) -> None:
        payment, _ = make_payment(counter)
        counter.pay(payment)
        asked(payment)
        refund = refund_of(payment, "10")
        actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
        day = clock.now().date()
        found = actions.reconcile(provider=counter.name, day=day, at=clock.now() + 2 * DAY)
        assert found.difference_count == 0
        assert found.line_count >= 2
        assert not Case.objects.exists()


class TestSandbox(ProviderContract):
    """The sandbox keeps the contract."""

    @pytest.fixture
    def counter(self) -> Iterator[Counter]:
        """Stand at the sandbox."""
        with override_settings(SANDBOX_SECRET=f"sandbox:{SETTINGS_KEY}"):
            yield SandboxCounter()


class TestStripe(ProviderContract):
    """Stripe keeps the contract, as far as its documented shapes are."""

    @pytest.fixture
    def counter(self, fake: FakeStripe) -> Counter:
        """Stand at the fake."""
        return StripeCounter(fake)

    def test_a_lost_answer_is_found_by_asking_and_never_asked_for_twice(
        self, fake: FakeStripe
    ) -> None:
        fake.drops = 1
        payment, member = make_payment(StripeCounter(fake), keeps_card=True)
        assert payment.status == "unknown"
        assert asked(payment).status == "started"
        assert len(fake.of("checkout.session")) == 1
        fake.pay(payment.ref)
        asked(payment)
        fake.drops = 1
        order = order_of(member, payment.subject)
        late = actions.charge_kept_card(order=order, kept_with=payment.pk, at=clock.now())
        assert late.status == "unknown"
        assert asked(late).status == "succeeded"
        fake.drops = 1
        refund = refund_of(late, "5")
        actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
        assert queries.refunding(late) == usd("5")
        assert asked(late).status == "partly_refunded"
        assert (queries.refunding(late), len(fake.of("refund"))) == (usd("0"), 1)

    def test_a_fault_of_its_own_is_silence(self, fake: FakeStripe) -> None:
        fake.fails = 1
        payment, _ = make_payment(StripeCounter(fake))
        assert payment.status == "unknown"
        assert asked(payment, at=clock.now() + LATER).status == "failed"

    def test_a_page_that_expires_is_given_up(self, fake: FakeStripe) -> None:
        payment, _ = make_payment(StripeCounter(fake))
        with pytest.raises(ProviderRefused):
            provider_named("stripe").refund(MoneyAsk(uuid4(), payment.ref, usd("1")))
        fake.expire(payment.ref)
        assert asked(payment).status == "cancelled"

    def test_a_refund_that_does_not_arrive_comes_back(self, fake: FakeStripe) -> None:
        payment, _ = make_payment(StripeCounter(fake))
        fake.pay(payment.ref)
        asked(payment)
        refund = refund_of(payment, "10")
        actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
        [made] = fake.of("refund")
        fake.fail_refund(made["id"])
        assert asked(payment).status == "succeeded"
        assert held(StripeCounter(fake)) == usd("96.80")
        found = actions.reconcile(
            provider="stripe", day=clock.now().date(), at=clock.now() + 2 * DAY
        )
        assert found.difference_count == 0

    def test_refused_in_its_own_words(self, fake: FakeStripe) -> None:
        payment, _ = make_payment(StripeCounter(fake))
        fake.pay(payment.ref)
        asked(payment)
        fake.of("payment_intent")[0]["status"] = "canceled"
        with pytest.raises(ProviderRefused) as refused:
            actions.refund_payment(
                operator=make_operator(), refund=refund_of(payment, "10"), at=clock.now()
            )
        assert str(refused.value).startswith("The card company refused: ")
        assert queries.refunding(payment) == usd("0")

    def test_messages_of_refunds_and_disputes_find_their_payment_by_its_charge(
        self, fake: FakeStripe
    ) -> None:
        counter = StripeCounter(fake)
        payment, _ = make_payment(counter)
        counter.pay(payment)
        asked(payment)
        counter.dispute(payment)
        [dispute] = fake.of("dispute")
        body, headers = fake.message("charge.dispute.created", dispute)
        actions.receive_webhook(provider="stripe", body=body, headers=headers, at=clock.now())
        work_all()
        payment.refresh_from_db()
        assert payment.status == "disputed"

    def test_a_bell_that_nobody_hears_rings_again(self, fake: FakeStripe) -> None:
        counter = StripeCounter(fake)
        payment, _ = make_payment(counter)
        counter.pay(payment)
        body, headers = counter.message(payment)
        actions.receive_webhook(provider="stripe", body=body, headers=headers, at=clock.now())
        fake.fails = 1
        with pytest.raises(ProviderSilent):
            work_all()
        assert WebhookEvent.objects.get().worked_at is None
        work_all()
        payment.refresh_from_db()
        assert payment.status == "succeeded"

    def test_an_inquiry_that_took_no_money_is_no_dispute(self, fake: FakeStripe) -> None:
        counter = StripeCounter(fake)
        payment, _ = make_payment(counter)
        counter.pay(payment)
        counter.dispute(payment)
        [dispute] = fake.of("dispute")
        dispute |= {"status": "warning_needs_response", "balance_transactions": []}
        assert asked(payment).status == "succeeded"

    def test_messages_of_other_kinds_and_unreadable_ones(self, fake: FakeStripe) -> None:
        body, headers = fake.message("customer.created", {"id": "cus_1"})
        at = clock.now()
        assert actions.receive_webhook(provider="stripe", body=body, headers=headers, at=at) == 0
        for wrong in (b"", b"[]", b'{"type": "charge.x", "data": {"object": {}}, "id": "evt_1"}'):
            with pytest.raises(UnreadableEvent):
                provider_named("stripe").events_in(wrong)
        with override_settings(STRIPE_WEBHOOK_SECRET=""), pytest.raises(BadSignature):
            actions.receive_webhook(provider="stripe", body=body, headers=headers, at=at)

    def test_what_it_pays_out_and_what_we_do_not_know_of(self, fake: FakeStripe) -> None:
        counter = StripeCounter(fake)
        payment, _ = make_payment(counter)
        counter.pay(payment)
        counter.dispute(payment)
        asked(payment)
        counter.decide(payment, is_won=True)
        asked(payment)
        fake.line("stripe_fee", -200, fee=0, source="")
        fake.pay_out()
        day = clock.now().date()
        found = actions.reconcile(provider="stripe", day=day, at=clock.now() + 2 * DAY)
        assert found.difference_count == 1
        assert Case.objects.get().kind == "not_in_books"
        assert ledger.balance(name="bank", currency="USD") == usd("94.80")
        assert held(counter) == usd("2")


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
        purpose="advertiser_prepaid",
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


@pytest.mark.parametrize(
    ("micros", "code", "units"),
    [
        (1_000_000, "USD", 100),
        (1_000_000, "JPY", 1),
        (1_000_000, "KWD", 1_000),
        (1_000_000, "ISK", 100),
    ],
)
def test_stripe_counts_each_currency_in_its_own_unit(micros: int, code: str, units: int) -> None:
    assert units_of(Money(micros, code)) == units
    assert money_of(units, code.lower()) == Money(micros, code)
    with pytest.raises(InexactMoney):
        units_of(Money(1, code))
