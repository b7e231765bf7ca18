"""What every provider who pays creators is held to, and who plays the banks there."""

import datetime as dt
from typing import Protocol
from uuid import uuid4

import pytest

from takings.core import clock
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments.actions import reconcile
from takings.payments.models import Case
from takings.payments.rules import BadSignature, ProviderRefused
from takings.payouts import actions, queries
from takings.payouts.models import (
    Payout,
    PayoutState,
    ProviderAccount,
    ProviderEvent,
    Transfer,
    TransferStatus,
)
from takings.payouts.providers import provider_named
from takings.payouts.rules.port import AccountAsk
from takings.people.models import Creator
from takings.sandbox import actions as sandbox
from takings.sandbox import queries as sandbox_queries
from takings.sandbox.models import Happening, Payee
from takings.sandbox.models import Transfer as SandboxTransfer
from takings.sandbox.rules import HEADER, sign
from tests.make.ledger import dollars, usd
from tests.make.payouts import american, make_paid, make_payable, make_verified
from tests.make.providers import LACKING, RETURNED, fund, fund_sandbox, make_account
from tests.make.settlement import make_act
from tests.payouts.fake_connect import FakeConnect

DAY = dt.timedelta(days=1)
Message = tuple[bytes, dict[str, str]]


class Counter(Protocol):
    """Who plays the creator's bank at a provider."""

    name: str

    def fund(self, units: int) -> None:
        """Put dollars into our balance there."""

    def complete(self, account: ProviderAccount, *, is_good: bool = True) -> None:
        """Complete an account, or leave something out."""

    def settle(self, account: ProviderAccount, *, is_good: bool = True) -> None:
        """Let the bank take what was sent, or give it back."""

    def message(self, payout: Payout) -> Message:
        """Return a signed message about a payout."""

    def made(self) -> int:
        """Return how many transfers were made."""


class SandboxCounter:
    """At the sandbox."""

    name = "sandbox"

    def fund(self, units: int) -> None:
        """Fund it."""
        fund_sandbox("USD", units)

    def complete(self, account: ProviderAccount, *, is_good: bool = True) -> None:
        """Give a test account."""
        payee = Payee.objects.get(pk=account.ref)
        number = RETURNED if is_good else LACKING
        sandbox.tell_bank(payee=payee, number=number, at=clock.now())

    def settle(self, account: ProviderAccount, *, is_good: bool = True) -> None:
        """Let the time come, or not."""
        if not is_good:
            theirs = SandboxTransfer.objects.filter(payee=account.ref)
            theirs.update(due_at=clock.now())

    def message(self, payout: Payout) -> Message:
        """Sign what happened."""
        happening = Happening.objects.get(kind="transferred", ref=_ref(payout))
        body = sandbox_queries.message_of(happening)
        return body, {HEADER: sign(body, secret="of the tests", at=clock.now())}

    def made(self) -> int:
        """Count them."""
        return SandboxTransfer.objects.count()


class StripeCounter:
    """At a small Stripe of our own, called by the real SDK over HTTP."""

    name = "stripe"

    def __init__(self, fake: FakeConnect) -> None:
        """Stand before this account."""
        self.fake = fake

    def fund(self, units: int) -> None:
        """Top it up."""
        self.fake.fund(units * 100)

    def complete(self, account: ProviderAccount, *, is_good: bool = True) -> None:
        """Fill in the pages."""
        self.fake.complete(account.ref, due=[] if is_good else ["individual.id_number"])

    def settle(self, account: ProviderAccount, *, is_good: bool = True) -> None:
        """Pay it out to the bank."""
        if is_good:
            self.fake.bank(account.ref, status="paid")
        else:
            self.fake.bank(account.ref, status="failed", why="The bank account is closed.")

    def message(self, payout: Payout) -> Message:
        """Tell that the transfer was made."""
        return self.fake.message("transfer.created", self.fake.objects[_ref(payout)])

    def made(self) -> int:
        """Count them."""
        return len(self.fake.of("transfer"))


def _ref(payout: Payout) -> str:
    found = provider_named(payout.transfer.account.provider).find(payout.transfer.key)
    assert found is not None
    return found.ref


def asked(payout: Payout) -> Payout:
    """Ask the provider what became of a payout, and return it as it is then."""
    actions.ask_transfer(payout_id=payout.pk, at=clock.now())
    return Payout.objects.select_related("transfer__account").get(pk=payout.pk)


def account_of(creator: Creator) -> ProviderAccount:
    return queries.account_at_provider(creator=creator)


def ready(counter: Counter) -> Creator:
    """Let a creator have $100 payable, and an account that is ready."""
    ada = make_act("Ada").creator
    make_verified(ada, papers=american())
    make_account(ada)
    counter.complete(account_of(ada))
    assert actions.ask_account(account_id=account_of(ada).pk, at=clock.now())
    make_payable(ada, usd(100))
    return ada


def payable(creator: Creator) -> Money:
    return dollars(queries.account_of(creator.pk))


class ProviderContract:
    """What every provider is held to; each gives a fixture ``counter`` of its own."""

    def test_an_account_is_opened_once_and_says_what_it_lacks(self, counter: Counter) -> None:
        ada = make_act("Ada").creator
        make_verified(ada, papers=american())
        method = make_account(ada)
        assert method.masked.startswith(f"{counter.name} •••• ")
        again = make_account(ada)
        assert (account_of(ada), ProviderAccount.objects.count()) == (again.account, 1)
        assert account_of(ada).state == "onboarding"
        assert actions.onboarding_url(account_of(ada)).startswith("http")
        counter.complete(account_of(ada), is_good=False)
        actions.ask_account(account_id=account_of(ada).pk, at=clock.now())
        assert account_of(ada).state == "restricted"
        assert account_of(ada).missing in {"a copy of your passport", "id number"}
        counter.complete(account_of(ada))
        actions.ask_account(account_id=account_of(ada).pk, at=clock.now())
        assert (account_of(ada).state, account_of(ada).missing) == ("ready", "")

    def test_sent_once_and_settled(self, counter: Counter) -> None:
        ada = ready(counter)
        fund(100, provider=counter.name)
        counter.fund(100)
        make_paid()
        payout = Payout.objects.get()
        assert dollars(f"provider:{counter.name}") == usd(0)
        assert dollars("bank") == usd(100)  # it lies there, and is not what was paid from
        counter.settle(account_of(ada))
        for _ in range(2):
            assert asked(payout).state == PayoutState.SETTLED
        assert (payable(ada), counter.made()) == (usd(0), 1)
        assert check_books() == []

    def test_what_the_bank_gives_back_is_payable_again_with_its_reason(
        self, counter: Counter
    ) -> None:
        ada = ready(counter)
        fund(100, provider=counter.name)
        counter.fund(100)
        make_paid()
        payout = Payout.objects.get()
        counter.settle(account_of(ada), is_good=False)
        for _ in range(2):
            assert asked(payout).state == PayoutState.RETURNED
        assert (payable(ada), dollars(f"provider:{counter.name}")) == (usd(100), usd(100))
        assert queries.answers_of(payout)[-1].words == "The bank account is closed."
        assert check_books() == []

    def test_the_report_of_a_day_agrees_with_the_books(self, counter: Counter) -> None:
        ada = ready(counter)
        fund(200, provider=counter.name)
        counter.fund(200)
        make_paid()
        counter.settle(account_of(ada), is_good=False)
        asked(Payout.objects.get())
        now = clock.now()
        found = reconcile(provider=counter.name, day=now.date(), at=now + 2 * DAY)
        assert (found.line_count, found.difference_count) == (3, 1)
        [case] = Case.objects.all()
        assert case.kind == "not_in_books"
        assert "$200.00" in case.sentence  # how it was funded is told by no fact of ours
        begin = dt.datetime.combine(now.date(), dt.time(), tzinfo=dt.UTC)
        sums = [
            sum(line.gross.micros for line in queries.movements(counter.name, begin, end))
            for end in (begin, None, begin + DAY)
        ]
        assert sums == [0, 0, 0]

    def test_a_provider_that_holds_too_little_is_tried_again(self, counter: Counter) -> None:
        ada = ready(counter)
        fund(100, provider=counter.name)
        make_paid()
        payout = Payout.objects.get()
        first = payout.transfer.key
        assert (payout.transfer.status, payout.state) == (TransferStatus.WAITING, PayoutState.SENT)
        assert counter.made() == 0
        counter.fund(100)
        assert asked(payout).transfer.status == TransferStatus.MADE
        assert Transfer.objects.get().key != first
        assert (payable(ada), counter.made()) == (usd(0), 1)
        assert check_books() == []

    def test_a_message_is_believed_when_signed_and_worked_once(self, counter: Counter) -> None:
        ready(counter)
        fund(100, provider=counter.name)
        counter.fund(100)
        make_paid()
        body, headers = counter.message(Payout.objects.get())
        forged = {name: value[:-1] + "x" for name, value in headers.items()}
        now = clock.now()
        for wrong in (forged, {}):
            with pytest.raises(BadSignature):
                actions.receive_event(provider=counter.name, body=body, headers=wrong, at=now)
        assert not ProviderEvent.objects.exists()
        stored = [
            actions.receive_event(provider=counter.name, body=body, headers=headers, at=now)
            for _ in range(2)
        ]
        assert stored == [1, 0]
        event = ProviderEvent.objects.get()
        for _ in range(2):
            actions.work_event(event_id=event.pk, at=now)
        event.refresh_from_db()
        assert (event.worked_at, counter.made()) == (now, 1)

    def test_what_it_knows_nothing_of_is_refused(self, counter: Counter) -> None:
        adapter = provider_named(counter.name)
        with pytest.raises(ProviderRefused):
            adapter.look_up("tr_nothing")
        with pytest.raises(ProviderRefused):
            adapter.look_up_account("acct_nothing")
        with pytest.raises(ProviderRefused):
            adapter.take_back(key=uuid4(), ref="tr_nothing")
        assert adapter.find(uuid4()) is None
        ask = AccountAsk(uuid4(), "ada@example.org", "US", "USD", "https://here.example/back")
        assert adapter.open_account(ask) == adapter.open_account(ask)
