"""The next month at a creator: charged when this one is over; a declined card has some days."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.core import clock
from takings.ledger.queries import balance, check_books
from takings.memberships import jobs
from takings.memberships.actions.fans import (
    CannotGoOn,
    NoLongerMember,
    archive_tier,
    cancel_membership,
    change_from_next_month,
    change_tier,
    earn_memberships,
    go_on_with_leaving,
    leave,
    offer_tier,
    renew_memberships,
    resume_membership,
)
from takings.memberships.actions.fans.joining import order_month
from takings.memberships.actions.fans.leaving import _leave, _refund_id, _stay
from takings.memberships.actions.fans.renewing import _next_charge
from takings.memberships.models import Member, MemberMonth, MemberStep
from takings.memberships.queries.fans.members import member_standing, rank_of
from takings.memberships.queries.fans.tiers import NoSuchTier
from takings.money import Money
from takings.payments.actions import charge_kept_card, refund_payment
from takings.payments.actions.recording import record_facts
from takings.payments.actions.refunding import Refund
from takings.payments.models import Attempt, Payment
from takings.payments.rules import Answer, FactKind, ProviderRefused
from takings.people.models import User
from takings.sandbox.actions.refunding import give_back
from takings.sandbox.models import Card, Charge
from tests.make.members import joined, make_adult, make_host, make_tier, member, wish
from tests.make.passes import Time
from tests.make.payments import EXPIRES, LATE, PAYS, asked
from tests.make.people import make_operator

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
FEB_25 = dt.datetime(2027, 2, 25, 14, tzinfo=dt.UTC)
MARCH_25 = dt.datetime(2027, 3, 25, 14, tzinfo=dt.UTC)


def steps(one: Member) -> list[str]:
    return list(MemberStep.objects.filter(member=one).values_list("kind", flat=True))


def newest(user: User) -> Payment:
    return Payment.objects.filter(payer=user).latest("started_at")


def is_member(one: Member) -> bool:
    return rank_of(user_id=one.user_id, creator_id=one.creator_id, at=clock.now()) > 0


def ends(one: Member) -> dt.datetime | None:
    one.refresh_from_db()
    return one.ends_at


def euros(account: str) -> Money:
    return balance(name=account, currency="EUR")


def test_the_next_month_is_charged_when_this_one_is_over_and_once(time: Time) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    first = joined(vera, tier)
    one = member(vera, tier)
    assert renew_memberships(at=time.go(2, 25, hour=13)) == 0
    assert [renew_memberships(at=time.go(2, 25)) for _ in range(2)] == [1, 0]
    second = newest(vera)
    assert (second.amount, second.status, second.keeps_card) == (first.amount, "succeeded", False)
    assert (ends(one), steps(one)) == (MARCH_25, ["paid", "paid"])
    month = MemberMonth.objects.get(pk=second.pk)
    assert (month.number, month.starts_at, month.ends_at) == (2, FEB_25, MARCH_25)
    assert renew_memberships(at=time.go(3, 25)) == 1  # by the card that was kept with the first
    assert ends(one) == dt.datetime(2027, 4, 25, 14, tzinfo=dt.UTC)
    assert check_books() == []


def test_while_a_declined_card_is_tried_its_owner_stays_a_member_and_then_it_ends(
    time: Time,
) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    joined(vera, tier, EXPIRES)
    one = member(vera, tier)
    tries = (((2, 25), 1), ((2, 25), 0), ((2, 26), 1), ((2, 27), 0), ((2, 28), 1))
    for (month, day), tried in tries:
        assert renew_memberships(at=time.go(month, day)) == tried
        shown = member_standing(Member.objects.get(), at=time.now)
        assert (shown.declined, shown.is_member) == ("The card has expired.", True)
        assert (shown.in_grace, shown.until) == (True, FEB_25)
    assert renew_memberships(at=time.go(3, 2)) == 1
    one.refresh_from_db()
    assert (is_member(one), one.renews, ends(one)) == (False, False, FEB_25)
    assert steps(one) == ["paid", *["declined"] * 4, "ended"]
    shown = member_standing(one, at=time.now)
    assert (shown.charged_at, shown.price, shown.declined) == (None, None, "The card has expired.")
    assert renew_memberships(at=time.go(3, 3)) == 0
    time.go(3, 8)
    joined(vera, tier)
    assert ends(one) == dt.datetime(2027, 4, 8, 14, tzinfo=dt.UTC)
    assert member_standing(Member.objects.get(), at=time.now).declined == ""
    assert check_books() == []


def test_another_card_lets_a_declined_membership_go_on_from_the_end_of_its_month(
    time: Time,
) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    joined(vera, tier, EXPIRES)
    renew_memberships(at=time.go(2, 25))
    time.go(2, 27)
    joined(vera, tier)
    one = member(vera, tier)
    assert (ends(one), is_member(one)) == (MARCH_25, True)
    assert renew_memberships(at=time.go(2, 28)) == 0
    assert renew_memberships(at=time.go(3, 25)) == 1
    assert steps(one) == ["paid", "declined", "paid", "paid"]
    assert check_books() == []


def test_a_letter_tells_once_that_a_members_card_was_declined(time: Time) -> None:
    vera, ada = make_adult("Vera"), make_host("Ada")
    tier = make_tier(ada)
    joined(vera, tier, EXPIRES)
    for day in (25, 26):
        renew_memberships(at=time.go(2, day))
    [order] = ProcrastinateJob.objects.filter(task_name="memberships.tell_member_declined")
    jobs.tell_member_declined(**order.args)
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([vera.email], "Your card was declined: Ada")
    for told in (
        "Hello Vera,",
        "The card has expired.",
        "28 February 2027",
        f"{settings.PUBLIC_URL}/memberships/",
        "you owe nothing",
    ):
        assert told in letter.body
    joined(vera, tier, PAYS)  # another card pays: there is nothing to tell any more
    jobs.tell_member_declined(**order.args)
    assert len(mail.outbox) == 1


def test_while_an_answer_is_missing_nothing_else_is_tried_and_without_one_it_ends(
    time: Time,
) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    payment = joined(vera, tier)
    one = member(vera, tier)
    Card.objects.filter(pk=payment.card_ref).update(number=LATE.replace(" ", ""))
    assert renew_memberships(at=time.go(2, 25)) == 1
    assert newest(vera).status == "unknown"
    assert [renew_memberships(at=time.go(2, day)) for day in (26, 28)] == [0, 0]
    assert is_member(one)
    assert renew_memberships(at=time.go(3, 3)) == 0
    one.refresh_from_db()
    assert (is_member(one), one.renews) == (False, False)
    asked(newest(vera))  # it was paid after all: it begins when that is known
    assert (ends(one), is_member(one)) == (dt.datetime(2027, 4, 3, 14, tzinfo=dt.UTC), True)
    assert check_books() == []


def test_whoever_is_killed_before_or_after_asking_asks_once(time: Time) -> None:
    tier = make_tier(make_host("Ada"))
    vera, wim = make_adult("Vera"), make_adult("Wim")
    joined(vera, tier)
    his = joined(wim, tier, EXPIRES)
    time.go(2, 25)
    members = [member(person, tier) for person in (vera, wim)]
    written = [_next_charge(one.pk, at=time.now) for one in members]
    declined = written[1]
    assert declined is not None
    charge_kept_card(order=order_month(declined), kept_with=his.pk, at=time.now)
    assert renew_memberships(at=time.now) == 1
    assert [ends(one) for one in members] == [MARCH_25, FEB_25]
    assert (steps(members[1]), MemberMonth.objects.filter(attempt=0).count()) == (
        ["paid", "declined"],
        2,
    )
    assert check_books() == []


def test_a_card_that_was_not_kept_is_a_declined_one(time: Time) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    payment = joined(vera, tier)
    Payment.objects.filter(pk=payment.pk).update(card_ref="")
    one = cancel_membership(member=member(vera, tier), at=time.now)
    with pytest.raises(CannotGoOn):
        resume_membership(member=one, at=time.now)
    Member.objects.update(renews=True)
    assert renew_memberships(at=time.go(2, 25)) == 1
    assert "No card was kept" in member_standing(one, at=time.now).declined


def test_it_ends_by_itself_or_goes_on_after_all(time: Time) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    joined(vera, tier)
    one = member(vera, tier)
    for _ in range(2):
        assert not cancel_membership(member=one, at=time.now).renews
    for _ in range(2):
        assert resume_membership(member=one, at=time.now).renews
    cancel_membership(member=one, at=time.now)
    assert renew_memberships(at=time.go(2, 25)) == 0
    assert (is_member(one), _next_charge(one.pk, at=time.now)) == (False, None)
    assert steps(one) == ["paid", "cancelled", "resumed", "cancelled"]
    for act in (cancel_membership, resume_membership, leave):
        with pytest.raises(NoLongerMember):
            act(member=one, at=time.now)
    with pytest.raises(NoLongerMember):
        change_from_next_month(member=one, tier=tier, at=time.now)
    assert steps(one) == ["paid", "cancelled", "resumed", "cancelled"]


def test_who_leaves_in_the_first_days_gets_all_of_the_first_fee_back(time: Time) -> None:
    vera, ada = make_adult("Vera"), make_host("Ada")
    tier = make_tier(ada)
    payment = joined(vera, tier)
    one = member(vera, tier)
    assert leave(member=one, at=time.go(2, 8, hour=13)) == payment.amount
    payment.refresh_from_db()
    assert (payment.status, is_member(one)) == ("refunded", False)
    assert steps(one) == ["paid", "left", "taken_back"]
    assert euros(f"unearned:membership:{payment.pk}") == Money.zero("EUR")
    time.go(2, 9)
    joined(vera, tier)
    assert (is_member(one), steps(one)[-1]) == (True, "paid")
    assert check_books() == []


def test_who_leaves_later_gets_the_days_that_are_left_and_the_rest_is_the_creators(
    time: Time,
) -> None:
    vera, ada = make_adult("Vera"), make_host("Ada")
    tier = make_tier(ada)
    payment = joined(vera, tier)
    one = member(vera, tier)
    back = leave(member=one, at=time.go(2, 14))
    assert back == Money.parse("1.91", "EUR")  # 10 of 31 days of €5.95
    assert (is_member(one), ends(one)) == (False, time.now)
    earn_memberships(at=time.go(2, 15, hour=0))
    assert euros(f"unearned:membership:{payment.pk}") == Money.zero("EUR")
    assert euros(f"creator:{ada.pk}:pending") == Money.parse("2.373", "EUR")  # 70 % of €4.04 net
    assert euros("platform:revenue:memberships") == Money.parse("1.017", "EUR")
    assert go_on_with_leaving(at=time.now) == 0
    assert check_books() == []


def test_leaving_on_the_last_day_gives_nothing_back(time: Time) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    payment = joined(vera, tier)
    assert leave(member=member(vera, tier), at=time.go(2, 25, hour=3)) == Money.zero("EUR")
    assert Attempt.objects.filter(payment=payment, verb="refund").count() == 0
    assert not is_member(member(vera, tier))


def give_back_unasked(payment: Payment, amount: str) -> None:
    """Let the card company give something back by itself, and tell nobody yet."""
    [charge] = Charge.objects.filter(ref=payment.ref)
    give_back(charge, amount=Money.parse(amount, "EUR"), key=None, at=clock.now())


def test_who_cannot_get_the_money_back_is_a_member_as_before(time: Time) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    payment = joined(vera, tier)
    one = member(vera, tier)
    give_back_unasked(payment, "0.01")
    with pytest.raises(ProviderRefused):
        leave(member=one, at=time.now)
    assert (is_member(one), steps(one)) == (True, ["paid", "left", "stayed"])
    asked(payment)
    assert leave(member=one, at=time.now) == Money.parse("5.94", "EUR")
    assert (is_member(one), steps(one)[-1]) == (False, "taken_back")
    assert check_books() == []


def test_whoever_is_killed_while_somebody_leaves_is_gone_on_with(time: Time) -> None:
    tier = make_tier(make_host("Ada"))
    fans = [make_adult(name) for name in ("Vera", "Wim", "Xan", "Yve")]
    payments = [joined(fan, tier) for fan in fans]
    members = [member(fan, tier) for fan in fans]
    months = [_leave(one.pk, at=time.now)[0] for one in members]
    for number, status in ((1, "refused"), (2, "asked")):
        Attempt.objects.create(
            id=_refund_id(months[number]),
            payment=payments[number],
            verb="refund",
            amount_micros=5_950_000,
            asked_at=time.now,
            status=status,
        )
    give_back_unasked(payments[3], "0.01")
    assert [go_on_with_leaving(at=time.now) for _ in range(2)] == [3, 0]
    assert [is_member(one) for one in members] == [False, True, False, True]
    _stay(months[1].pk, at=time.now)
    assert steps(members[1]) == ["paid", "left", "stayed"], "twice is once"
    payments[0].refresh_from_db()
    assert payments[0].status == "refunded"


def test_money_that_comes_again_makes_a_member_of_who_left(time: Time) -> None:
    vera, ada = make_adult("Vera"), make_host("Ada")
    tier = make_tier(ada)
    payment = joined(vera, tier)
    one = member(vera, tier)
    leave(member=one, at=time.go(2, 14))
    earn_memberships(at=time.go(2, 16))
    [row] = payment.facts.filter(kind="refunded")
    failed = replace(row.fact, kind=FactKind.REFUND_FAILED, occurred_at=time.now)
    record_facts(payment_id=payment.pk, answer=Answer(payment.ref, (failed,)), at=time.now)
    assert (is_member(one), ends(one)) == (True, FEB_25)
    assert steps(one) == ["paid", "left", "given_again"]
    earn_memberships(at=time.go(2, 25))
    assert euros(f"creator:{ada.pk}:pending") == Money.parse("3.5", "EUR")
    assert check_books() == []


def test_a_higher_price_holds_for_members_after_its_notice_and_a_lower_one_at_once(
    time: Time,
) -> None:
    vera, wim = make_adult("Vera"), make_adult("Wim")
    tier = make_tier(make_host("Ada"))
    joined(vera, tier)
    change_tier(tier=tier, wish=wish(price="7.14"), at=time.go(2, 10))
    assert joined(wim, tier).amount == Money.parse("7.14", "EUR")
    renew_memberships(at=time.go(2, 25))
    assert newest(vera).amount == Money.parse("5.95", "EUR")
    shown = member_standing(member(vera, tier), at=time.now)
    assert (shown.price, shown.charged_at) == (Money.parse("7.14", "EUR"), MARCH_25)
    renew_memberships(at=time.go(3, 25))
    assert newest(vera).amount == Money.parse("7.14", "EUR")
    change_tier(tier=tier, wish=wish(price="4.76"), at=time.go(4, 24))
    renew_memberships(at=time.go(4, 25))
    assert newest(vera).amount == Money.parse("4.76", "EUR")
    assert check_books() == []


def test_another_tier_begins_with_the_next_month_and_costs_what_it_costs(time: Time) -> None:
    vera, ada = make_adult("Vera"), make_host("Ada")
    crew, bridge = make_tier(ada), make_tier(ada, "Bridge", "11.90")
    abroad = make_tier(make_host("Bo"))
    joined(vera, bridge)
    one = member(vera, bridge)
    with pytest.raises(NoSuchTier):
        change_from_next_month(member=one, tier=abroad, at=time.now)
    for _ in range(2):
        change_from_next_month(member=one, tier=crew, at=time.now)
    assert rank_of(user_id=vera.pk, creator_id=ada.pk, at=time.now) == 2
    shown = member_standing(member(vera, bridge), at=time.now)
    assert (shown.tier, shown.price) == (bridge, Money.parse("5.95", "EUR"))
    renew_memberships(at=time.go(2, 25))
    assert newest(vera).amount == Money.parse("5.95", "EUR")
    assert rank_of(user_id=vera.pk, creator_id=ada.pk, at=time.now) == 1
    assert steps(one) == ["paid", "changed", "paid"]
    change_tier(tier=bridge, wish=wish("Bridge", "", USD="9.99"), at=time.now)
    deck = offer_tier(creator=ada, wish=wish("Deck", "", USD="3.99"), at=time.now)
    with pytest.raises(NoSuchTier):  # it was never sold in euros
        change_from_next_month(member=one, tier=deck, at=time.now)
    archive_tier(tier=crew, at=time.now)
    change_from_next_month(member=one, tier=crew, at=time.now)  # it stays what it is
    assert check_books() == []


def test_a_refund_of_the_next_month_ends_only_that(time: Time) -> None:
    vera, tier = make_adult("Vera"), make_tier(make_host("Ada"))
    joined(vera, tier)
    renew_memberships(at=time.go(2, 25))
    month = newest(vera)
    whole = Refund(uuid4(), month.pk, month.amount, "An outage.")
    refund_payment(operator=make_operator(), refund=whole, at=time.now)
    assert not is_member(member(vera, tier))
    assert not member(vera, tier).renews
    assert check_books() == []
