"""A request from asking to earning: what waits in escrow, who gets it, and what clocks do."""

import datetime as dt
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from takings.core.errors import Refusal
from takings.ledger.queries import check_books, entry
from takings.live.rules.chat import NoLinks
from takings.payments.queries import receipts_of, sale_of
from takings.people.models import User
from takings.requests import actions
from takings.requests.actions import (
    BadQuote,
    Made,
    NoRevisionsLeft,
    NothingToPay,
    Quote,
    keep_clocks,
)
from takings.requests.models import Request, Step
from takings.requests.queries import NoSuchRequest, payment_of, request_of_subject, room_of
from takings.requests.rules import (
    Act,
    BadLink,
    BadPrice,
    NothingDelivered,
    NotNow,
    RequestIdTaken,
    State,
)
from takings.settlement.models import DirectEarning
from takings.videos.actions import Details
from takings.videos.queries import NoSuchVideo
from tests.make.passes import Time
from tests.make.payments import asked, pay
from tests.make.people import make_user
from tests.make.requests import QUOTED, Pair, eur, fresh, make_pair, places, steps_of
from tests.make.videos import make_video

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
Do = Callable[[User], Request]


def test_a_request_is_paid_made_and_taken_and_then_it_is_earned(pair: Pair, time: Time) -> None:
    one = pair.paid()
    payment = payment_of(one)
    assert payment is not None
    assert (one.state, one.ends_at) == (State.PAID, time.now + 3 * DAY)
    posted = entry(id=sale_of(payment).entry_id)
    assert (posted.kind, posted.reference) == ("request_held", f"request:{one.pk}")
    assert [paper.kind for paper in receipts_of(payment)] == ["receipt"]
    assert places(pair, one) == (21_010_000, 0, 0, 3_990_000)
    one = actions.accept(request=one, by=pair.maker, at=time.now)
    assert (one.state, one.ends_at) == (State.ACCEPTED, time.now + 7 * DAY)
    pair.deliver(one)
    time.go(1, 26)
    one = actions.take(request=one, by=pair.fan, at=time.now)
    assert (one.state, one.words, one.ends_at) == (State.RELEASED, "Done", None)
    assert places(pair, one) == (0, 16_808_000, 4_202_000, 3_990_000)
    [row] = DirectEarning.objects.all()
    assert (row.product, row.period, row.country) == ("requests", "2027-01", "DE")
    assert (row.total, row.share, row.count) == (eur("21.01"), eur("16.808"), 1)
    assert entry(id=row.entry_id).kind == "request_released"
    assert steps_of(one) == ["asked", "paid", "accepted", "delivered", "taken"]
    assert check_books() == []
    assert (str(one), str(one.steps.last())) == (
        "A greeting for Vera",
        "Taken by the fan: A greeting for Vera",
    )
    shown = (str(one.releases.get()), str(one.deliveries.get()), str(pair.service))
    assert shown == (
        "A greeting for Vera: 21010000 EUR",
        "Delivery of A greeting for Vera",
        "A greeting",
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.update(note="Nothing happened.")


@pytest.mark.parametrize("end", ["decline", "cancel"])
def test_before_the_yes_both_sides_can_end_it_and_all_goes_back(
    pair: Pair, time: Time, end: str
) -> None:
    one = pair.paid()
    by = pair.maker if end == "decline" else pair.fan
    one = getattr(actions, end)(request=one, by=by, note="Not this week", at=time.now)
    assert (one.state, one.back) == (State.RETURNING, eur("25"))
    assert keep_clocks(at=time.now) == 1
    one = fresh(one)
    payment = payment_of(one)
    assert payment is not None
    assert (one.state, payment.status) == (State.RETURNED, "refunded")
    assert places(pair, one) == (0, 0, 0, 0)
    assert [paper.kind for paper in receipts_of(payment)] == ["receipt", "credit_note"]
    assert not DirectEarning.objects.exists()
    assert steps_of(one)[2:] == ["declined" if end == "decline" else "cancelled", "gave_back"]
    assert one.steps.get(act=Act.GAVE_BACK).note == "€25.00"
    assert check_books() == []


def test_an_unpaid_request_ends_and_costs_nothing(pair: Pair, time: Time) -> None:
    one = pair.ask()
    assert actions.decline(request=one, by=pair.maker, note="", at=time.now).state == State.ENDED
    with pytest.raises(NothingToPay, match="Ended"):
        pair.start(one)
    again = pair.ask()
    assert actions.cancel(request=again, by=pair.fan, at=time.now).state == State.ENDED
    assert check_books() == []


def test_peer_need_24_who_is_silent_or_late_has_all_given_back(pair: Pair, time: Time) -> None:
    """Cameo let requests end after days, and gave credits. Here the card has it back."""
    unpaid, silent, late = pair.ask(), pair.paid(), pair.accepted()
    pair.deliver(late)
    actions.revise(request=late, by=pair.fan, note="Her name is Mia", at=time.now)
    assert keep_clocks(at=time.now) == 0
    time.go(1, 28)
    assert keep_clocks(at=time.now) == 3  # one of them is given back at once
    assert [fresh(one).state for one in (unpaid, silent)] == [State.ENDED, State.RETURNED]
    assert "did not answer in time" in silent.steps.get(act=Act.LAPSE).note
    time.go(2, 1)
    assert keep_clocks(at=time.now) == 2
    assert fresh(late).state == State.RETURNED
    assert keep_clocks(at=time.now) == 0
    assert places(pair, late) == (0, 0, 0, 0)
    assert check_books() == []


def test_a_fan_who_is_silent_has_taken_it(pair: Pair, time: Time) -> None:
    one = pair.delivered()
    assert one.ends_at == time.now + 3 * DAY
    keep_clocks(at=time.go(1, 28, hour=13))
    assert fresh(one).state == State.DELIVERED
    keep_clocks(at=time.go(1, 28))
    assert fresh(one).state == State.RELEASED
    assert places(pair, one)[:2] == (0, 16_808_000)
    assert check_books() == []


def test_what_is_paid_when_its_time_is_over_goes_back(pair: Pair, time: Time) -> None:
    one = pair.ask()
    payment = pair.start(one)
    assert pair.start(one) == payment
    keep_clocks(at=time.go(1, 25, hour=15))
    pay(payment)
    asked(payment)
    assert fresh(one).state == State.RETURNING
    keep_clocks(at=time.now)
    assert fresh(one).state == State.RETURNED
    assert steps_of(one) == ["asked", "lapsed", "paid", "gave_back"]
    assert check_books() == []


def test_a_price_is_named_and_holds_for_some_days(time: Time) -> None:
    pair = make_pair(QUOTED)
    one = pair.ask()
    assert (one.state, one.price, one.ends_at) == (State.ASKED, None, time.now + 7 * DAY)
    with pytest.raises(NothingToPay):
        pair.start(one)
    for quote, why in (
        (Quote(eur("2"), 10, 5), BadPrice),
        (Quote(eur("80"), 31, 5), BadQuote),
        (Quote(eur("80"), 10, 15), BadQuote),
        (Quote(eur("80"), 10, 5, "see x.com"), NoLinks),
    ):
        with pytest.raises(why):
            actions.quote(request=one, by=pair.maker, offer=quote, at=time.now)
    good = Quote(eur("80"), 10, 5, "With a choir")
    actions.quote(request=one, by=pair.maker, offer=good, at=time.now)
    quoted = actions.quote(request=one, by=pair.maker, offer=good, at=time.now)
    assert (quoted.state, quoted.ends_at) == (State.UNPAID, time.now + 5 * DAY)
    with pytest.raises(NotNow):
        pair.quote(one, "90")
    payment = pair.start(quoted)
    pay(payment)
    asked(payment)
    one = actions.accept(request=quoted, by=pair.maker, at=time.now)
    assert (one.state, one.ends_at) == (State.ACCEPTED, time.now + 10 * DAY)
    forgotten, unpaid = pair.ask(), pair.ask()
    pair.quote(unpaid)
    keep_clocks(at=time.go(2, 1))
    assert [fresh(each).state for each in (forgotten, unpaid)] == [State.ENDED, State.ENDED]
    assert check_books() == []


def test_a_revision_is_asked_for_as_often_as_is_included(pair: Pair, time: Time) -> None:
    one = pair.delivered()
    for _ in range(2):  # sent twice is once
        one = actions.revise(request=one, by=pair.fan, note="Her name is Mia", at=time.now)
    assert (one.state, one.revised_count) == (State.ACCEPTED, 1)
    pair.deliver(one, text="Dear Mia!\nBe well")
    assert set(one.deliveries.values_list("text", flat=True)) == {"Dear Mia!", "Dear Mia!\nBe well"}
    with pytest.raises(NoRevisionsLeft, match="The 1 revisions"):
        actions.revise(request=one, by=pair.fan, note="Once more", at=time.now)
    assert Act.REVISE not in room_of(fresh(one), user=pair.fan, at=time.now).acts
    actions.take(request=one, by=pair.fan, at=time.now)
    assert check_books() == []


def test_a_creator_can_give_up_what_they_accepted(pair: Pair, time: Time) -> None:
    one = pair.accepted()
    with pytest.raises(NotNow, match="Being made"):
        actions.cancel(request=one, by=pair.fan, at=time.now)
    actions.give_up(request=one, by=pair.maker, note="I lost my voice", at=time.now)
    keep_clocks(at=time.now)
    assert fresh(one).state == State.RETURNED
    assert check_books() == []


def test_a_delivery_is_words_a_link_or_an_own_video(pair: Pair, time: Time) -> None:
    one, key = pair.accepted(), uuid4()

    def hand_in(**made: object) -> Request:
        what = Made(id=key, **made)  # type: ignore[arg-type]
        return actions.deliver(request=one, by=pair.maker, made=what, at=time.now)

    theirs = make_video(make_pair(name="Ben").creator, details=Details("Not hers"), at=time.now)
    for made, why in (
        ({}, NothingDelivered),
        ({"text": "see x.com"}, NoLinks),
        ({"link": "http://files.example.org/a"}, BadLink),
        ({"video_id": theirs.pk}, NoSuchVideo),
    ):
        with pytest.raises(why):
            hand_in(**made)
    assert fresh(one).state == State.ACCEPTED
    mine = make_video(pair.creator, details=Details("For Mia"), at=time.now)
    for _ in range(2):
        hand_in(link="https://files.example.org/song.mp3", video_id=mine.pk)
    [done] = one.deliveries.all()
    assert (done.link, done.video) == ("https://files.example.org/song.mp3", mine)
    with pytest.raises(NotNow, match="Delivered"):
        pair.deliver(one)
    other = pair.accepted()
    with pytest.raises(RequestIdTaken):
        pair.deliver(other, id=key)
    actions.revise(request=one, by=pair.fan, note="Louder", at=time.now)
    assert pair.deliver(one, id=key).state == State.ACCEPTED  # the old form, sent again


def test_both_sides_write_and_nobody_else_does(pair: Pair, time: Time) -> None:
    one, key = pair.paid(), uuid4()
    actions.write(request=one, by=pair.fan, id=key, text="Hello", at=time.now)
    said = actions.write(request=one, by=pair.fan, id=key, text="Hello", at=time.now)
    assert str(said) == "Vera: Hello"
    assert one.messages.count() == 1
    actions.write(request=one, by=pair.maker, id=uuid4(), text="Hello Vera", at=time.now)
    with pytest.raises(RequestIdTaken):
        actions.write(request=one, by=pair.maker, id=key, text="Hello", at=time.now)
    with pytest.raises(NoSuchRequest):
        actions.write(request=one, by=make_user(), id=uuid4(), text="Hello", at=time.now)


def test_each_side_does_what_is_its_own(pair: Pair, time: Time) -> None:
    """Whoever does what is the other's, or a stranger's, is refused, and nothing changes."""
    one, stranger = pair.paid(), make_user()
    acts: tuple[Do, ...] = (
        lambda by: actions.accept(request=one, by=by, at=time.now),
        lambda by: actions.decline(request=one, by=by, note="", at=time.now),
        lambda by: actions.take(request=one, by=by, at=time.now),
        lambda by: actions.cancel(request=one, by=by, at=time.now),
    )
    for number, act in enumerate(acts):
        for by in (stranger, pair.fan if number < 2 else pair.maker):
            with pytest.raises(Refusal):
                act(by)
    assert fresh(one).state == State.PAID
    assert request_of_subject(f"request:{one.pk}") == one
    for subject in ("request:1", f"pass:{one.pk}", f"request:{uuid4()}"):
        with pytest.raises(NoSuchRequest):
            request_of_subject(subject)
