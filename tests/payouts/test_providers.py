"""One contract for every provider who pays creators, and what only Stripe can do."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import override_settings

from takings.core import clock
from takings.payments.rules import ProviderSilent, UnknownProvider, UnreadableEvent
from takings.payouts import actions
from takings.payouts.models import Payout, PayoutState
from takings.payouts.providers import provider_for, provider_named, provider_pays
from takings.payouts.rules.port import NobodyPaysThere, Outcome
from tests.make.ledger import dollars, usd
from tests.make.payouts import make_paid
from tests.make.providers import fund, providers_pay
from tests.payments.fake_stripe import SECRET
from tests.payments.serving_stripe import fake_stripe
from tests.payouts.fake_connect import FakeConnect
from tests.payouts.provider_contract import (
    Counter,
    ProviderContract,
    SandboxCounter,
    StripeCounter,
    account_of,
    asked,
    payable,
    ready,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def fake() -> Iterator[FakeConnect]:
    """Let Stripe pay creators, on 127.0.0.1."""
    connect = FakeConnect()
    with (
        fake_stripe(connect) as (_, url),
        providers_pay(routes="stripe"),
        override_settings(
            STRIPE_SECRET_KEY="sk_test_tests",
            STRIPE_CONNECT_SECRETS=f"whsec_other, {SECRET}",
            STRIPE_API=url,
        ),
    ):
        yield connect


class TestSandbox(ProviderContract):
    """The sandbox keeps the contract."""

    @pytest.fixture
    def counter(self) -> Iterator[Counter]:
        """Stand at the sandbox."""
        with providers_pay(), override_settings(SANDBOX_SECRET="of the tests"):
            yield SandboxCounter()


class TestStripe(ProviderContract):
    """Stripe keeps the contract, as far as its documented shapes are."""

    @pytest.fixture
    def counter(self, fake: FakeConnect) -> Counter:
        """Stand at the fake."""
        return StripeCounter(fake)

    def test_a_lost_answer_is_found_by_asking_and_sent_once(self, fake: FakeConnect) -> None:
        counter = StripeCounter(fake)
        ready(counter)
        fund(100, provider="stripe")
        counter.fund(200)
        fake.drops = 1
        make_paid()
        payout = Payout.objects.get()
        assert payout.transfer.status == "unknown"
        assert asked(payout).transfer.status == "made"
        assert counter.made() == 1

    def test_a_call_that_never_arrived_is_made_under_the_same_key(self, fake: FakeConnect) -> None:
        counter = StripeCounter(fake)
        ready(counter)
        fund(100, provider="stripe")
        counter.fund(200)
        fake.fails = 1
        make_paid()
        payout = Payout.objects.get()
        key = payout.transfer.key
        assert (payout.transfer.status, counter.made()) == ("unknown", 0)
        fake.fails = 1
        assert not actions.ask_transfer(payout_id=payout.pk, at=clock.now())
        found = asked(payout).transfer
        assert (found.status, found.key, counter.made()) == ("made", key, 1)

    def test_what_is_on_its_way_is_sent_and_what_fails_late_comes_back(
        self, fake: FakeConnect
    ) -> None:
        counter = StripeCounter(fake)
        ada = ready(counter)
        fund(100, provider="stripe")
        counter.fund(100)
        make_paid()
        payout = Payout.objects.get()
        assert asked(payout).state == PayoutState.SENT
        bank = fake.bank(account_of(ada).ref, status="in_transit")
        fake.bank(account_of(ada).ref, status="paid")  # of money that is not ours
        assert asked(payout).state == PayoutState.SENT
        bank["status"] = "paid"
        assert asked(payout).state == PayoutState.SETTLED
        bank |= {"status": "failed", "failure_message": None}  # Stripe: within five days
        body, headers = fake.message("payout.failed", {**bank, "metadata": {}})
        actions.receive_event(provider="stripe", body=body, headers=headers, at=clock.now())
        assert asked(payout).state == PayoutState.RETURNED
        assert (payable(ada), dollars("provider:stripe")) == (usd(100), usd(100))

    def test_what_cannot_be_taken_back_stays_sent_and_says_why(self, fake: FakeConnect) -> None:
        counter = StripeCounter(fake)
        ada = ready(counter)
        fund(100, provider="stripe")
        counter.fund(100)
        make_paid()
        payout = Payout.objects.get()
        fake.bank(account_of(ada).ref, status="failed", why="Closed.")
        fake.drops = 1
        found = asked(payout)
        assert (found.state, found.transfer.status) == (PayoutState.SENT, "made")
        assert found.transfer.why == "The provider did not answer."
        found = asked(payout)
        assert (found.state, found.transfer.why) == (PayoutState.RETURNED, "")
        assert len(fake.of("transfer_reversal")) == 1

    def test_what_somebody_reversed_there_comes_back(self, fake: FakeConnect) -> None:
        counter = StripeCounter(fake)
        ada = ready(counter)
        fund(100, provider="stripe")
        counter.fund(100)
        make_paid()
        payout = Payout.objects.get()
        told = provider_named("stripe").take_back(key=uuid4(), ref=payout.transfer.ref)
        assert told.outcome is Outcome.RETURNED
        assert asked(payout).state == PayoutState.RETURNED
        assert payable(ada) == usd(100)

    def test_messages_say_what_they_are_about(self, fake: FakeConnect) -> None:
        adapter, key = provider_named("stripe"), uuid4()
        transfer = {"id": "tr_1", "metadata": {"takings_key": str(key)}}
        body, _ = fake.message("transfer.reversed", transfer)
        [found] = adapter.events_in(body)
        assert (found.transfer, found.key, found.account) == ("tr_1", key, "")
        body, _ = fake.message("account.updated", {"id": "acct_1", "metadata": {}})
        [found] = adapter.events_in(body)
        assert (found.account, found.key) == ("acct_1", None)
        body, _ = fake.message("charge.succeeded", {"id": "ch_1"})
        assert adapter.events_in(body) == ()
        for wrong in (b"{", b"[]", b'{"type":"transfer.created","data":{"object":{}},"id":"evt"}'):
            with pytest.raises(UnreadableEvent):
                adapter.events_in(wrong)

    def test_nothing_is_believed_without_a_secret(self, fake: FakeConnect) -> None:
        counter = StripeCounter(fake)
        ready(counter)
        body, headers = fake.message("account.updated", {"id": "acct_1", "metadata": {}})
        with override_settings(STRIPE_CONNECT_SECRETS=""), pytest.raises(Exception, match="signed"):
            provider_named("stripe").check_signature(body=body, headers=headers, at=clock.now())

    def test_an_account_that_lost_its_transfers_is_refused_in_their_words(
        self, fake: FakeConnect
    ) -> None:
        counter = StripeCounter(fake)
        ada = ready(counter)
        fund(100, provider="stripe")
        counter.fund(100)
        fake.complete(account_of(ada).ref, due=["external_account"])  # and nobody told us
        make_paid()
        payout = Payout.objects.get()
        assert (payout.state, payable(ada)) == (PayoutState.RETURNED, usd(100))
        assert "needs the transfers capability" in payout.transfer.why

    def test_nothing_is_opened_or_led_to_while_it_has_a_fault(self, fake: FakeConnect) -> None:
        adapter = provider_named("stripe")
        calls: tuple[Callable[[], object], ...] = (
            lambda: adapter.look_up_account("acct_1"),
            lambda: adapter.onboarding_url(ref="acct_1", return_url="https://here.example/"),
        )
        for call in calls:
            fake.fails = 1
            with pytest.raises(ProviderSilent):
                call()


def test_routes_lead_to_a_provider_or_to_nobody() -> None:
    assert not provider_pays(country="DE")
    with pytest.raises(NobodyPaysThere, match="No provider pays USD to people in DE"):
        provider_for(country="DE", currency="USD")
    with providers_pay(routes="DE/EUR=stripe US/*=sandbox"):
        assert provider_for(country="DE", currency="EUR") == "stripe"
        assert (provider_pays(country="DE"), provider_pays(country="FR")) == (True, False)
    with pytest.raises(UnknownProvider):
        provider_named("nobody")
