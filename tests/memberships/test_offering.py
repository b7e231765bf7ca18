"""What creators offer: who may, what is refused and changes nothing, prices that go up and down."""

import datetime as dt
from dataclasses import replace

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.ledger.queries import check_books
from takings.memberships import jobs
from takings.memberships.actions.fans import (
    archive_tier,
    cancel_membership,
    change_tier,
    offer_tier,
)
from takings.memberships.models import Member, MemberMonth, Tier, TierPrice
from takings.memberships.queries.fans.tiers import NoSuchTier, offer_of, offers_of
from takings.memberships.rules import Span
from takings.memberships.rules.fees import paid_span
from takings.memberships.rules.tiers import (
    MayNotJoin,
    MayNotOffer,
    Person,
    PriceOutOfBounds,
    Said,
    TierNeedsName,
    TierNeedsPrice,
    TierNeedsWords,
    TooManyTiers,
    check_may_join,
    days_left,
    days_of,
    renewal_price,
)
from takings.money import Money, format_money
from takings.payments.models import PaymentShare
from takings.people.models import User
from takings.policies.queries import member_rule_at
from tests.make.members import joined, make_adult, make_host, make_tier, member, wish
from tests.make.passes import Time
from tests.make.people import make_creator

pytestmark = pytest.mark.django_db


def test_a_tier_says_what_it_is_and_costs_and_stands_above_the_others(time: Time) -> None:
    ada = make_host("Ada")
    low = offer_tier(creator=ada, wish=wish(" Crew ", USD="4.99"), at=time.now)
    high = make_tier(ada, "Bridge", "11.90")
    assert [(one.tier.name, one.tier.rank) for one in offers_of(ada)] == [
        *(("Crew", 1), ("Bridge", 2))
    ]
    rule, prices = member_rule_at(at=time.now), offer_of(low)
    shown = [format_money(prices.price_for(one, rule=rule)) for one in ("DE", "US", "JP")]
    assert shown == ["€5.95", "$4.99", "€5.95"]
    archive_tier(tier=low, at=time.now)
    archive_tier(tier=low, at=time.now)
    assert [one.tier for one in offers_of(ada)] == [high]
    with pytest.raises(NoSuchTier):
        change_tier(tier=low, wish=wish(), at=time.now)
    assert str(TierPrice.objects.first()) == f"Crew of @{ada.handle}: 5950000 EUR"
    with pytest.raises(DatabaseError), transaction.atomic():
        TierPrice.objects.update(price_micros=1)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name": " "}, TierNeedsName),
        ({"name": "x" * 41}, TierNeedsName),
        ({"name": "a\nb"}, TierNeedsName),
        ({"gives": " "}, TierNeedsWords),
        ({"gives": "x" * 601}, TierNeedsWords),
        ({"welcome": "x" * 601}, TierNeedsWords),
        ({"prices": {}}, TierNeedsPrice),
        ({"prices": {"CHF": Money.parse("5", "CHF")}}, TierNeedsPrice),
        ({"prices": {"EUR": Money.parse("0.98", "EUR")}}, PriceOutOfBounds),
        ({"prices": {"EUR": Money.parse("100", "EUR")}}, PriceOutOfBounds),
        ({"prices": {"EUR": Money(1_005_000, "EUR")}}, PriceOutOfBounds),
    ],
)
def test_a_tier_that_nobody_could_buy_is_refused(
    time: Time, wrong: dict[str, object], refusal: type[Exception]
) -> None:
    ada = make_host("Ada")
    with pytest.raises(refusal):
        offer_tier(creator=ada, wish=replace(wish(), **wrong), at=time.now)  # type: ignore[arg-type]
    assert not Tier.objects.exists()


def test_who_may_offer_is_for_the_policy_to_say(time: Time) -> None:
    ada = make_host("Ada")
    for number in range(5):
        make_tier(ada, f"Tier {number}")
    with pytest.raises(TooManyTiers, match="5 tiers"):
        make_tier(ada, "One more")
    cases = (
        (make_creator("Uma"), "year you were born"),
        (make_creator("Noa", shares=False), "accept the terms"),
        (make_host("Yve"), "from 18 on"),
        (make_host("Gus"), "closed"),
    )
    User.objects.filter(pk=cases[1][0].user_id).update(born_on=dt.date(1990, 1, 1))
    User.objects.filter(pk=cases[2][0].user_id).update(born_on=dt.date(2010, 1, 1))
    User.objects.filter(pk=cases[3][0].user_id).update(is_active=False)
    for creator, because in cases:
        creator.refresh_from_db()
        with pytest.raises(MayNotOffer, match=because):
            make_tier(creator)
    assert Tier.objects.count() == 5
    rule = replace(member_rule_at(at=time.now), closed_countries=frozenset({"DE"}))
    with pytest.raises(MayNotJoin, match="this country"):
        check_may_join(Person("DE", None, is_active=True), rule=rule, day=time.now.date())


def test_members_are_told_of_a_higher_price_and_from_which_renewal_it_holds(time: Time) -> None:
    ada, vera, wim = make_host("Ada"), make_adult("Vera"), make_adult("Wim")
    tier = make_tier(ada)
    for fan in (vera, wim):
        joined(fan, tier)
    cancel_membership(member=member(wim, tier), at=time.now)
    time.go(2, 10)
    change_tier(tier=tier, wish=wish(price="4.76"), at=time.now)
    assert not ProcrastinateJob.objects.filter(task_name="memberships.tell_new_price").exists()
    change_tier(tier=tier, wish=wish(price="7.14"), at=time.now)
    [order] = ProcrastinateJob.objects.filter(task_name="memberships.tell_new_price")
    jobs.tell_new_price(**order.args)
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([vera.email], "A new price from 25 March 2027 on: Ada")
    assert "costs €7.14 soon, instead of €5.95" in letter.body
    assert "from 25 March 2027 on" in letter.body
    assert f"{settings.PUBLIC_URL}/memberships/{member(vera, tier).pk}/" in letter.body
    change_tier(tier=tier, wish=wish(), at=time.now)
    jobs.tell_new_price(**order.args)  # it costs no more after all
    cancel_membership(member=member(vera, tier), at=time.now)
    jobs.tell_new_price(**order.args)
    assert len(mail.outbox) == 1


def test_days_are_counted_as_they_begin_and_today_is_used() -> None:
    noon = dt.datetime(2027, 1, 25, 12, tzinfo=dt.UTC)
    span = Span(noon, dt.datetime(2027, 2, 25, 12, tzinfo=dt.UTC))
    assert days_of(span) == 31
    days = (-1, 0, 30, 31)
    assert [days_left(span, at=noon + dt.timedelta(days=day)) for day in days] == [31, 30, 0, 0]
    euro, month = Money.parse("1", "EUR"), dt.timedelta(days=30)
    said = [Said(euro, noon), Said(euro * 9, noon + month)]
    assert renewal_price(said, paid=euro, at=noon, notice=month) == euro, "it is not said yet"
    midnight = dt.datetime(2027, 1, 26, tzinfo=dt.UTC)
    assert paid_span(span, left_at=None) == span
    assert paid_span(span, left_at=noon) == Span(noon, midnight)
    assert paid_span(span, left_at=noon - dt.timedelta(days=3)) == Span(noon, midnight)


def test_the_books_find_fees_that_are_not_there_and_members_who_did_not_pay(time: Time) -> None:
    tier = make_tier(make_host("Ada"))
    payments = [joined(make_adult(name), tier) for name in ("Vera", "Wim")]
    first = MemberMonth.objects.get(pk=payments[0].pk)
    MemberMonth.objects.filter(pk=first.pk).update(earned_until=dt.date(2027, 3, 1))
    Member.objects.filter(pk=first.member_id).update(ends_at=time.now)
    second = f"unearned:membership:{payments[1].pk}"
    PaymentShare.objects.filter(account=second).update(amount_micros=4_999_999)
    rows = {one.row: one.sentence for one in check_books()}
    assert rows.pop(f"payment:{payments[1].pk}"), "payments find it, too"
    assert list(rows.items()) == [
        (
            f"account:{second}",
            "what was paid for it and its balance differ by -1 micro-units",
        ),
        (f"account:{first.account}", "5000000 micro-units wait for days that are over"),
        (
            f"member:{first.member_id}",
            f"it goes on, and no month that stands ends at {time.now}",
        ),
    ]
