"""Exported books: hledger and Beancount accept all that payments and payouts post, and agree."""

from pathlib import Path

import pytest

from config.commands.journals import export
from takings.core import clock
from takings.ledger.actions.rates import record_rates
from takings.ledger.queries import check_books
from takings.ledger.queries.journal import journal
from takings.ledger.rules.plaintext import DIALECTS
from takings.money import Money
from takings.payments import actions as payments
from takings.payments import queries as paid_in
from takings.payouts.models import Payout
from tests.make import plaintext as programs
from tests.make.ads import make_advertiser
from tests.make.ledger import make_posted, move
from tests.make.payments import DISPUTED_LOST, DISPUTED_WON, cards_taken, paid, refund_of
from tests.make.payouts import (
    PAY_DAY,
    SEPA,
    make_earned,
    make_paid,
    make_payable,
    make_payee,
    make_returned,
)
from tests.make.people import make_operator
from tests.make.settlement import DECEMBER, make_hold

KINDS = {
    *("prepaid_received", "payment_refunded", "payment_disputed", "dispute_won"),
    *("ad_charged", "pool_shared", "earnings_released", "earnings_held"),
    *("converted", "payout_sent", "payout_returned"),
}


def take_cards() -> None:
    """Let a brand pay by card four times: one is refunded in part, two are disputed."""
    brand, member = make_advertiser()
    operator = make_operator()
    refunded = paid(brand, member)
    refund = refund_of(refunded, "33.33")
    payments.refund_payment(operator=operator, refund=refund, at=clock.now())
    for card in (DISPUTED_WON, DISPUTED_LOST):
        payment = paid(brand, member, card=card)
        _, dispute = paid_in.access_dispute(user=operator, payment_id=payment.pk)
        payments.answer_dispute(operator=operator, dispute=dispute, note="Seen.", at=clock.now())


def pay_out() -> None:
    """Pay Ada in dollars and Ben in euros, tax withheld of both; Ada's payout comes back."""
    ada, ben = make_payee("Ada"), make_payee("Ben", details=SEPA)
    make_payable(ada.creator, "0.012345")
    make_earned(ada, ben)
    make_hold(ada.creator, make_operator())
    make_posted(move("bank", "opening:EUR", Money.parse("5000", "EUR")), at=DECEMBER)
    rates = b"base,quote,valid_on,rate\nUSD,EUR,2026-12-18,0.9215\n"
    record_rates(content=rates, source="ECB", at=PAY_DAY)
    make_paid()
    make_returned(Payout.objects.get(creator=ada.creator))


@pytest.mark.django_db(transaction=True)  # an export is a transaction of its own
def test_books_with_every_way_of_money_are_accepted_and_agreed_with(tmp_path: Path) -> None:
    with cards_taken():
        take_cards()
    pay_out()
    assert check_books() == []
    assert {entry.says.kind for entry in journal()} >= KINDS
    ours = programs.our_balances()
    assert {code for _, code in ours} == {"USD", "EUR"}
    assert ours["tax:US:withheld", "EUR"] < 0
    for program in DIALECTS:
        path = tmp_path / program
        export(program, since=None, until=None, path=path)
        if program == "hledger":
            assert programs.ask_hledger(path, "check", "--strict").returncode == 0
            assert programs.hledger_balances(path) == ours
        else:
            assert programs.ask_bean_check(path).returncode == 0
            assert programs.beancount_balances(path) == ours
