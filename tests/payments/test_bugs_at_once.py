"""More payment bugs of other platforms: two act at once, nobody answers, amounts are odd."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.models import F
from typing_extensions import override

from takings.ads import queries as ads
from takings.ads.actions import NothingLeft
from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger import queries as ledger
from takings.ledger.actions import InsufficientFunds, post
from takings.ledger.queries import check_books, trial_balance
from takings.payments import actions, queries
from takings.payments.models import Attempt, Payment, PaymentFact, PaymentShare
from takings.payments.providers.sandbox import Sandbox
from takings.payments.rules import Answer, MoneyAsk, NotPayable, ProviderSilent
from takings.sandbox.models import Refund
from tests.make.ads import Wanted, make_advertiser, make_campaign, make_lease
from tests.make.ledger import make_entry, move
from tests.make.payments import LATER, asked, make_top_up, paid, refund_of, usd
from tests.make.people import make_creator, make_operator
from tests.payments.test_bugs import fact, make_tip, tell
from tests.payments.test_calling import Line, Lost, line
from tests.payments.tips import tips

__all__ = ["line"]
pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_bugs_1_and_3_two_who_give_all_back_at_once_give_it_back_once() -> None:
    """Eliza: approve and reject at once paid both sides. A bounty: two tips from one coin."""
    brand, member = make_advertiser()
    payment = paid(brand, member)
    operators = [make_operator(), make_operator("Pavel")]

    def give_back(number: int) -> bool:
        try:
            refund = refund_of(payment, "100")
            actions.refund_payment(operator=operators[number], refund=refund, at=clock.now())
        except Refusal:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(give_back, range(2))) == 1
    assert Refund.objects.count() == 1
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("0")
    assert ledger.balance(name="platform:loss", currency="USD") == usd("0")
    assert check_books() == []


def test_bug_2_a_refund_whose_answer_is_lost_keeps_its_key_and_is_one_refund(line: Line) -> None:
    """Eliza: the response was lost, the key thrown away, and a second hold made."""
    brand, member = make_advertiser()
    operator, payment = make_operator(), paid(brand, member)
    refund = refund_of(payment, "40")
    line(Lost)
    for _ in range(3):
        actions.refund_payment(operator=operator, refund=refund, at=clock.now())
    assert Attempt.objects.get(verb="refund").pk == refund.id
    assert Refund.objects.count() == 1
    line(Sandbox)
    assert asked(payment).status == "partly_refunded"
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("60")


def test_bug_4_no_amount_below_zero_gets_in() -> None:
    """A bounty: a quantity of -1000 minted 60,000."""
    brand, member = make_advertiser()
    payment = paid(brand, member)
    for amount in ("-5", "0"):
        with pytest.raises(NotPayable):
            make_top_up(brand, member, amount)
        with pytest.raises(NotPayable):
            actions.refund_payment(
                operator=make_operator(), refund=refund_of(payment, amount), at=clock.now()
            )
    for rows, change in (
        (Payment.objects, {"amount_micros": -1}),
        (Attempt.objects, {"amount_micros": 0}),
        (PaymentShare.objects, {"amount_micros": 0}),
        (PaymentShare.objects, {"given_micros": F("amount_micros") + 1}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentFact.objects.create(
            payment=payment,
            kind="refunded",
            about="r",
            currency="USD",
            amount_micros=-1,
            occurred_at=clock.now(),
            told_at=clock.now(),
        )
    assert Payment.objects.count() == 1
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("100")


def test_bug_6_what_a_refund_will_take_cannot_be_spent_meanwhile(line: Line) -> None:
    """BoTTube: a pending withdrawal was still spendable."""
    brand, member = make_advertiser()
    payment = paid(brand, member)
    line(Lost)
    refund = refund_of(payment, "70")
    actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
    prepaid = ads.prepaid_account(brand.pk)
    with pytest.raises(InsufficientFunds):
        post(drafts=[make_entry(move(prepaid, "platform:revenue:ads", "31"))], at=clock.now())
    line(Sandbox)
    asked(payment)
    assert ledger.balance(name=prepaid, currency="USD") == usd("30")
    assert ledger.balance(name="platform:loss", currency="USD") == usd("0")


def test_bug_14_cents_given_back_one_by_one_come_to_the_whole() -> None:
    """Lago: one cent off, and a negative total, from rounding twice."""
    accounts = ("creator:1:pending", "platform:revenue:memberships", "tax:DE:vat")
    with tips():
        payment = tell(make_tip("0.07"), fact("succeeded", "0.07"))
        assert payment.tax == usd("0.01")
        for cent in range(7):
            tell(payment, fact("refunded", "0.01", about=str(cent)))
            left = [ledger.balance(name=name, currency="USD").micros for name in accounts]
            assert min(left) >= 0
            assert sum(left) == 60_000 - cent * 10_000
        papers = queries.receipts_of(payment)
        assert sum(paper.tax.micros for paper in papers) == 0
        assert payment.status == "refunded"
        assert check_books() == []


def test_bug_15_the_same_top_up_twice_is_one_and_another_under_its_id_is_refused() -> None:
    """Lago: the same top-up was posted twice."""
    brand, member = make_advertiser()
    payment_id = uuid4()
    for _ in range(2):
        make_top_up(brand, member, payment_id=payment_id)
    for amount, user in (("99", member), ("100", make_advertiser()[1])):
        with pytest.raises(actions.PaymentIdTaken):
            make_top_up(brand, user, amount, payment_id=payment_id)
    assert Payment.objects.get().amount == usd("100")


def test_bug_16_who_pays_themselves_has_both_sides_in_the_books() -> None:
    """Open Collective: a transfer to oneself got its credit without its debit."""
    with tips():
        payment = tell(make_tip(user=make_creator().user), fact("succeeded", "100"))
        debits = sum(row.debit.micros for row in trial_balance())
        assert debits == sum(row.credit.micros for row in trial_balance()) == 100_000_000
        tell(payment, fact("refunded", "100"))
        assert {row.debit.micros for row in trial_balance()} == {0}
        assert check_books() == []


def test_bug_18_silence_is_settled_by_asking_and_no_call_is_made_twice(line: Line) -> None:
    """Kill Bill: a payment in the state UNKNOWN was tried again."""
    calls = []

    class Counted(Sandbox):
        @override
        def refund(self, ask: MoneyAsk) -> Answer:
            calls.append(ask.key)
            super().refund(ask)
            raise ProviderSilent

    brand, member = make_advertiser()
    operator, payment = make_operator(), paid(brand, member)
    refund = refund_of(payment, "40")
    line(Counted)
    actions.refund_payment(operator=operator, refund=refund, at=clock.now())
    assert Attempt.objects.get(verb="refund").status == "unknown"
    for _ in range(3):
        actions.refund_payment(operator=operator, refund=refund, at=clock.now())
        actions.ask_all(at=clock.now() + LATER)
    assert calls == [refund.id]
    assert Attempt.objects.get(verb="refund").status == "answered"


def test_bug_19_every_beneficiary_gives_its_part_back_and_the_platform_too() -> None:
    """Dokan: the vendor kept the commission after a refund."""
    with tips():
        payment = tell(make_tip(), fact("succeeded", "100"), fact("refunded", "50"))
        given = {part.share.account: part.given for part in queries.parts_of(payment)}
        assert given == {
            "creator:1:pending": usd("33.616"),
            "platform:revenue:memberships": usd("8.404"),
            "tax:DE:vat": usd("7.98"),
        }


def test_bug_21_a_refund_told_again_in_any_way_is_one_refund() -> None:
    """A click was refunded twice (ethical-ad-server guards it): a refund of a fact is once."""
    brand, member = make_advertiser()
    payment = paid(brand, member)
    refund = refund_of(payment, "40")
    actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
    told = payment.facts.get(kind="refunded").fact
    tell(payment, told, told)
    asked(payment)
    assert ads.prepaid(brand_id=brand.pk, currency="USD") == usd("60")
    assert len(queries.receipts_of(payment)) == 2


def test_bug_23_what_was_given_back_buys_nothing_any_more() -> None:
    """Ghost: a refunded gift still gave a trial. Here what one may have is read from the books."""
    brand, member = make_advertiser()
    payment = paid(brand, member)
    campaign = make_campaign(brand, member=member, wanted=Wanted(deposit=None))
    actions.refund_payment(
        operator=make_operator(), refund=refund_of(payment, "100"), at=clock.now()
    )
    with pytest.raises(NothingLeft):
        make_lease(campaign)
    assert ads.balances(brand=brand, currency="USD").deposited == usd("0")
