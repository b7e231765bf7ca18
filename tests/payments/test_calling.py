"""Calls that fail, time out, or never arrive; kept cards; what was only reserved."""

import datetime as dt
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from typing_extensions import override

from takings.ads import queries as ads
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments import actions, providers, queries
from takings.payments.actions import Order
from takings.payments.models import Attempt, Case, Payment
from takings.payments.providers.sandbox import Sandbox
from takings.payments.rules import (
    Answer,
    CheckoutAsk,
    MoneyAsk,
    NotPayable,
    ProviderRefused,
    ProviderSilent,
)
from takings.people.models import StaffAct, User
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge, Checkout, Refund
from tests.make.ads import Wanted, make_advertiser, make_campaign, make_lease
from tests.make.payments import (
    EXPIRES,
    LATE,
    LATER,
    PAYS,
    asked,
    make_top_up,
    paid,
    pay,
    refund_of,
    usd,
)
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db


class Lost(Sandbox):
    """The sandbox behind a bad line: the call arrives, or does not; its answer never does."""

    arrives: bool = True

    @override
    def start_checkout(self, ask: CheckoutAsk) -> Answer:
        """Lose the answer."""
        if self.arrives:
            super().start_checkout(ask)
        raise ProviderSilent

    @override
    def refund(self, ask: MoneyAsk) -> Answer:
        """Lose the answer."""
        if self.arrives:
            super().refund(ask)
        raise ProviderSilent


class LostBefore(Lost):
    """The call does not even arrive."""

    arrives = False


class Silent(Lost):
    """Nobody answers whatever is asked."""

    @override
    def look_up(self, ref: str) -> Answer:
        """Say nothing."""
        raise ProviderSilent(ref=ref)

    @override
    def find(self, key: UUID) -> Answer | None:
        """Say nothing."""
        raise ProviderSilent(key=key)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Sandbox]], None]:
    """Let a story choose the line to the sandbox."""

    def choose(adapter: type[Sandbox]) -> None:
        monkeypatch.setitem(providers.MAKERS, "sandbox", adapter)

    return choose


Line = Callable[[type[Sandbox]], None]


def at_provider() -> Money:
    return ledger.balance(name="provider:sandbox", currency="USD")


def order_of(user: User, subject: str, *, captures: bool = True, keeps_card: bool = False) -> Order:
    return Order(
        id=uuid4(),
        purpose="advertiser_balance",
        subject=subject,
        payer=user,
        amount=usd("10"),
        description="Prepaid ads",
        captures=captures,
        keeps_card=keeps_card,
    )


def test_bug_2_a_lost_answer_leaves_one_page_that_is_found_by_its_key(line: Line) -> None:
    brand, member = make_advertiser()
    line(Lost)
    payment = make_top_up(brand, member)
    assert (payment.status, payment.checkout_url) == ("unknown", "")
    assert Attempt.objects.get().status == "unknown"
    line(Sandbox)
    assert asked(payment).status == "started"
    assert Checkout.objects.get().pk == payment.ref
    pay(payment)
    assert asked(payment).status == "succeeded"


def test_bug_18_a_call_that_never_arrived_is_given_up_and_never_made_again(line: Line) -> None:
    brand, member = make_advertiser()
    line(LostBefore)
    payment = make_top_up(brand, member)
    assert asked(payment).status == "unknown"  # it may still be on its way
    assert asked(payment, at=clock.now() + LATER).status == "failed"
    assert not Checkout.objects.exists()
    case = Case.objects.get()
    assert (case.kind, case.payment) == ("never_arrived", payment)
    assert Attempt.objects.get().why == "It never reached the provider."


def test_a_crash_before_the_call_leaves_a_key_that_is_asked_for(line: Line) -> None:
    class Dies(Sandbox):
        @override
        def start_checkout(self, ask: CheckoutAsk) -> Answer:
            super().start_checkout(ask)
            raise KeyboardInterrupt

    brand, member = make_advertiser()
    line(Dies)
    with pytest.raises(KeyboardInterrupt):
        make_top_up(brand, member)
    payment = Payment.objects.get()
    assert (payment.status, payment.attempts.get().status) == ("created", "asked")
    line(Silent)
    asked(payment)
    assert (payment.status, payment.attempts.get().status) == ("unknown", "unknown")
    line(Sandbox)
    assert actions.ask_all(at=clock.now() + LATER) == 1
    payment.refresh_from_db()
    assert (payment.status, payment.attempts.get().status) == ("started", "answered")


def test_what_the_provider_refuses_says_so_and_changes_nothing(line: Line) -> None:
    class Refuses(Sandbox):
        @override
        def start_checkout(self, ask: CheckoutAsk) -> Answer:
            raise ProviderRefused(why=f"Not {ask.amount.currency}.")

    brand, member = make_advertiser()
    line(Refuses)
    with pytest.raises(ProviderRefused):
        make_top_up(brand, member)
    payment = Payment.objects.get()
    assert (payment.status, payment.attempts.get().status) == ("failed", "refused")
    assert asked(payment).status == "failed"
    assert at_provider() == usd("0")


def test_a_page_that_is_left_is_asked_for_ever_more_rarely_and_then_no_more() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    asks, at = 0, payment.started_at
    while payment.ask_at is not None:
        at = payment.ask_at
        asked(payment, at=at)
        asks += 1
    assert asks < 15
    assert at - payment.started_at >= dt.timedelta(days=2)


def test_a_refund_without_an_answer_keeps_its_amount_from_being_refunded_again(
    line: Line,
) -> None:
    brand, member = make_advertiser()
    operator = make_operator()
    payment = paid(brand, member)
    line(Lost)
    actions.refund_payment(operator=operator, refund=refund_of(payment, "70"), at=clock.now())
    assert queries.refunding(payment) == usd("70")
    with pytest.raises(actions.RefundTooLarge) as refused:
        actions.refund_payment(
            operator=operator, refund=refund_of(payment, "30.01"), at=clock.now()
        )
    assert str(refused.value) == "Of this payment $30.00 can still be refunded."
    line(Sandbox)
    assert asked(payment).status == "partly_refunded"
    assert queries.refunding(payment) == usd("0")
    assert Refund.objects.count() == 1
    assert at_provider() == usd("26.80")
    assert check_books() == []


def test_a_refund_that_never_arrived_is_given_up_under_a_case(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(LostBefore)
    refund = refund_of(payment, "70")
    actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
    assert asked(payment, at=clock.now() + LATER).status == "succeeded"
    assert Case.objects.get().kind == "never_arrived"
    assert queries.refunding(payment) == usd("0")
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")


def test_bugs_15_and_21_a_refund_is_once_and_another_under_its_id_is_refused() -> None:
    brand, member = make_advertiser()
    operator, payment = make_operator(), paid(brand, member)
    refund = refund_of(payment, "10")
    for _ in range(3):
        actions.refund_payment(operator=operator, refund=refund, at=clock.now())
    with pytest.raises(actions.RefundIdTaken):
        actions.refund_payment(
            operator=operator, refund=refund_of(payment, "11", refund_id=refund.id), at=clock.now()
        )
    with pytest.raises(NotPayable):
        actions.refund_payment(operator=operator, refund=refund_of(payment, "0"), at=clock.now())
    assert (Refund.objects.count(), StaffAct.objects.count()) == (1, 1)
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("90")


def test_what_is_spent_cannot_be_refunded_and_a_dispute_of_it_is_a_stated_loss() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    wanted = Wanted(budget=usd("90"), deposit=None, cpm=usd("1000"))
    campaign = make_campaign(brand, member=member, wanted=wanted)
    lease = make_lease(campaign)
    left = ads.prepaid(brand_id=brand.pk, currency="USD")
    assert left < usd("100")
    with pytest.raises(actions.NothingThere):
        actions.refund_payment(
            operator=make_operator(), refund=refund_of(payment, "100"), at=clock.now()
        )
    assert not StaffAct.objects.filter(act="payments.refund").exists()
    sandbox.open_dispute(charge_id=Charge.objects.get().pk, at=clock.now())
    assert asked(payment).status == "disputed"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("0")
    loss = ledger.balance(name="platform:loss", currency="USD")
    assert loss == usd("100") - left == Money(lease.amount_micros, "USD")
    balances = ads.balances(brand=brand, currency="USD")
    assert balances.owed == loss
    assert balances.deposited == balances.prepaid + balances.reserved + balances.spent
    assert check_books() == []
    operator = make_operator()
    _, dispute = queries.access_dispute(user=operator, payment_id=payment.pk)
    actions.answer_dispute(operator=operator, dispute=dispute, note="Seen", at=clock.now())
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == left
    assert ledger.balance(name="platform:loss", currency="USD") == usd("0")
    assert check_books() == []


def test_a_kept_card_is_charged_again_until_it_expires() -> None:
    brand, member = make_advertiser()
    subject = ads.payments_subject(brand)
    kept = []
    for card in (PAYS, EXPIRES):
        first = order_of(member, subject, keeps_card=True)
        payment = actions.start_payment(order=first, at=clock.now())
        pay(payment, card)
        assert asked(payment).card_ref
        kept.append(payment.pk)
    order = order_of(member, subject)
    for _ in range(2):
        again = actions.charge_kept_card(order=order, kept_with=kept[0], at=clock.now())
        again.refresh_from_db()
        assert again.status == "succeeded"
    declined = actions.charge_kept_card(
        order=order_of(member, subject), kept_with=kept[1], at=clock.now()
    )
    assert declined.status == "failed"
    assert [row.reason for row in queries.fact_rows(declined)] == ["The card has expired."]
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("30")


def test_a_late_charge_of_a_kept_card_is_unknown_and_never_made_twice() -> None:
    brand, member = make_advertiser()
    subject = ads.payments_subject(brand)
    first = actions.start_payment(order=order_of(member, subject, keeps_card=True), at=clock.now())
    charge = pay(first, LATE)
    assert charge.due_at is not None
    sandbox.finish_late(charge_id=charge.pk, at=charge.due_at)
    asked(first)
    order = order_of(member, subject)
    late = actions.charge_kept_card(order=order, kept_with=first.pk, at=clock.now())
    assert late.status == "unknown"
    assert asked(late).status == "unknown"
    again = Charge.objects.get(key=late.attempts.get().pk)
    assert again.due_at is not None
    sandbox.finish_late(charge_id=again.pk, at=again.due_at)
    assert asked(late).status == "succeeded"
    assert Charge.objects.count() == 2


def test_without_a_kept_card_nothing_is_charged() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    order = order_of(member, ads.payments_subject(brand))
    for kept_with in (payment.pk, uuid4()):
        with pytest.raises(actions.NoKeptCard):
            actions.charge_kept_card(order=order, kept_with=kept_with, at=clock.now())
    assert Payment.objects.count() == 1


def test_what_is_reserved_is_taken_once() -> None:
    brand, member = make_advertiser()
    order = order_of(member, ads.payments_subject(brand), captures=False)
    payment = actions.start_payment(order=order, at=clock.now())
    with pytest.raises(actions.NotReserved):
        actions.capture_payment(payment_id=payment.pk, capture_id=uuid4(), at=clock.now())
    pay(payment)
    assert asked(payment).status == "authorised"
    assert at_provider() == usd("0")
    capture_id = uuid4()
    for _ in range(2):
        actions.capture_payment(payment_id=payment.pk, capture_id=capture_id, at=clock.now())
    payment.refresh_from_db()
    assert (payment.status, at_provider()) == ("succeeded", usd("9.41"))


def test_a_page_that_is_given_up_pays_nothing() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    checkout = Checkout.objects.get()
    for _ in range(2):
        sandbox.cancel_checkout(checkout=checkout, at=clock.now())
    assert asked(payment).status == "cancelled"
    with pytest.raises(sandbox.SandboxRefused):
        pay(payment)
    assert at_provider() == usd("0")
