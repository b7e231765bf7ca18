"""The payment bugs of other platforms, each a law here; numbers are those of the list of peers.

Those of payouts, views, ads and media are laws beside what they are about. Another file holds what
each of these does when two act at once, or nobody answers: ``test_bugs_at_once.py``.
"""

from collections.abc import Iterator
from itertools import permutations
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments import actions, queries
from takings.payments.actions import Order
from takings.payments.models import Case, Payment, PaymentFact
from takings.payments.rules import Answer, Fact, FactKind
from takings.people.models import User
from tests.make.ads import make_advertiser
from tests.make.ledger import make_entry, move
from tests.make.payments import asked, happenings, make_top_up, pay, send, usd, work_all
from tests.make.people import make_user
from tests.payments.tips import WEIGHTS, Tips, tips

pytestmark = pytest.mark.django_db
ACCOUNTS = (
    *WEIGHTS,
    "tax:DE:vat",
    "creator:1:payable",
    "platform:loss",
    "platform:fees",
    "provider:sandbox",
)


@pytest.fixture
def heard() -> Iterator[Tips]:
    """Let tips be given."""
    with tips() as purpose:
        yield purpose


def make_tip(amount: str = "100", *, user: User | None = None) -> Payment:
    """Start a tip of which three accounts get a part."""
    order = Order(
        id=uuid4(),
        purpose="membership",
        subject="creator:1",
        payer=user or make_user(),
        amount=usd(amount),
        description="A tip",
        product="digital",
    )
    return actions.start_payment(order=order, at=clock.now())


def fact(kind: str, amount: str, *, about: str = "x", fee: str = "0") -> Fact:
    return Fact(FactKind(kind), about, usd(amount), usd(fee), clock.now())


def tell(payment: Payment, *told: Fact) -> Payment:
    for one in told:
        answer = Answer(ref=payment.ref, facts=(one,))
        actions.record_facts(payment_id=payment.pk, answer=answer, at=clock.now())
    payment.refresh_from_db()
    return payment


def balances() -> dict[str, int]:
    return {name: ledger.balance(name=name, currency="USD").micros for name in ACCOUNTS}


def test_a_tip_has_net_and_tax_and_goes_to_three(heard: Tips) -> None:
    payment = make_tip()
    assert (payment.net, payment.tax) == (usd("84.03"), usd("15.97"))
    assert str(payment) == "A tip: 100000000 USD"
    assert [str(one) for one in payment.attempts.all()] == [f"checkout of {payment.pk}: answered"]
    pay(payment)
    asked(payment)
    assert balances() == {
        "creator:1:pending": 67_224_000,
        "platform:revenue:memberships": 16_806_000,
        "tax:DE:vat": 15_970_000,
        "creator:1:payable": 0,
        "platform:loss": 0,
        "platform:fees": 3_200_000,
        "provider:sandbox": 96_800_000,
    }
    assert heard.heard == [("paid", usd("100"))]
    assert str(payment.shares.get(account="tax:DE:vat")) == "tax:DE:vat: 15970000"
    assert "Given: a tip to creator:1" in queries.evidence_lines(payment)
    with pytest.raises(queries.NoSuchPayment):
        queries.access_payment(user=make_user(), payment_id=payment.pk)
    assert queries.access_payment(user=payment.payer, payment_id=payment.pk) == payment


def test_bug_5_told_by_message_or_by_answer_the_journal_is_the_same() -> None:
    """BoTTube: the web route ignored the collaborator split."""
    brand, member = make_advertiser()
    payment = make_top_up(brand, member)
    pay(payment)
    journals = []
    for by_message in (True, False):
        with transaction.atomic():
            if by_message:
                for one in happenings(payment):
                    send(one)
                work_all()
            else:
                asked(payment)
            entry = ledger.entry(id=queries.sale_of(payment).entry_id)
            journals.append((entry.kind, entry.memo, entry.occurred_at, entry.transfers))
            transaction.set_rollback(True)
    assert journals[0] == journals[1]


def test_bug_7_a_fact_is_booked_once_however_often_it_is_told(heard: Tips) -> None:
    """BoTTube: a reward was credited on every retry."""
    payment = make_tip()
    paid = fact("succeeded", "100", fee="3.20")
    tell(payment, *[paid] * 5)
    assert PaymentFact.objects.filter(payment=payment).count() == 1
    assert balances()["creator:1:pending"] == 67_224_000
    assert len(heard.heard) == 1


TOLD = (
    ("authorised", "100", "x", "0"),
    ("failed", "100", "y", "0"),
    ("succeeded", "100", "x", "3.20"),
    ("refunded", "33.33", "r", "0"),
    ("refunded", "11.11", "s", "0"),
    ("refund_failed", "11.11", "s", "0"),
    ("disputed", "66.67", "d", "15"),
    ("dispute_won", "66.67", "d", "-15"),
)


@pytest.mark.no_cover
def test_bugs_9_and_13_every_path_even_a_wrong_one_ends_at_the_right_balance(
    heard: Tips,
) -> None:
    """Gumroad raised balances twice; Lago doubled a credit: succeeded, failed, void."""
    told = [fact(kind, amount, about=about, fee=fee) for kind, amount, about, fee in TOLD]
    payment = make_tip()
    expected = {
        "creator:1:pending": 44_816_000,
        "platform:revenue:memberships": 11_204_000,
        "tax:DE:vat": 10_650_000,
        "creator:1:payable": 0,
        "platform:loss": 0,
        "platform:fees": 3_200_000,
        "provider:sandbox": 63_470_000,
    }

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.permutations([*told, *told]))
    def end_alike(order: list[Fact]) -> None:
        with transaction.atomic():
            tell(payment, *order)
            assert payment.status == "partly_refunded"
            assert balances() == expected
            assert not check_books()
            transaction.set_rollback(True)

    end_alike()
    assert heard.heard != []


def test_bug_10_a_refund_and_a_dispute_of_the_same_money_take_it_once(heard: Tips) -> None:
    """Gumroad: a dispute and then a refund were deducted twice."""
    payment = make_tip()
    told = [
        fact("succeeded", "100", fee="3.20"),
        fact("refunded", "100", about="r"),
        fact("disputed", "100", about="d", fee="15"),
    ]
    for order in permutations(told):
        with transaction.atomic():
            tell(payment, *order)
            now = balances()
            assert (now["creator:1:pending"], now["tax:DE:vat"]) == (0, 0)
            assert now["platform:loss"] == 100_000_000
            assert now["platform:fees"] == 18_200_000
            assert Case.objects.get().kind == "taken_beyond"
            assert not check_books()
            transaction.set_rollback(True)
    assert heard.name == "membership"


@pytest.mark.parametrize(
    ("done", "undone"), [("disputed", "dispute_won"), ("refunded", "refund_failed")]
)
def test_bug_17_done_and_undone_every_account_is_as_before(
    heard: Tips, done: str, undone: str
) -> None:
    """Open Collective: fees were given back twice when a payment was undone."""
    payment = tell(make_tip(), fact("succeeded", "100", fee="3.20"))
    before = balances()
    tell(payment, fact(done, "33.34", about="z", fee="15"))
    assert balances() != before
    tell(payment, fact(undone, "33.34", about="z", fee="-15"))
    assert balances() == before
    assert [amount.micros for _, amount in heard.heard] == [100_000_000, 33_340_000, -33_340_000]


def test_bug_11_what_is_taken_after_it_left_is_owed_and_comes_back_first(heard: Tips) -> None:
    """Polar: a refund after the payout broke the next payout."""
    payment = tell(make_tip(), fact("succeeded", "100"))
    left = make_entry(move("creator:1:pending", "bank", "60"))
    post(drafts=[make_entry(move("bank", "opening:USD", "60")), left], at=clock.now())
    tell(payment, fact("disputed", "100", about="d"))
    now = balances()
    assert (now["creator:1:pending"], now["creator:1:payable"]) == (0, -60_000_000)
    assert not check_books()
    tell(payment, fact("dispute_won", "100", about="d"))
    now = balances()
    assert (now["creator:1:pending"], now["creator:1:payable"]) == (7_224_000, 0)
    assert heard.heard[-1] == ("taken_back", usd("-100"))
    assert not check_books()


def test_a_second_payment_of_the_same_is_kept_aside_under_a_case(heard: Tips) -> None:
    payment = tell(make_tip(), fact("succeeded", "100"), fact("succeeded", "100", about="y"))
    assert balances()["provider:sandbox"] == 100_000_000
    assert Case.objects.get().kind == "paid_twice"
    assert payment.status == "succeeded"
    tell(payment, Fact(FactKind.REFUNDED, "r", Money(1, "EUR"), Money(0, "EUR"), clock.now()))
    assert Case.objects.filter(kind="amount_differs").count() == 1
    assert heard.heard == [("paid", usd("100"))]


def test_a_lost_dispute_may_cost_one_more_fee_or_nothing(heard: Tips) -> None:
    payment = tell(make_tip(), fact("succeeded", "100"), fact("disputed", "100", about="d"))
    before = balances()
    with transaction.atomic():
        tell(payment, fact("dispute_lost", "100", about="d"))
        assert balances() == before
        transaction.set_rollback(True)
    tell(payment, fact("dispute_lost", "100", about="d", fee="15"))
    assert balances()["platform:fees"] == 15_000_000
    assert payment.status == "dispute_lost"
    assert heard.heard[-1] == ("taken_back", usd("100"))


def test_forged_rows_are_found_by_the_books(heard: Tips) -> None:
    payment = tell(make_tip(), fact("succeeded", "100", fee="3.20"), fact("refunded", "10"))
    forgeries = {
        "UPDATE payments_paymentfact SET fee_micros = 1 WHERE kind = 'succeeded'": (
            "what a provider holds for a payment is what its facts come to",
            "provider:sandbox moved by 86800000 micro-units of USD, the facts come to 89999999",
        ),
        "UPDATE payments_paymentfact SET amount_micros = 5 WHERE kind = 'refunded'": (
            "the shares of a payment are what its entries posted",
            "shares gave back 10000000, taken was 5",
        ),
        "UPDATE payments_paymentshare SET given_micros = given_micros + 1 WHERE id = "
        "(SELECT min(id) FROM payments_paymentshare)": (
            "the shares of a payment are what its entries posted",
            "creator:1:pending has 60495999 of it, and was posted 60496000",
        ),
        "UPDATE payments_paymentfact SET entry_id = gen_random_uuid() WHERE kind = 'refunded'": (
            "the shares of a payment are what its entries posted",
            "creator:1:pending has 60496000 of it, and was posted 67224000",
        ),
        "DELETE FROM invoicing_invoice WHERE kind = 'credit_note'": (
            "the receipts of a payment come to what stays paid of it",
            "its receipts come to 100000000, it stays paid 90000000",
        ),
    }
    assert check_books() == []
    for forgery, (invariant, sentence) in forgeries.items():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in ("payments_paymentfact", "invoicing_invoice"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(forgery)
            found = [(one.invariant, one.row, one.sentence) for one in check_books()]
            assert (invariant, f"payment:{payment.pk}", sentence) in found
            transaction.set_rollback(True)
    assert (payment.status, len(heard.heard)) == ("partly_refunded", 2)
