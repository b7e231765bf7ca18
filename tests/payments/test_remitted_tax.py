"""A sale is given back after its tax was paid: the authority owes it, nobody loses it."""

import pytest

from takings.core import clock
from takings.ledger import queries as ledger
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments import actions
from takings.payments.models import Payment
from takings.sandbox import actions as sandbox
from takings.sandbox.models import Charge
from tests.make.ledger import make_posted, move
from tests.make.payments import asked, pay, refund_of, usd
from tests.make.people import make_operator
from tests.payments.test_bugs import make_tip
from tests.payments.test_calling import Line, Lost, line
from tests.payments.tips import tips

__all__ = ["line"]
pytestmark = pytest.mark.django_db
TAX, RECEIVABLE = "tax:DE:vat", "tax_receivable:DE:vat"


def balances() -> list[Money]:
    names = (TAX, RECEIVABLE, "creator:1:pending", "platform:loss")
    return [ledger.balance(name=name, currency="USD") for name in names]


def make_remitted_tip() -> Payment:
    """Let $100 be paid, $15.97 of it tax, and the tax be paid to the authority."""
    payment = make_tip()
    pay(payment)
    asked(payment)
    make_posted(move("bank", "opening:USD", "20"), move(TAX, "bank", "15.97"))
    assert balances() == [usd("0"), usd("0"), usd("67.224"), usd("0")]
    return payment


def test_refunds_in_parts_claim_their_tax_back() -> None:
    with tips():
        payment = make_remitted_tip()
        for amount in ("33.33", "33.33", "33.34"):
            refund = refund_of(payment, amount)
            actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
            asked(payment)
            assert check_books() == []
        assert balances() == [usd("0"), usd("15.97"), usd("0"), usd("0")]


def test_a_refund_that_never_came_leaves_the_tax_due_again(line: Line) -> None:
    with tips():
        payment = make_remitted_tip()
        line(Lost)
        refund = refund_of(payment, "33.33")
        actions.refund_payment(operator=make_operator(), refund=refund, at=clock.now())
        assert balances()[:2] == [usd("5.32"), usd("5.32")]
        assert check_books() == []


def test_a_dispute_claims_its_tax_back_and_is_no_loss() -> None:
    with tips():
        payment = make_remitted_tip()
        sandbox.open_dispute(charge_id=Charge.objects.get().pk, at=clock.now())
        assert asked(payment).status == "disputed"
        assert balances() == [usd("0"), usd("15.97"), usd("0"), usd("0")]
        assert check_books() == []
