"""The next month: charged once, before this one ends; declined, it is tried again and then ends."""

import datetime as dt
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from takings.ledger.queries import check_books
from takings.memberships import jobs, queries
from takings.memberships.actions import buy_pass, cancel_pass, renew_passes
from takings.memberships.actions.buying import order_of
from takings.memberships.actions.renewing import _next_charge
from takings.memberships.models import Month, Step
from takings.payments.actions import charge_kept_card, refund_payment
from takings.payments.actions.refunding import Refund
from takings.payments.models import Payment
from takings.people.models import User
from takings.sandbox.actions import answer_challenge
from takings.sandbox.models import Card, Checkout
from tests.make.pages import page_text
from tests.make.passes import Time, bought
from tests.make.payments import CHALLENGED, EXPIRES, LATE, PAYS, asked, pay
from tests.make.people import make_operator, make_user

pytestmark = pytest.mark.django_db

FEB_25 = dt.datetime(2027, 2, 25, 14, tzinfo=dt.UTC)
MARCH_25 = dt.datetime(2027, 3, 25, 14, tzinfo=dt.UTC)


def ends(user: User) -> dt.datetime | None:
    user.refresh_from_db()
    assert queries.pass_of(user=user).ends_at == user.ad_free_until
    return user.ad_free_until


def steps(user: User) -> list[str]:
    return list(Step.objects.filter(ad_free_pass__user=user).values_list("kind", flat=True))


def newest(user: User) -> Payment:
    return Payment.objects.filter(payer=user).latest("started_at")


def test_the_next_month_is_charged_three_days_before_and_once(time: Time) -> None:
    vera = make_user("Vera")
    first = bought(vera)
    assert renew_passes(at=time.go(2, 22, hour=13)) == 0
    assert renew_passes(at=time.go(2, 22)) == 1
    assert [renew_passes(at=time.go(2, day)) for day in (22, 23, 25)] == [0, 0, 0]
    second = newest(vera)
    assert (second.amount, second.status, second.keeps_card) == (first.amount, "succeeded", False)
    assert (ends(vera), steps(vera)) == (MARCH_25, ["paid", "paid"])
    month = Month.objects.get(pk=second.pk)
    assert (month.number, month.starts_at, month.ends_at) == (2, FEB_25, MARCH_25)
    assert queries.standing(user=vera, at=time.now).withdraw_until is None
    assert renew_passes(at=time.go(3, 22)) == 1  # by the card that was kept with the first
    assert ends(vera) == dt.datetime(2027, 4, 25, 14, tzinfo=dt.UTC)
    listed = queries.payments_for(queries.pass_of(user=vera))
    assert [len(one.papers) for one in listed] == [1, 1, 1]
    assert check_books() == []


def test_a_declined_card_is_tried_on_its_days_and_the_pass_ends_without_harm(time: Time) -> None:
    vera = make_user("Vera")
    bought(vera, EXPIRES)
    for day, tried in ((22, 1), (22, 0), (23, 1), (24, 1), (24, 0)):
        assert renew_passes(at=time.go(2, day)) == tried
        shown = queries.standing(user=vera, at=time.now)
        assert shown.declined == "The card has expired."
        assert (shown.runs, shown.renews) == (True, day < 24)
    assert renew_passes(at=time.go(2, 25)) == 0
    assert (ends(vera), steps(vera)) == (FEB_25, ["paid", "declined", "declined", "declined"])
    assert queries.standing(user=vera, at=time.now).declined == "The card has expired."
    assert [one.status for one in Payment.objects.order_by("started_at")] == [
        *("succeeded", "failed", "failed", "failed"),
    ]
    time.go(3, 2)
    bought(vera)
    assert ends(vera) == dt.datetime(2027, 4, 2, 14, tzinfo=dt.UTC)
    assert queries.standing(user=vera, at=time.now).declined == ""
    assert check_books() == []


def test_a_letter_tells_once_that_a_card_was_declined_and_what_to_do(time: Time) -> None:
    vera = make_user("Vera")
    User.objects.filter(pk=vera.pk).update(time_zone="Europe/Berlin")
    bought(vera, EXPIRES)
    for day in (22, 23):
        renew_passes(at=time.go(2, day))
    [order] = ProcrastinateJob.objects.filter(task_name="memberships.tell_declined")
    jobs.tell_declined(**order.args)
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (
        [vera.email],
        "Your card was declined: your pass for watching without ads",
    )
    for told in (
        "Hello Vera,",
        "your card was declined when we charged",
        ": The card has expired.",
        "until 25 February 2027, 15:00 (Europe/Berlin)",
        "the same card again on 24 February 2027;",
        f"{settings.PUBLIC_URL}/pass/",
        "and you owe nothing.",
    ):
        assert told in letter.body
    renew_passes(at=time.go(2, 24))
    jobs.tell_declined(**order.args)
    assert "The card is not tried again." in mail.outbox[1].body
    bought(vera, PAYS)  # another card pays: there is nothing to tell any more
    jobs.tell_declined(**order.args)
    assert len(mail.outbox) == 2


def test_a_letter_says_that_a_bank_wants_a_pass_confirmed(time: Time, client: Client) -> None:
    vera = make_user("Vera")
    answer_challenge(
        checkout=Checkout.objects.get(pk=bought(vera, CHALLENGED).ref),
        is_approved=True,
        at=time.now,
    )
    asked(newest(vera))
    renew_passes(at=time.go(2, 22))
    [order] = ProcrastinateJob.objects.filter(task_name="memberships.tell_declined")
    jobs.tell_declined(**order.args)
    assert "To confirm it with your bank, to pay by another card" in mail.outbox[0].body
    client.force_login(vera)
    assert "Confirm with your bank" in page_text(client.get("/pass/"))


def test_another_card_lets_a_declined_pass_go_on(time: Time) -> None:
    vera = make_user("Vera")
    bought(vera, EXPIRES)
    renew_passes(at=time.go(2, 22))
    payment = buy_pass(user=vera, payment_id=uuid4(), at=time.now)
    pay(payment, PAYS)
    asked(payment)
    assert ends(vera) == MARCH_25
    assert renew_passes(at=time.go(2, 24)) == 0
    assert renew_passes(at=time.go(3, 22)) == 1
    assert (newest(vera).status, steps(vera)) == ("succeeded", ["paid", "declined", "paid", "paid"])
    assert check_books() == []


def test_while_an_answer_is_missing_nothing_else_is_tried(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera)
    _let_answers_be_late(payment)
    assert renew_passes(at=time.go(2, 22)) == 1
    assert newest(vera).status == "unknown"
    assert renew_passes(at=time.go(2, 23)) == 0
    assert ends(vera) == FEB_25
    time.go(2, 24)
    assert asked(newest(vera)).status == "succeeded"
    assert ends(vera) == MARCH_25
    _let_answers_be_late(payment)
    renew_passes(at=time.go(3, 22))
    time.go(3, 27)  # it ended meanwhile, and the answer says that it was paid: it begins anew
    asked(newest(vera))
    assert ends(vera) == dt.datetime(2027, 4, 27, 14, tzinfo=dt.UTC)
    assert Month.objects.get(pk=newest(vera).pk).number == 1
    assert check_books() == []


def _let_answers_be_late(payment: Payment) -> None:
    """Let the kept card be the sandbox's card that answers late."""
    Card.objects.filter(pk=payment.card_ref).update(number=LATE.replace(" ", ""))


def test_whoever_is_killed_before_or_after_asking_asks_once(time: Time) -> None:
    vera, wim = make_user("Vera"), make_user("Wim")
    bought(vera)
    his = bought(wim, EXPIRES)
    time.go(2, 22)
    passes = [queries.pass_of(user=person) for person in (vera, wim)]
    written = [_next_charge(one.pk, at=time.now) for one in passes]
    declined = written[1]
    assert declined is not None
    charge_kept_card(order=order_of(declined, user=wim), kept_with=his.pk, at=time.now)
    assert renew_passes(at=time.now) == 1
    assert (ends(vera), ends(wim)) == (MARCH_25, FEB_25)
    assert Month.objects.filter(attempt=0).count() == 2
    assert steps(wim) == ["paid", "declined"]
    assert check_books() == []


def test_a_card_that_was_not_kept_is_a_declined_one(time: Time) -> None:
    vera = make_user("Vera")
    payment = bought(vera)
    Payment.objects.filter(pk=payment.pk).update(card_ref="")
    assert renew_passes(at=time.go(2, 22)) == 1
    assert "No card was kept" in queries.standing(user=vera, at=time.now).declined
    assert renew_passes(at=time.now) == 0


def test_who_says_no_in_time_is_not_charged(time: Time) -> None:
    vera = make_user("Vera")
    bought(vera)
    time.go(2, 22)
    one = cancel_pass(user=vera, at=time.now)
    assert (renew_passes(at=time.now), _next_charge(one.pk, at=time.now)) == (0, None)
    assert Payment.objects.count() == 1


def test_a_month_that_is_paid_runs_when_its_time_comes_though_the_one_before_is_gone(
    time: Time,
) -> None:
    vera = make_user("Vera")
    first = bought(vera)
    renew_passes(at=time.go(2, 22))
    whole = Refund(uuid4(), first.pk, first.amount, "An outage.")
    refund_payment(operator=make_operator(), refund=whole, at=time.now)
    assert (ends(vera), queries.pass_of(user=vera).renews) == (time.now, False)
    assert renew_passes(at=time.go(2, 24)) == 0
    assert ends(vera) == dt.datetime(2027, 2, 22, 14, tzinfo=dt.UTC)
    renew_passes(at=time.go(2, 25))
    assert ends(vera) == MARCH_25
    assert check_books() == []
