"""Rare turns: somebody was faster, a period is locked, a message overtakes its answer."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from typing_extensions import override

from takings.ads import actions as ads_actions
from takings.ads import queries as ads
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.ledger.actions.terms import close_account, lock_period
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments import actions, jobs, providers, queries
from takings.payments.models import Attempt, Case, Evidence, Payment, WebhookEvent
from takings.payments.providers.sandbox import Sandbox
from takings.payments.rules import Answer, ChargeAsk, Fact, FactKind, ProviderSilent
from takings.people.models import StaffAct
from takings.people.queries import NoSuchBrand
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge, Checkout, Happening
from tests.make.ads import make_advertiser
from tests.make.ledger import make_entry, move
from tests.make.payments import (
    DISPUTED_WON,
    asked,
    happenings,
    make_top_up,
    paid,
    pay,
    send,
    usd,
    work_all,
)
from tests.make.people import NOON, make_operator
from tests.payments.test_calling import Line, LostBefore, line, order_of

__all__ = ["line"]
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid <> %s"


@pytest.mark.django_db(transaction=True)
def test_who_spends_while_a_dispute_comes_leaves_the_rest_to_the_bearer() -> None:
    """The dispute reads $100, waits for who spends $70 of it, and reads again."""
    brand, member = make_advertiser()
    payment = paid(brand, member)
    sandbox.open_dispute(charge_id=Charge.objects.get().pk, at=clock.now())
    spent = Signal()

    def take_back() -> None:
        try:
            spent.wait(timeout=20)
            actions.ask_provider(payment_id=payment.pk, at=clock.now())
        finally:
            connections.close_all()

    prepaid = ads.prepaid_account(brand.pk)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            spending = make_entry(move(prepaid, "platform:revenue:ads", "70"))
            post(drafts=[spending], at=clock.now())
            future = pool.submit(take_back)
            spent.set()
            wait_for_a_waiter()
        future.result(timeout=20)
    assert ledger.balance(name=prepaid, currency="USD") == usd("0")
    assert ledger.balance(name="platform:loss", currency="USD") == usd("70")
    assert check_books() == []


def wait_for_a_waiter() -> None:
    """Return when another session waits for a lock of ours."""
    with connection.cursor() as cursor:
        for _ in range(2_000):
            cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.005)")
            row = cursor.fetchone()
            assert row is not None
            cursor.execute(WAITS, [row[0]])
            if cursor.fetchone() != (0,):
                return
    pytest.fail("nobody waits")


@pytest.mark.django_db
def test_what_is_told_after_its_period_was_locked_is_dated_when_it_is_told() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment)
    at = clock.now() + dt.timedelta(hours=1)
    lock_period(before=at - dt.timedelta(minutes=30), reason="closed", at=at)
    asked(payment, at=at)
    entry = ledger.entry(id=queries.sale_of(payment).entry_id)
    assert entry.occurred_at == at


@pytest.mark.django_db
def test_a_message_that_overtakes_a_lost_answer_is_right(line: Line) -> None:
    """The message of a charge is worked while its call is still out; then the answer is lost."""

    class Overtaken(Sandbox):
        @override
        def charge(self, ask: ChargeAsk) -> Answer:
            answer = super().charge(ask)
            for one in Happening.objects.filter(ref=answer.ref):
                send(one)
            work_all()
            raise ProviderSilent

    brand, member = make_advertiser()
    subject = ads.payments_subject(brand)
    first = actions.start_payment(order=order_of(member, subject, keeps_card=True), at=clock.now())
    pay(first)
    asked(first)
    line(Overtaken)
    again = actions.charge_kept_card(
        order=order_of(member, subject), kept_with=first.pk, at=clock.now()
    )
    assert (again.status, again.attempts.get().status) == ("succeeded", "answered")
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("20")


@pytest.mark.django_db
def test_evidence_that_was_stored_and_not_taken_is_sent_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Busy(Sandbox):
        @override
        def send_evidence(self, *, dispute: str, text: str) -> None:
            raise ProviderSilent(dispute=dispute, text=text)

    brand, member = make_advertiser()
    operator = make_operator()
    payment = paid(brand, member, card=DISPUTED_WON)
    _, dispute = queries.access_dispute(user=operator, payment_id=payment.pk)
    with monkeypatch.context() as patch:
        patch.setitem(providers.MAKERS, "sandbox", Busy)
        with pytest.raises(ProviderSilent):
            actions.answer_dispute(operator=operator, dispute=dispute, note="First", at=clock.now())
    assert Evidence.objects.get().sent_at is None
    actions.answer_dispute(operator=operator, dispute=dispute, note="Second", at=clock.now())
    sent = Evidence.objects.get()
    assert sent.text.endswith("First")
    assert (str(sent), sent.sent_at is not None) == (dispute.about, True)
    assert StaffAct.objects.count() == 1


@pytest.mark.django_db
def test_an_event_is_worked_once_and_the_clock_asks() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment)
    for one in happenings(payment):
        send(one)
    event = WebhookEvent.objects.earliest("pk")
    WebhookEvent.objects.filter(pk=event.pk).update(worked_at=clock.now())
    jobs.work_event(event_id=event.pk)
    payment.refresh_from_db()
    assert payment.status == "started"
    Payment.objects.update(ask_at=clock.now() - dt.timedelta(seconds=1))
    jobs.ask_providers()
    payment.refresh_from_db()
    assert payment.status == "succeeded"


@pytest.mark.django_db
def test_money_of_another_currency_and_brands_that_are_gone_are_refused() -> None:
    brand, member = make_advertiser()
    with pytest.raises(ads_actions.CurrencyNotSold):
        ads_actions.top_up(
            user=member,
            brand=brand,
            amount=Money(10**7, "EUR"),
            payment_id=uuid4(),
            at=clock.now(),
        )
    for subject in ("brand:0", "brand:x", "creator:1"):
        with pytest.raises(NoSuchBrand):
            ads_actions.PrepaidByCard().access(subject, user=member)
    assert not Payment.objects.exists()


@pytest.mark.django_db
def test_what_is_kept_says_what_it_is() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    fact = payment.facts.get(kind="succeeded")
    assert str(fact).startswith("succeeded:ch_")
    assert fact.words == "Paid"
    assert str(Attempt.objects.get()) == f"checkout of {payment.pk}: answered"
    told = Fact(FactKind.REFUNDED, "r", usd("1"), usd("0"), clock.now())
    assert told.key == "refunded:r"
    assert str(Checkout.objects.get()).endswith(f"Prepaid ads for {brand}")


@pytest.mark.django_db
def test_a_call_that_was_given_up_and_is_answered_late_counts_all_the_same(line: Line) -> None:
    brand, member = make_advertiser()
    line(LostBefore)
    payment = make_top_up(brand, member)
    assert asked(payment, at=clock.now() + dt.timedelta(hours=1)).status == "failed"
    told = Fact(FactKind.SUCCEEDED, "ch_late", usd("100"), usd("3.20"), clock.now())
    answer = Answer(ref="cs_late", facts=(told,))
    actions.record_facts(payment_id=payment.pk, answer=answer, at=clock.now())
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert payment.attempts.get().status == "answered"


@pytest.mark.django_db
def test_what_cannot_be_booked_is_a_case_and_holds_up_no_other() -> None:
    """The account of one brand is closed before its card is told to be paid."""
    brand, member = make_advertiser()
    other, buyer = make_advertiser()
    closed, fine = make_top_up(brand, member), make_top_up(other, buyer)
    account = ads.prepaid_account(brand.pk)
    post(drafts=[make_entry(move("bank", account, "1"), move(account, "bank", "1"))], at=NOON)
    close_account(name=account, currency="USD", reason="gone", at=clock.now())
    pay(closed)
    pay(fine)
    later = clock.now() + dt.timedelta(minutes=5)
    assert actions.ask_all(at=later) == 1
    case = Case.objects.get()
    assert (case.kind, case.payment) == ("not_booked", closed)
    assert case.sentence == f"“{account}” is closed."
    closed.refresh_from_db()
    assert (closed.status, closed.facts.count()) == ("started", 0)
    assert closed.ask_at == later + dt.timedelta(hours=1)
    assert asked(fine).status == "succeeded"


@pytest.mark.django_db
def test_facts_never_change_and_are_booked_once() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    for change in (
        "UPDATE payments_paymentfact SET fee_micros = 1",
        "UPDATE payments_paymentfact SET booked_at = NULL",
        "UPDATE payments_paymentfact SET occurred_at = now()",
        "DELETE FROM payments_paymentfact",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert payment.facts.filter(booked_at__isnull=False).count() == 2
