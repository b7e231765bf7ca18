"""While a refund is asked for, what its beneficiaries would give is held: nobody spends it."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from typing_extensions import override

from takings.ads import queries as ads
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.actions import InsufficientFunds, post
from takings.ledger.queries import check_books, open_holds
from takings.money import Money
from takings.payments import actions, queries
from takings.payments.models import Attempt, Case, Payment, RefundHold
from takings.payments.providers.sandbox import Sandbox
from takings.payments.queries import Sale
from takings.payments.rules import Answer, FactKind, MoneyAsk, Plan, ProviderRefused, Share
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge
from tests.make.ads import make_advertiser
from tests.make.ledger import make_entry, move
from tests.make.pages import page_text
from tests.make.payments import (
    LATER,
    asked,
    happenings,
    paid,
    pay,
    refund_of,
    send,
    usd,
    work_all,
)
from tests.make.people import make_operator
from tests.payments.test_bugs import make_tip
from tests.payments.test_calling import Line, Lost, LostBefore, Silent, line
from tests.payments.test_reconciling import signed_in
from tests.payments.tips import Tips, tips

__all__ = ["line"]
pytestmark = pytest.mark.django_db
WAITING = "unearned:membership:1"


class Refuses(Sandbox):
    """A card company that gives nothing back."""

    @override
    def refund(self, ask: MoneyAsk) -> Answer:
        """Say no."""
        raise ProviderRefused(why=f"Not {ask.amount.currency}.")


def balance(name: str) -> Money:
    return ledger.balance(name=name, currency="USD")


def held() -> list[Money]:
    return sorted(open_holds(kind="refund_held").values())


def give_back(payment: Payment, amount: str) -> None:
    refund = refund_of(payment, amount)
    actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())


def spend(payment: Payment, amount: str) -> None:
    account = payment.shares.get().account
    entry = make_entry(move(account, "platform:revenue:ads", amount))
    post(drafts=[entry], at=clock.now())


def test_a_spend_cannot_make_us_pay_a_refund_that_is_on_its_way(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(Lost)
    give_back(payment, "60")
    prepaid = ads.prepaid_account(brand.pk)
    assert (held(), balance(prepaid)) == ([usd("60")], usd("100"))
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("40")
    assert ads.prepaid_by_brand(currency="USD") == {brand.pk: usd("40")}
    now = ads.balances(brand=brand, currency="USD")
    assert (now.deposited, now.prepaid, now.refunding) == (usd("100"), usd("40"), usd("60"))
    with pytest.raises(InsufficientFunds):
        spend(payment, "40.01")
    spend(payment, "40")
    with pytest.raises(actions.NothingThere) as refused:
        give_back(payment, "1")
    assert "has $0.00 left" in str(refused.value)
    assert held() == [usd("60")]
    line(Sandbox)
    assert asked(payment).status == "partly_refunded"
    assert (held(), balance(prepaid), balance("platform:loss")) == ([], usd("0"), usd("0"))
    assert str(RefundHold.objects.get()) == f"{prepaid}: 60000000"
    assert check_books() == []


def test_what_never_arrived_or_is_refused_is_given_back(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(LostBefore)
    give_back(payment, "60")
    asked(payment)
    assert held() == [usd("60")]  # it may still be on its way
    asked(payment, at=clock.now() + LATER)
    assert held() == []
    line(Refuses)
    with pytest.raises(ProviderRefused):
        give_back(payment, "60")
    assert held() == []
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    assert [one.status for one in Attempt.objects.filter(verb="refund")] == ["refused", "refused"]
    assert check_books() == []


def test_a_refused_refund_is_on_the_desk_until_it_goes_through(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    client = signed_in(make_operator())
    address = "/payments/desk/refunds/"
    assert "Every refund that was asked for went through" in page_text(client.get(address))
    line(Refuses)
    for amount in ("60", "60", "7"):
        with pytest.raises(ProviderRefused):
            give_back(payment, amount)
    assert [one.key for one in queries.open_refund_cases()] == [
        f"{payment.pk}:60000000",
        f"{payment.pk}:7000000",
    ]
    assert "$60.00 did not go back to Bea: The card company refused: Not USD." in page_text(
        client.get(address)
    )
    assert "2 refunds did not go through" in page_text(client.get("/desk/finance/"))
    assert "2 refunds did not go through" in page_text(client.get("/payments/desk/"))
    assert queries.open_case_count() == 0
    line(Sandbox)
    give_back(payment, "60")
    ended = Case.objects.get(key=f"{payment.pk}:60000000")
    assert (ended.owner, ended.closed_why) == (None, "Asked for again, it went through.")
    [left] = queries.open_refund_cases()
    case = f"/payments/desk/cases/{left.pk}/"
    assert "pay by transfer" in page_text(client.get(case))
    client.post(case, {"reason": "Paid by transfer 17"})
    assert queries.open_refund_cases() == []


def test_a_refund_that_a_bank_sends_back_is_on_the_desk_once() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    give_back(payment, "60")
    gone = payment.facts.get(kind="refunded").fact
    back = replace(gone, kind=FactKind.REFUND_FAILED, reason="The account is closed.")
    for _ in range(2):
        answer = Answer(ref=payment.ref, facts=(back,))
        actions.record_facts(payment_id=payment.pk, answer=answer, at=clock.now())
    [case] = queries.open_refund_cases()
    assert case.sentence == "$60.00 did not go back to Bea: The account is closed."
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    assert check_books() == []


def test_a_message_that_came_before_a_refusal_is_believed(line: Line) -> None:
    class Confused(Sandbox):
        @override
        def refund(self, ask: MoneyAsk) -> Answer:
            payment = Payment.objects.get(ref=ask.ref)
            answer = super().refund(ask)
            actions.record_facts(payment_id=payment.pk, answer=answer, at=clock.now())
            raise ProviderRefused(why="Twice.")

    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(Confused)
    with pytest.raises(ProviderRefused):
        give_back(payment, "60")
    assert queries.open_refund_cases() == []


def test_a_crash_in_the_call_leaves_it_held_until_it_is_asked_for(line: Line) -> None:
    class Dies(Sandbox):
        @override
        def refund(self, ask: MoneyAsk) -> Answer:
            super().refund(ask)
            raise KeyboardInterrupt

    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(Dies)
    with pytest.raises(KeyboardInterrupt):
        give_back(payment, "60")
    assert (held(), Attempt.objects.get(verb="refund").status) == ([usd("60")], "asked")
    assert actions.ask_all(at=clock.now() + LATER) == 1
    assert (held(), ads.prepaid(brand_id=brand.pk, currency="USD")) == ([], usd("40"))


def test_two_refunds_hold_both_and_each_lets_go_of_its_own(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(LostBefore)
    give_back(payment, "30")
    line(Lost)
    give_back(payment, "50")
    assert held() == [usd("80")]
    line(Sandbox)
    asked(payment)
    assert (held(), balance(ads.prepaid_account(brand.pk))) == ([usd("30")], usd("50"))
    asked(payment, at=clock.now() + LATER)
    assert held() == []
    assert check_books() == []


def test_a_message_of_a_refund_lets_go_of_what_was_held_for_it(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(Lost)
    give_back(payment, "30")
    for one in happenings(payment):
        send(one)
    work_all()
    assert (held(), ads.prepaid(brand_id=brand.pk, currency="USD")) == ([], usd("70"))
    assert Attempt.objects.get(verb="refund").status == "answered"


def test_a_dispute_while_a_refund_is_asked_for_takes_what_was_held_for_it(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(LostBefore)
    give_back(payment, "60")
    sandbox.open_dispute(charge_id=Charge.objects.get().pk, at=clock.now())
    assert asked(payment).status == "disputed"
    assert (held(), balance(ads.prepaid_account(brand.pk))) == ([], usd("0"))
    assert balance("platform:loss") == usd("0")
    assert check_books() == []


def test_a_sale_holds_the_creator_and_the_tax_each_their_part(line: Line) -> None:
    with tips():
        payment = make_tip()
        pay(payment)
        asked(payment)
        line(Lost)
        give_back(payment, "33.33")
        assert held() == [usd("5.32"), usd("22.408")]
        assert [row.account for row in queries.open_refund_holds(payment)] == [
            "creator:1:pending",
            "tax:DE:vat",
        ]
        line(Sandbox)
        asked(payment)
        assert (held(), balance("creator:1:pending")) == ([], usd("44.816"))
        assert check_books() == []


def test_silence_for_days_is_named_and_the_money_stays_held(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(LostBefore)
    give_back(payment, "60")
    line(Silent)
    asked(payment, at=clock.now() + dt.timedelta(days=1))
    assert not Case.objects.exists()
    for days in (2, 4):
        asked(payment, at=clock.now() + dt.timedelta(days=days, minutes=1))
    case = Case.objects.get()
    assert (case.kind, case.payment, held()) == ("no_answer", payment, [usd("60")])
    assert "A refund of $60.00" in case.sentence
    assert payment.ask_at is not None


def test_what_is_held_and_not_asked_for_is_found(line: Line) -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(Lost)
    give_back(payment, "60")
    assert check_books() == []
    Attempt.objects.filter(verb="refund").update(status="refused")
    [found] = check_books()
    invariant = "what is held for refunds belongs to refunds that are asked for"
    assert (found.invariant, found.row) == (invariant, f"payment:{payment.pk}")
    Attempt.objects.filter(verb="refund").update(status="unknown")
    RefundHold.objects.update(released_at=clock.now())
    [found] = check_books()
    assert found.invariant == invariant
    RefundHold.objects.update(released_at=None, hold_id=uuid4())
    assert {one.invariant for one in check_books()} == {invariant}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Months(Tips):
    """Tips that wait for days to pass, in an account of their own."""

    @override
    def plan(self, sale: Sale) -> Plan:
        """Let all of it wait."""
        return Plan("tip_given", f"tip:{sale.payment_id}", "A tip", (Share(WAITING, sale.net),))


def test_what_was_earned_waits_again_before_a_refund_or_a_bank_takes_it() -> None:
    """Nobody stands in for the creator: what they have is asked of them first."""
    asked_for = []

    def unearn(sale: Sale, *, taken: Money, at: dt.datetime) -> None:
        asked_for.append(taken)
        gone = Payment.objects.get(pk=sale.payment_id).shares.get(account=WAITING).given_micros
        missing = sale.net - Money(gone, "USD") - balance(WAITING)
        if missing:
            back = make_entry(move("creator:1:pending", WAITING, missing))
            post(drafts=[back], at=at)

    with tips(Months(), unearn=unearn):
        payment = make_tip()
        pay(payment)
        asked(payment)
        assert balance(WAITING) == payment.net == usd("84.03")
        earned = make_entry(move(WAITING, "creator:1:pending", "84.03"))
        post(drafts=[earned], at=clock.now())
        give_back(payment, "50")
        assert (asked(payment).status, asked_for[0]) == ("partly_refunded", usd("50"))
        assert balance("creator:1:pending") == usd("0")
        assert balance(WAITING) == usd("42.01")  # 50.00 is 42.02 without tax, in whole cents
        earned = make_entry(move(WAITING, "creator:1:pending", "42.01"))
        post(drafts=[earned], at=clock.now())
        sandbox.open_dispute(charge_id=Charge.objects.get().pk, at=clock.now())
        asked(payment)
        assert asked_for[-1] == usd("100")
        taken = ("creator:1:pending", "creator:1:payable", WAITING, "platform:loss")
        assert [balance(name) for name in taken] == [usd("0")] * 4
        assert check_books() == []
