"""Two act on one membership at once: nothing is charged, earned or given back twice."""

from uuid import uuid4

import pytest

from takings.ledger.queries import balance, check_books
from takings.memberships.actions.fans import (
    cancel_membership,
    earn_memberships,
    leave,
    offer_tier,
    renew_memberships,
)
from takings.memberships.models import MemberMonth, Tier
from takings.payments.actions import refund_payment
from takings.payments.actions.refunding import Refund
from takings.payments.models import Payment
from tests.make.members import joined, make_adult, make_host, make_tier, member, wish
from tests.make.passes import Time
from tests.make.people import make_operator
from tests.memberships.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_members_card_is_charged_once_and_a_no_comes_before_or_after(time: Time) -> None:
    vera, wim = make_adult("Vera"), make_adult("Wim")
    tier = make_tier(make_host("Ada"))
    joined(vera, tier)
    joined(wim, tier)
    his, at = member(wim, tier), time.go(2, 25)
    at_once(
        lambda: renew_memberships(at=at),
        lambda: renew_memberships(at=at),
        lambda: cancel_membership(member=his, at=at),
    )
    assert Payment.objects.filter(payer=vera).count() == 2
    assert {one.status for one in Payment.objects.all()} == {"succeeded"}
    assert MemberMonth.objects.filter(member=his).count() == his.user.payments.count() <= 2
    assert check_books() == []


def test_a_fee_is_earned_or_given_back_and_never_both(time: Time) -> None:
    vera, ada = make_adult("Vera"), make_host("Ada")
    tier = make_tier(ada)
    payment = joined(vera, tier)
    operator, one = make_operator(), member(vera, tier)
    whole = Refund(uuid4(), payment.pk, payment.amount, "An outage.")
    at = time.go(2, 10)
    at_once(
        lambda: earn_memberships(at=at),
        lambda: refund_payment(operator=operator, refund=whole, at=at),
        lambda: leave(member=one, at=at),
        lambda: earn_memberships(at=at),
    )
    waits = f"unearned:membership:{payment.pk}"
    names = (f"creator:{ada.pk}:pending", "platform:revenue:memberships", waits)
    left = sum(balance(name=name, currency="EUR").micros for name in names)
    parts = payment.shares.filter(account=waits).values_list("amount_micros", "given_micros")
    assert [amount - given for amount, given in parts] == [left]
    assert check_books() == []


def test_two_tiers_that_are_offered_at_once_have_two_ranks(time: Time) -> None:
    ada = make_host("Ada")
    names = ("Crew", "Bridge")
    at_once(
        *(lambda name=name: offer_tier(creator=ada, wish=wish(name), at=time.now) for name in names)
    )
    assert set(Tier.objects.values_list("rank", flat=True)) == {1, 2}
