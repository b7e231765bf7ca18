"""A higher tier at once: the days that are left, to the cent, once, and back again."""

import datetime as dt
from uuid import uuid4

import pytest
from django.test import Client

from takings.core import clock
from takings.ledger.queries import balance, check_books
from takings.memberships.actions.fans import (
    CannotRise,
    CardSaidNo,
    cancel_membership,
    earn_memberships,
    leave,
    offer_tier,
    renew_memberships,
    rise,
)
from takings.memberships.actions.fans.rising import _order
from takings.memberships.models import Member, MemberMonth, Tier
from takings.memberships.queries.fans.members import rank_of
from takings.money import Money
from takings.payments.actions import refund_payment
from takings.payments.actions.refunding import Refund
from takings.payments.models import Payment
from takings.people.models import Creator, User
from takings.sandbox.models import Card
from tests.make.members import joined, make_adult, make_host, make_tier, member, wish
from tests.make.pages import page_text
from tests.make.passes import Time
from tests.make.payments import EXPIRES, LATE, asked
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db
MARCH_25 = dt.datetime(2027, 3, 25, 14, tzinfo=dt.UTC)


@pytest.fixture
def ada(time: Time) -> Creator:  # noqa: ARG001 - the story begins
    """Let Ada offer two tiers."""
    creator = make_host("Ada")
    make_tier(creator)
    make_tier(creator, "Bridge", "11.90")
    return creator


def tiers(ada: Creator) -> list[Tier]:
    return list(ada.tiers.order_by("rank"))


def rank(user: User, ada: Creator) -> int:
    return rank_of(user_id=user.pk, creator_id=ada.pk, at=clock.now())


def euros(account: str) -> Money:
    return balance(name=account, currency="EUR")


def test_the_days_that_are_left_are_paid_to_the_cent_and_the_next_month_is_of_the_new_tier(
    ada: Creator, time: Time
) -> None:
    vera, (crew, bridge) = make_adult("Vera"), tiers(ada)
    joined(vera, crew)
    one = member(vera, crew)
    payment = rise(member=one, tier=bridge, at=time.go(2, 14))
    assert payment.amount == Money.parse("1.91", "EUR")  # 10 of 31 days of €5.95 more
    assert (rank(vera, ada), MemberMonth.objects.filter(is_rest=True).count()) == (2, 1)
    with pytest.raises(CannotRise):
        rise(member=one, tier=bridge, at=time.now)
    renew_memberships(at=time.go(2, 25))
    assert rank(vera, ada) == 2
    newest = Payment.objects.latest("started_at")
    assert newest.amount == Money.parse("11.90", "EUR")
    one.refresh_from_db()
    assert (one.ends_at, one.tier) == (MARCH_25, bridge)
    earn_memberships(at=time.go(2, 28))  # until then all of it could have been given back
    assert euros(f"unearned:membership:{payment.pk}") == Money.zero("EUR")
    assert check_books() == []


def test_a_rise_that_is_given_back_leaves_the_tier_before_and_who_leaves_gets_both(
    ada: Creator, time: Time
) -> None:
    (crew, bridge), operator = tiers(ada), make_operator()
    vera, wim = make_adult("Vera"), make_adult("Wim")
    for fan in (vera, wim):
        joined(fan, crew)
    payment = rise(member=member(vera, crew), tier=bridge, at=time.go(2, 10))
    whole = Refund(uuid4(), payment.pk, payment.amount, "An outage.")
    refund_payment(operator=operator, refund=whole, at=time.now)
    assert (rank(vera, ada), member(vera, crew).renews) == (1, False)
    rise(member=member(wim, crew), tier=bridge, at=time.now)
    back = leave(member=member(wim, crew), at=time.now)
    assert back == Money.parse("5.36", "EUR")  # 14 of 31 days: €2.68, and the €2.68 of today
    assert rank(wim, ada) == 0
    assert check_books() == []


def test_a_card_that_says_no_or_nothing_changes_nothing_and_is_asked_once(
    ada: Creator, time: Time
) -> None:
    crew, bridge = tiers(ada)
    top = make_tier(ada, "Top", "23.80")
    vera, wim = make_adult("Vera"), make_adult("Wim")
    joined(vera, crew, EXPIRES)
    his = joined(wim, crew)
    time.go(2, 10)
    for _ in range(2):
        with pytest.raises(CardSaidNo):
            rise(member=member(vera, crew), tier=bridge, at=time.now)
    assert rank(vera, ada) == 1
    Card.objects.filter(pk=his.card_ref).update(number=LATE.replace(" ", ""))
    one = member(wim, crew)
    written = _order(one.pk, bridge, at=time.now)  # killed before it asked
    payments = {rise(member=one, tier=bridge, at=time.now) for _ in range(2)}
    [payment] = payments
    assert (payment.pk, payment.status, rank(wim, ada)) == (written.pk, "unknown", 1)
    with pytest.raises(CannotRise):
        rise(member=one, tier=top, at=time.now)
    time.go(3, 27)  # the month is over by then: what was paid is a month
    asked(payment)
    one.refresh_from_db()
    assert one.ends_at == dt.datetime(2027, 4, 27, 14, tzinfo=dt.UTC)
    assert not MemberMonth.objects.get(pk=payment.pk).is_rest
    assert check_books() == []


def test_whom_nothing_lifts_is_told(ada: Creator, time: Time) -> None:
    vera, (crew, bridge) = make_adult("Vera"), tiers(ada)
    joined(vera, crew)
    one = member(vera, crew)
    dollars = offer_tier(creator=ada, wish=wish("Deck", "", USD="3.99"), at=time.now)
    cheap = make_tier(ada, "Cheap", "1.00")
    for tier in (crew, dollars, cheap):
        with pytest.raises(CannotRise):
            rise(member=one, tier=tier, at=time.now)
    with pytest.raises(CannotRise):
        rise(member=one, tier=bridge, at=time.go(2, 25, hour=3))  # no whole day is left
    cancel_membership(member=one, at=time.now)
    with pytest.raises(CannotRise):
        rise(member=one, tier=bridge, at=time.now)
    assert Payment.objects.count() == 1


def test_a_member_rises_on_the_page(client: Client, ada: Creator, time: Time) -> None:
    vera, (crew, bridge) = make_adult("Vera"), tiers(ada)
    joined(vera, crew)
    client.force_login(vera)
    time.go(2, 14)
    page = f"/memberships/{Member.objects.get().pk}/"
    assert "€1.91 now for the days that are left, then €11.90 a month" in page_text(
        client.get(page)
    )
    wrong = client.post(f"{page}rise/", {"tier": "x"}, follow=True)
    assert "There is no such tier" in page_text(wrong)
    done = client.post(f"{page}rise/", {"tier": bridge.pk}, follow=True)
    assert "You are in “Bridge” now." in page_text(done)
