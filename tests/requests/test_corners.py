"""Letters, jobs, and what the books find when somebody tampers with them."""

import datetime as dt
from uuid import uuid4

import pytest
from django.core import mail
from django.db import transaction

from takings.core.errors import Refusal
from takings.ledger.queries import check_books
from takings.payments.actions import record_facts
from takings.payments.rules import Answer, Fact, FactKind
from takings.requests import actions, jobs
from takings.requests.actions import keep_clocks, tell_step
from takings.requests.actions.ending import _end
from takings.requests.models import Release, Request, Step
from takings.requests.queries import payment_of
from takings.requests.rules import State
from takings.settlement.models import Period, Status
from takings.settlement.queries import open_period
from tests.make.passes import Time
from tests.make.requests import QUOTED, Pair, eur, fresh, make_pair

pytestmark = pytest.mark.django_db


def letters(one: Request, time: Time) -> list[tuple[str, str]]:
    """Write of all steps; return to whom, and about what."""
    mail.outbox.clear()
    for step in one.steps.all():
        tell_step(step_id=step.pk, at=time.now)
    return [(sent.to[0].partition("@")[0][:4], str(sent.subject)) for sent in mail.outbox]


def test_letters_tell_the_other_side_what_to_do_and_until_when(pair: Pair, time: Time) -> None:
    one = pair.delivered()
    told = letters(one, time)
    assert told == [
        ("ada1"[:3] + told[0][0][3:], "Asked for: A greeting"),
        (told[0][0], "Paid by card: A greeting"),
        ("vera", "Accepted by the creator: A greeting"),
        ("vera", "Delivered: A greeting"),
    ]
    assert "Until 28 January 2027, 14:00 (UTC)" in mail.outbox[-1].body
    assert f"/requests/{one.pk}/" in mail.outbox[-1].body
    actions.revise(request=one, by=pair.fan, note="Louder", at=time.now)
    keep_clocks(at=time.go(2, 20))
    subjects = [(who == "vera", about) for who, about in letters(one, time)[4:]]
    assert subjects == [
        (False, "A revision was asked for: A greeting"),
        (True, "Its time was over: A greeting"),
        (False, "Its time was over: A greeting"),
        (True, "The money is back on the card: A greeting"),
    ]
    unpaid = pair.ask()
    keep_clocks(at=time.go(2, 21))
    assert [about for _, about in letters(unpaid, time)][1:] == ["Its time was over: A greeting"]


def test_jobs_do_what_they_are_named_after(pair: Pair, time: Time) -> None:
    one = actions.cancel(request=pair.paid(), by=pair.fan, at=time.now)
    jobs.give_back(request_id=str(one.pk))
    assert fresh(one).state == State.RETURNED
    late = pair.paid()
    time.go(1, 29)
    jobs.keep_clocks()
    assert fresh(late).state == State.RETURNED
    jobs.tell_step(step_id=Step.objects.latest("pk").pk)
    assert mail.outbox


def test_what_cannot_end_now_holds_up_no_other(pair: Pair, time: Time) -> None:
    """A dispute of a month that is being closed waits for it; the clock tries again."""
    one = pair.taken()
    Period.objects.get_or_create(
        name=one.releases.get().period,
        defaults={
            "starts_at": open_period(at=time.now).starts_at,
            "ends_at": open_period(at=time.now).ends_at,
        },
    )
    Period.objects.update(status=Status.CLOSING)
    payment = payment_of(one)
    assert payment is not None
    fact = Fact(FactKind.DISPUTED, "dp_1", eur("25"), eur("0"), time.now)
    with pytest.raises(Refusal), transaction.atomic():
        record_facts(payment_id=payment.pk, answer=Answer(ref="", facts=(fact,)), at=time.now)
    assert check_books() == []
    again = actions.open_case(request=one, by=pair.fan, why="Wrong", at=time.now)
    Request.objects.filter(pk=again.pk).update(
        state=State.DELIVERED, ends_at=time.now + dt.timedelta(days=1), back_micros=1
    )
    other = make_pair(QUOTED).ask()
    time.go(2, 20)
    assert keep_clocks(at=time.now) == 1
    assert (fresh(again).state, fresh(other).state) == (State.DELIVERED, State.ENDED)


def test_the_books_find_money_that_is_not_where_it_should_be(pair: Pair, time: Time) -> None:
    one, held = pair.taken(), pair.paid()
    Request.objects.filter(pk=held.pk).update(state=State.RELEASED, ends_at=None)
    found = check_books()
    assert [(one.row, one.sentence) for one in found] == [
        (f"account:{held.escrow}", "its request is over, and 21010000 micro-units wait still")
    ]
    Request.objects.filter(pk=held.pk).update(state=State.CASE)
    row = one.releases.get()
    Release.objects.create(
        request=held,
        number=1,
        entry_id=uuid4(),
        period=row.period,
        day=row.day,
        currency="EUR",
        total_micros=5,
        share_micros=4,
        released_at=time.now,
    )
    sentences = {each.sentence for each in check_books()}
    assert sentences == {
        "what was paid for it and its balance differ by -5 micro-units",
        "its entry gave the creator 0 micro-units, it says 4",
    }


def test_the_same_done_twice_is_done_once_and_the_clock_passes_what_was_answered(
    pair: Pair, time: Time
) -> None:
    one = pair.paid()
    for _ in range(2):
        actions.accept(request=one, by=pair.maker, at=time.now)
    pair.deliver(one)
    assert not _end(one.pk, at=time.now), "answered between the look and the lock"
    for _ in range(2):
        actions.take(request=one, by=pair.fan, at=time.now)
    other = pair.paid()
    for _ in range(2):
        actions.cancel(request=other, by=pair.fan, at=time.now)
    assert [step.act for step in one.steps.all()].count("taken") == 1
    assert fresh(other).state == State.RETURNING
    assert check_books() == []
