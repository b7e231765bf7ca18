"""Two act on one pass at once: nothing is charged, shared or given back twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections

from takings.core.errors import Refusal
from takings.ledger.queries import balance, check_books
from takings.memberships.actions import cancel_pass, earn_fees, renew_passes
from takings.memberships.models import Month
from takings.payments.actions import refund_payment
from takings.payments.actions.refunding import Refund
from takings.payments.models import Payment
from tests.make.passes import Time, bought
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> None:
    """Do all of it at once; what is refused is refused."""

    def do(act: Callable[[], object]) -> None:
        try:
            act()
        except Refusal:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(do, acts))


def test_two_workers_charge_a_card_once_and_a_no_comes_before_or_after(time: Time) -> None:
    vera, wim = make_user("Vera"), make_user("Wim")
    bought(vera)
    bought(wim)
    at = time.go(2, 22)
    at_once(
        lambda: renew_passes(at=at),
        lambda: renew_passes(at=at),
        lambda: cancel_pass(user=wim, at=at),
    )
    assert Payment.objects.filter(payer=vera).count() == 2
    his = Payment.objects.filter(payer=wim)
    assert {one.status for one in his} == {"succeeded"}
    assert his.count() == Month.objects.filter(ad_free_pass__user=wim).count() <= 2
    assert check_books() == []


def test_a_fee_is_shared_or_given_back_and_never_both(time: Time) -> None:
    payment = bought(make_user("Vera"))
    operator = make_operator()
    whole = Refund(uuid4(), payment.pk, payment.amount, "An outage.")
    at = time.go(2, 8)
    at_once(
        lambda: earn_fees(at=at),
        lambda: refund_payment(operator=operator, refund=whole, at=at),
        lambda: earn_fees(at=at),
    )
    shared = balance(name="pool:premium:DE:2027-01", currency="EUR")
    waits = balance(name=f"unearned:pass:{payment.pk}", currency="EUR")
    payment.refresh_from_db()
    left = payment.net - payment.net if payment.status == "refunded" else payment.net
    assert shared + waits == left
    assert check_books() == []
