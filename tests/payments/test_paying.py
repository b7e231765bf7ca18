"""A brand pays in by card: what the sandbox does, and what the books say."""

from uuid import uuid4

import pytest
from django.test import override_settings

from takings.ads import queries as ads
from takings.ads.models import Deposit
from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments import actions, queries
from takings.payments.models import Attempt, Payment
from takings.payments.rules import FactKind, NoCardsTaken, NotPayable
from takings.people.models import StaffAct
from takings.sandbox.actions import answer_challenge, finish_late
from takings.sandbox.models import Checkout
from tests.make.ads import make_advertiser
from tests.make.payments import (
    CHALLENGED,
    DECLINED,
    DISPUTED_LOST,
    DISPUTED_WON,
    HALF_BACK,
    LATE,
    asked,
    make_top_up,
    paid,
    pay,
    refund_of,
    usd,
)
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db


def at_provider() -> Money:
    return ledger.balance(name="provider:sandbox", currency="USD")


def fees() -> Money:
    return ledger.balance(name="platform:fees", currency="USD")


def test_a_paid_card_is_prepaid_money_and_the_fee_is_ours() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    assert payment.status == "started"
    assert payment.checkout_url.endswith(f"/sandbox/pay/{payment.ref}/")
    pay(payment)
    assert asked(payment).status == "succeeded"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    assert (at_provider(), fees()) == (usd("96.80"), usd("3.20"))
    entry = ledger.entry(id=queries.sale_of(payment).entry_id)
    assert entry.kind == "prepaid_received"
    assert [(move.debit, move.credit, move.amount) for move in entry.transfers] == [
        ("provider:sandbox", f"advertiser:{brand.pk}:prepaid", usd("100")),
        ("platform:fees", "provider:sandbox", usd("3.20")),
    ]
    deposit = Deposit.objects.get()
    assert (deposit.pk, deposit.amount) == (entry.id, usd("100"))
    asked(payment)
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    assert check_books() == []


def test_ordering_twice_is_one_payment_and_another_order_under_its_id_is_refused() -> None:
    brand, member = make_advertiser()
    payment_id = uuid4()
    first = make_top_up(brand, member, payment_id=payment_id)
    second = make_top_up(brand, member, payment_id=payment_id)
    assert (first.pk, first.ref) == (second.pk, second.ref)
    with pytest.raises(actions.PaymentIdTaken):
        make_top_up(brand, member, "99", payment_id=payment_id)
    assert (Payment.objects.count(), Attempt.objects.count()) == (1, 1)


@pytest.mark.parametrize("amount", ["0", "-5", "1.001"])
def test_what_no_card_can_pay_is_refused(amount: str) -> None:
    brand, member = make_advertiser()
    with pytest.raises(NotPayable):
        make_top_up(brand, member, amount)
    assert not Payment.objects.exists()


@override_settings(PAYMENT_ROUTES="US/USD=sandbox")
def test_where_nobody_takes_cards_nothing_is_started() -> None:
    brand, member = make_advertiser()
    with pytest.raises(NoCardsTaken):
        make_top_up(brand, member)
    assert not Payment.objects.exists()


def test_a_declined_card_pays_nothing_and_another_one_pays() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment, DECLINED)
    assert asked(payment).status == "failed"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("0")
    pay(payment)
    assert asked(payment).status == "succeeded"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")
    reasons = [row.reason for row in queries.fact_rows(payment) if row.kind == FactKind.FAILED]
    assert reasons == ["The bank declined the card and gave no reason."]


def test_a_silent_provider_makes_the_payment_unknown_until_it_is_asked_again() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    charge = pay(payment, LATE)
    asked(payment)
    assert (payment.status, at_provider()) == ("started", usd("0"))
    assert payment.ask_at is not None
    assert charge.due_at is not None
    finish_late(charge_id=charge.pk, at=charge.due_at)
    assert actions.ask_all(at=payment.ask_at) == 1
    payment.refresh_from_db()
    assert payment.status == "succeeded"
    assert payment.ask_at is None


def test_a_partial_refund_takes_back_its_part_and_the_fee_stays_paid() -> None:
    brand, member = make_advertiser()
    operator = make_operator()
    payment = paid(brand, member)
    refund = refund_of(payment, "40")
    for _ in range(2):
        actions.refund_payment(operator=operator, refund=refund, at=clock.now())
    payment.refresh_from_db()
    assert payment.status == "partly_refunded"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("60")
    assert (at_provider(), fees()) == (usd("56.80"), usd("3.20"))
    assert ads.balances(brand=brand, currency="USD").deposited == usd("60")
    act = StaffAct.objects.get()
    assert (act.act, act.reason) == ("payments.refund", "they asked")
    with pytest.raises(actions.RefundTooLarge):
        actions.refund_payment(
            operator=operator, refund=refund_of(payment, "60.01"), at=clock.now()
        )
    actions.refund_payment(operator=operator, refund=refund_of(payment, "60"), at=clock.now())
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("0")
    assert at_provider() == usd("-3.20")
    assert check_books() == []


def test_a_bank_gives_half_back_by_itself() -> None:
    brand, member = make_advertiser()
    payment = paid(brand, member, card=HALF_BACK)
    assert payment.status == "partly_refunded"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("50")


@pytest.mark.parametrize(
    ("card", "status", "left", "cost"),
    [(DISPUTED_WON, "dispute_won", "100", "3.20"), (DISPUTED_LOST, "dispute_lost", "0", "18.20")],
)
def test_a_dispute_takes_all_and_evidence_decides(
    card: str, status: str, *, left: str, cost: str
) -> None:
    brand, member = make_advertiser()
    operator = make_operator()
    payment = paid(brand, member, card=card)
    assert payment.status == "disputed"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("0")
    assert fees() == usd("18.20")
    _, dispute = queries.access_dispute(user=operator, payment_id=payment.pk)
    actions.answer_dispute(operator=operator, dispute=dispute, note="Delivered.", at=clock.now())
    payment.refresh_from_db()
    assert payment.status == status
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd(left)
    assert fees() == usd(cost)
    with pytest.raises(actions.NotDisputed):
        actions.answer_dispute(operator=operator, dispute=dispute, note="Again", at=clock.now())
    assert check_books() == []


def test_the_owner_confirms_with_the_bank_or_does_not() -> None:
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    for is_approved, status in ((False, "failed"), (True, "succeeded")):
        pay(payment, CHALLENGED)
        page = Checkout.objects.get(pk=payment.ref)
        answer_challenge(checkout=page, is_approved=is_approved, at=clock.now())
        assert asked(payment).status == status
    assert at_provider() == usd("96.80")
