"""Coins given back for money: in time, by the desk, once; and when the answer is no or is lost."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from takings.coins.actions import (
    TooLateToReturn,
    go_on_with_returns,
    return_coins,
    return_for,
)
from takings.coins.actions.returning import _Asked, _store, fail_return
from takings.coins.models import Return
from takings.coins.queries.purchases import (
    returnable_of,
)
from takings.coins.rules import coins
from takings.coins.rules.purchases import NothingToReturn
from takings.ledger.queries import balance, check_books
from takings.money import Money
from takings.payments.actions import (
    Refund,
    refund_payment,
)
from takings.payments.actions.refunding import _store as store_attempt
from takings.payments.models import Payment
from takings.payments.rules import ProviderRefused
from tests.coins.test_spending import has, taken, waits
from tests.make.coins import (
    ask,
    bought,
    euros,
    make_fan,
    spent,
    told_paid,
    unspent,
)
from tests.make.passes import Time
from tests.make.payments import (
    HALF_BACK,
    asked,
)
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NONE = (coins(0), coins(0))


def loss() -> Money:
    return balance(name="platform:loss", currency="EUR")


def test_what_is_left_goes_back_to_its_card_within_two_weeks(time: Time) -> None:
    """The followed amount of docs/streams/coins-and-gifts.md."""
    vera = make_fan()
    purchase = bought(vera)
    [gift] = spent([ask(vera, 180)])
    assert waits(purchase.pk) == euros("9")
    time.go(2, 8, 13)
    assert returnable_of(purchase) == coins(820)
    one = return_coins(purchase=purchase, at=time.now)
    assert (one.coins, one.money) == (coins(820), euros("9.75"))
    assert str(one) == "820000000 micro-coins for 9750000 EUR"
    assert has(vera) == (coins(80), coins(0))
    asked(Payment.objects.get())
    one.refresh_from_db()
    assert one.state == "paid_back"
    assert Payment.objects.get().status == "partly_refunded"
    assert check_books() == []
    with pytest.raises(NothingToReturn):
        return_coins(purchase=purchase, at=time.now)
    unspent(taken(gift).spend_id)
    assert has(vera) == (coins(180), coins(15))  # of the bonus, 820 of 1 000 are gone with it
    assert check_books() == []
    time.go(2, 8, 14)
    with pytest.raises(TooLateToReturn):
        return_coins(purchase=purchase, at=time.now)
    operator = make_operator()
    again = return_for(operator=operator, purchase=purchase, reason="Out of kindness.", at=time.now)
    assert again.coins == coins(180)
    asked(Payment.objects.get())
    assert Payment.objects.get().status == "refunded"
    assert (has(vera), waits(purchase.pk)) == (NONE, euros("0"))
    assert check_books() == []


def test_a_whole_purchase_goes_back_wholly_with_its_bonus(time: Time) -> None:
    """Peers' bug 23: what had come with a refunded gift stayed."""
    vera = make_fan()
    purchase = bought(vera)
    return_coins(purchase=purchase, at=time.now)
    asked(Payment.objects.get())
    assert (has(vera), waits(purchase.pk), loss()) == (NONE, euros("0"), euros("0"))
    assert balance(name="tax:DE:vat", currency="EUR") == euros("0")
    assert Payment.objects.get().status == "refunded"
    assert check_books() == []


def test_coins_whose_money_cannot_go_back_are_there_again(time: Time) -> None:
    """Half of it went back already at the card company, and nobody told us."""
    vera = make_fan()
    purchase = told_paid(vera, card=HALF_BACK)
    with pytest.raises(ProviderRefused):
        return_coins(purchase=purchase, at=time.now)
    assert has(vera) == (coins(1_000), coins(80))
    assert Return.objects.get().state == "failed"
    assert check_books() == []
    asked(Payment.objects.get())
    assert (has(vera), waits(purchase.pk)) == ((coins(500), coins(40)), euros("5"))
    assert check_books() == []


def test_a_return_that_was_stored_and_never_asked_is_gone_on_with(time: Time) -> None:
    """Peers' bugs 2, 6 and 18: a key thrown away, what leaves spent again, a call made blindly."""
    vera = make_fan()
    purchase = bought(vera)
    one = _store(purchase, _Asked(None, "Killed here."), at=time.now)
    assert (has(vera), returnable_of(purchase)) == (NONE, coins(0))
    assert check_books() == []
    with pytest.raises(IntegrityError, match="a_lot_goes_back_once"), transaction.atomic():
        Return.objects.create(
            id=uuid4(),
            lot=one.lot,
            coins_micros=1,
            money_micros=1,
            value_micros=0,
            asked_at=time.now,
        )
    assert go_on_with_returns(at=time.now) == 1
    assert go_on_with_returns(at=time.now) == 0
    asked(Payment.objects.get())
    one.refresh_from_db()
    assert (one.state, Payment.objects.get().status) == ("paid_back", "refunded")
    fail_return(return_id=one.pk, at=time.now)  # too late: it is done
    one.refresh_from_db()
    assert (one.state, has(vera)) == ("paid_back", NONE)
    assert check_books() == []


def test_a_cent_that_the_lot_does_not_have_is_not_paid_back(time: Time) -> None:
    """In France 95 of 100 coins for €1.19 are €1.13, of which the lot has all but 0.95 cents."""
    fleur = make_fan("Fleur", country="FR")
    purchase = bought(fleur, "handful")
    spent([ask(fleur, 5)])
    assert return_coins(purchase=purchase, at=time.now).money == euros("1.12")
    asked(Payment.objects.get())
    assert check_books() == []


def test_peer_bug_18_a_return_without_an_answer_is_gone_on_with(
    time: Time,
) -> None:
    vera = make_fan()
    purchases = [told_paid(vera, card=HALF_BACK) for _ in range(3)]
    refused, killed, silent = (
        _store(one, _Asked(None, "Killed here."), at=time.now) for one in purchases
    )
    with pytest.raises(ProviderRefused):
        refund_payment(operator=None, refund=_refund_of(refused), at=time.now)
    store_attempt(operator=None, refund=_refund_of(silent), at=time.now)
    assert go_on_with_returns(at=time.now) == 2
    states = [Return.objects.get(pk=one.pk).state for one in (refused, killed, silent)]
    assert states == ["failed", "failed", "asked"]
    assert has(vera) == (coins(2_000), coins(160))
    assert check_books() == []


def _refund_of(one: Return) -> Refund:
    return Refund(id=one.pk, payment_id=one.lot.pk, amount=one.money, reason=one.reason)


def test_what_goes_back_otherwise_meanwhile_is_no_answer_to_a_return(time: Time) -> None:
    vera = make_fan()
    purchase = told_paid(vera, card=HALF_BACK)
    one = _store(purchase, _Asked(None, "Killed here."), at=time.now)
    asked(Payment.objects.get())
    one.refresh_from_db()
    assert (one.state, has(vera)) == ("asked", NONE)
    assert one.value_micros == euros("5").micros  # the rest of it is not there any more
    assert check_books() == []
    assert go_on_with_returns(at=time.now) == 1
    one.refresh_from_db()
    assert (one.state, has(vera)) == ("failed", (coins(500), coins(40)))
    assert waits(purchase.pk) == euros("5")
    assert check_books() == []
