"""One contract for every provider (``contract.py``), and what only Stripe can do.

A new provider adds a counter (who plays the payer) and is held to the same stories.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import override_settings

from takings.core import clock
from takings.ledger import queries as ledger
from takings.money import InexactMoney, Money
from takings.payments import actions, queries
from takings.payments.models import Case, WebhookEvent
from takings.payments.providers import provider_named
from takings.payments.providers.stripe.amounts import money_of, units_of
from takings.payments.rules import (
    BadSignature,
    MoneyAsk,
    ProviderRefused,
    ProviderSilent,
    UnreadableEvent,
)
from tests.make.payments import LATER, asked, cards_taken, refund_of, usd, work_all
from tests.make.people import make_operator
from tests.payments.contract import DAY, ProviderContract
from tests.payments.counters import (
    SETTINGS_KEY,
    Counter,
    SandboxCounter,
    StripeCounter,
    held,
    make_payment,
    order_of,
)
from tests.payments.fake_stripe import SECRET, FakeStripe
from tests.payments.serving_stripe import fake_stripe

pytestmark = pytest.mark.django_db


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
