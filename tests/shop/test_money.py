"""The money of orders: paid, earned, sent back, disputed; and every account is empty at the end."""

import datetime as dt
from uuid import uuid4

import pytest

from takings.core import clock
from takings.ledger.queries import balance, check_books, entry
from takings.money import Money
from takings.payments.actions import Refund, record_facts, refund_payment
from takings.payments.models import Payment
from takings.payments.queries import access_payment, evidence_lines, receipts_of, sale_of
from takings.payments.rules import Answer, Fact, FactKind, ProviderRefused
from takings.people.models import Creator
from takings.shop.actions import (
    answer_return,
    ask_return,
    cancel_parcel,
    confirm_arrival,
    contest_return,
    decide_return,
    pay_back,
    take_return,
)
from takings.shop.actions.returning import (
    NothingToReturn,
    ReturnIsOpen,
    ReturnIsSettled,
    TooLateToCancel,
    TooLateToReturn,
    agree_by_silence,
)
from takings.shop.actions.sending import _go_on, _release
from takings.shop.models import Order, OrderLine, Parcel, Return, Variant
from takings.shop.queries.orders import waiting_in
from takings.shop.rules.clicks import Click
from tests.make.insights import make_close
from tests.make.passes import Time
from tests.make.payments import asked
from tests.make.people import make_operator, make_user
from tests.make.settlement import make_act
from tests.make.shop import bought, euros, make_goods, make_seller, run, shipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("time")]

REVENUE = "platform:revenue:shop"
NOTHING = euros("0")


def held(account: str) -> Money:
    return balance(name=account, currency="EUR")


def pending(creator: Creator) -> Money:
    return held(f"creator:{creator.pk}:pending")


def stock(variant: Variant) -> int | None:
    return Variant.objects.get(pk=variant.pk).stock


def parcel_of(order: Order) -> Parcel:
    return order.parcels.select_related("order__buyer", "seller__user").get()


def payment_of(order: Order) -> Payment:
    return asked(Payment.objects.get(pk=order.pk))


def arrive(order: Order) -> Parcel:
    shipped(order)
    return confirm_arrival(parcel=parcel_of(order), at=clock.now())


def earn(order: Order, time: Time) -> None:
    """Let an order arrive, and the days pass in which it may be sent back."""
    arrive(order)
    time.go(1, 10)
    run()


def ask(parcel: Parcel, count: int = 1) -> Return:
    pieces = {parcel.lines.order_by("pk")[0].pk: count}
    return ask_return(
        parcel=parcel, pieces=pieces, why="Too small", return_id=uuid4(), at=clock.now()
    )


def back(parcel: Parcel, count: int = 1) -> Return:
    """Ask for pieces of the first line back; the seller agrees."""
    by = parcel.seller.user
    return answer_return(one=ask(parcel, count), agrees=True, answer="", by=by, at=clock.now())


def test_an_order_waits_in_escrow_until_nobody_may_send_it_back(time: Time) -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada)
    order = bought(vera, (shirt, 1))
    assert (order.amount, order.paid.tax) == (euros("29.75"), euros("4.75"))
    assert (waiting_in(order), stock(shirt)) == (euros("25"), 4)
    payment = Payment.objects.get(pk=order.pk)
    posted = entry(id=sale_of(payment).entry_id)
    assert (posted.kind, posted.reference) == ("order_paid", f"order:{order.pk}")
    assert [paper.kind for paper in receipts_of(payment)] == ["receipt"]
    assert access_payment(user=vera, payment_id=order.pk) == payment
    parcel = arrive(order)
    run()
    assert (parcel.state, pending(ada)) == ("delivered", NOTHING)
    time.go(1, 10)
    assert (run(), run()) == (1, 0)
    # of 29.75, 25.85 are goods: 21.722689 without tax, of which 9 % is the commission
    assert (waiting_in(order), held(REVENUE)) == (NOTHING, Money(1_955_043, "EUR"))
    assert pending(ada) == euros("25") - held(REVENUE)
    assert parcel_of(order).state == "earned"
    assert any("DHL, number 00340" in said for said in evidence_lines(payment))
    assert check_books() == []


def test_who_cancels_before_it_is_sent_gets_all_back_and_the_piece_is_sold_again(
    time: Time,
) -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada, stock=1)
    order = bought(vera, (shirt, 1))
    one = cancel_parcel(parcel=parcel_of(order), why="Changed my mind", by=vera, at=time.now)
    again = cancel_parcel(parcel=parcel_of(order), why="Changed my mind", by=vera, at=time.now)
    assert (one, stock(shirt), waiting_in(order)) == (again, 1, euros("25"))
    assert (run(), run()) == (1, 0)
    assert (payment_of(order).status, waiting_in(order)) == ("refunded", NOTHING)
    assert (parcel_of(order).state, pending(ada), held(REVENUE)) == ("cancelled", NOTHING, NOTHING)
    assert check_books() == []
    other = bought(vera, (shirt, 1))
    shipped(other)
    with pytest.raises(TooLateToCancel):
        cancel_parcel(parcel=parcel_of(other), why="No", by=vera, at=time.now)


def test_what_is_not_sent_in_time_is_paid_back_by_itself(time: Time) -> None:
    order = bought(make_user("Vera"), (make_goods(make_seller()), 1))
    time.go(1, 1)
    run()
    assert payment_of(order).status == "refunded"
    assert (parcel_of(order).state, waiting_in(order)) == ("cancelled", NOTHING)
    assert check_books() == []


def test_one_of_three_goes_back_with_its_price_and_the_last_with_the_shipping() -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada, "10")
    order = bought(vera, (shirt, 3))
    parcel = arrive(order)
    back(parcel)
    run()
    assert (payment_of(order).status, stock(shirt)) == ("partly_refunded", 3)
    assert check_books() == []
    back(parcel, 2)
    run()
    assert (payment_of(order).status, waiting_in(order)) == ("refunded", NOTHING)
    assert (pending(ada), held(REVENUE)) == (NOTHING, NOTHING)
    assert (parcel_of(order).state, stock(shirt)) == ("cancelled", 5)
    assert check_books() == []


def test_a_return_is_refused_too_late_twice_or_of_nothing(time: Time) -> None:
    order = bought(make_user("Vera"), (make_goods(make_seller(), "10"), 2))
    parcel = parcel_of(order)
    with pytest.raises(TooLateToReturn):  # it has not arrived
        ask(parcel)
    arrive(order)
    for wrong in (0, 3, -1):
        with pytest.raises(NothingToReturn):
            ask(parcel, wrong)
    one = ask(parcel)
    with pytest.raises(ReturnIsOpen):
        ask(parcel)
    by = parcel.seller.user
    answer_return(one=one, agrees=True, answer="", by=by, at=time.now)
    with pytest.raises(ReturnIsSettled):
        answer_return(one=one, agrees=True, answer="", by=by, at=time.now)
    time.go(1, 10)
    with pytest.raises(TooLateToReturn):
        ask(parcel)
    assert check_books() == []


def test_an_open_return_keeps_it_from_being_earned_and_silence_agrees(time: Time) -> None:
    ada = make_seller()
    order = bought(make_user("Vera"), (make_goods(ada), 1))
    ask(arrive(order))
    time.go(1, 10)
    run()
    assert payment_of(order).status == "refunded"
    assert (parcel_of(order).state, pending(ada)) == ("cancelled", NOTHING)
    assert (waiting_in(order), check_books()) == (NOTHING, [])


def test_an_operators_refund_of_earned_goods_is_given_by_whoever_earned_them(time: Time) -> None:
    ada, bob = make_seller(), make_act("Bob")
    shirt = make_goods(ada, affiliate_bp=1_000)
    click = Click(shirt.product_id, bob.video_id, 1_000, time.now)
    order = bought(make_user("Vera"), (shirt, 1), click=click)
    earn(order, time)
    had = [pending(ada), pending(bob.creator), held(REVENUE)]
    assert had[1] == Money(2_172_268, "EUR")
    assert check_books() == []
    olga = make_operator()
    half = Refund(uuid4(), order.pk, euros("14.87"), "Half of it was torn")
    refund_payment(operator=olga, refund=half, at=clock.now())
    payment_of(order)
    left = [pending(ada), pending(bob.creator), held(REVENUE)]
    assert waiting_in(order) == NOTHING
    for was, now in zip(had, left, strict=True):
        assert abs(2 * now.micros - was.micros) <= 30_000  # half, but for whole cents of tax
    assert check_books() == []
    rest = Refund(uuid4(), order.pk, euros("14.88"), "And the other half")
    refund_payment(operator=olga, refund=rest, at=clock.now())
    payment_of(order)
    assert [pending(ada), pending(bob.creator), held(REVENUE)] == [NOTHING] * 3
    assert (waiting_in(order), check_books()) == (NOTHING, [])


def bank(order: Order, kind: FactKind, *, amount: Money | None = None) -> None:
    """Let the bank say something of an order's payment."""
    nothing = Money.zero(order.currency)
    fact = Fact(kind, "dp_1", order.amount if amount is None else amount, nothing, clock.now())
    payment = Payment.objects.get(pk=order.pk)
    record_facts(payment_id=order.pk, answer=Answer(ref=payment.ref, facts=(fact,)), at=clock.now())


@pytest.mark.parametrize("is_earned_first", [True, False])
def test_a_refund_and_a_dispute_in_any_order_take_it_once_and_a_won_one_is_undone(
    time: Time, *, is_earned_first: bool
) -> None:
    """Bug 10 of our peers: a dispute and a refund of the same money were deducted twice."""
    ada, vera = make_seller(), make_user("Vera")
    order = bought(vera, (make_goods(ada, "10"), 2))
    back(arrive(order))
    run()
    payment_of(order)
    if is_earned_first:
        time.go(1, 10)
        run()
    had = (pending(ada), held(REVENUE), waiting_in(order))
    assert bool(had[0]) == is_earned_first
    bank(order, FactKind.DISPUTED)  # of all, though a half went back: the excess is our loss
    run()
    assert (pending(ada), held(REVENUE), waiting_in(order)) == (NOTHING, NOTHING, NOTHING)
    assert check_books() == []
    bank(order, FactKind.DISPUTE_WON)
    run()
    assert (pending(ada), held(REVENUE), waiting_in(order)) == had
    assert check_books() == []


def test_while_a_bank_disputes_it_nothing_is_earned_or_paid_back(time: Time) -> None:
    ada = make_seller()
    order = bought(make_user("Vera"), (make_goods(ada), 1))
    ask(arrive(order))
    bank(order, FactKind.DISPUTED, amount=euros("10"))
    time.go(1, 10)
    run()  # the seller's silence agrees, but the bank has a part of the money
    assert Return.objects.get().refunded_at is None
    assert check_books() == []
    bank(order, FactKind.DISPUTE_LOST, amount=euros("10"))
    run()
    assert (payment_of(order).status, waiting_in(order)) == ("dispute_lost", NOTHING)
    assert Return.objects.get().refunded_at == time.now
    assert (pending(ada), check_books()) == (NOTHING, [])


def test_what_was_earned_in_a_closed_period_is_taken_by_its_correction(time: Time) -> None:
    ada = make_seller()
    order = bought(make_user("Vera"), (make_goods(ada), 1))
    earn(order, time)
    time.go(2, 10)
    make_close(name="2027-01", at=time.now)
    assert check_books() == []
    bank(order, FactKind.DISPUTED)
    assert (waiting_in(order), check_books()) == (NOTHING, [])
    bank(order, FactKind.DISPUTE_WON)
    line = OrderLine.objects.filter(parcel__order=order).order_by("pk")[0]
    assert (line.parcel.period, line.booked_micros) == ("2027-02", line.net_micros)
    assert (waiting_in(order), check_books()) == (NOTHING, [])


def test_two_sellers_are_paid_once_and_what_goes_back_is_its_sellers(time: Time) -> None:
    ada, eve, vera = make_seller(), make_seller("Eve", shipping="0"), make_user("Vera")
    order = bought(vera, (make_goods(ada, "10.01"), 1), (make_goods(eve, "20.03"), 1))
    assert order.amount == euros("33.94")
    for one in shipped(order):
        confirm_arrival(parcel=one, at=time.now)
    back(order.parcels.select_related("seller__user").get(seller=eve))
    time.go(1, 10)
    run()
    payment_of(order)
    assert (waiting_in(order), pending(eve)) == (NOTHING, NOTHING)
    assert pending(ada) > euros("10")
    assert check_books() == []


def test_a_refund_that_the_card_company_refuses_is_earned_again(time: Time) -> None:
    ada = make_seller()
    order = bought(make_user("Vera"), (make_goods(ada), 1))
    earn(order, time)
    had = (pending(ada), held(REVENUE), waiting_in(order))
    asking = Refund(uuid4(), order.pk, euros("10"), "A scratch")
    payment = Payment.objects.get(pk=order.pk)
    Payment.objects.filter(pk=payment.pk).update(ref="unknown_there")
    with pytest.raises(ProviderRefused):
        refund_payment(operator=make_operator(), refund=asking, at=time.now)
    assert (waiting_in(order) == NOTHING, check_books()) == (False, [])
    assert (run(), run()) == (1, 0)
    assert (pending(ada), held(REVENUE), waiting_in(order)) == had
    assert check_books() == []


def test_a_refund_of_a_return_that_is_refused_is_asked_again_and_not_for_ever(time: Time) -> None:
    order = bought(make_user("Vera"), (make_goods(make_seller()), 1))
    ref = Payment.objects.get(pk=order.pk).ref
    Payment.objects.filter(pk=order.pk).update(ref="unknown_there")
    one = cancel_parcel(parcel=parcel_of(order), why="No", by=order.buyer, at=time.now)
    for _ in range(2):
        assert not pay_back(return_id=one.pk, at=time.now)
    Payment.objects.filter(pk=order.pk).update(ref=ref)
    assert (run(), run()) == (1, 0)
    assert pay_back(return_id=one.pk, at=time.now)  # and nothing more is asked for
    assert payment_of(order).status == "refunded"
    assert (waiting_in(order), check_books()) == (NOTHING, [])
    other = bought(make_user("Walt"), (make_goods(make_seller("Eve")), 1))
    Payment.objects.filter(pk=other.pk).update(ref="unknown_there")
    two = cancel_parcel(parcel=parcel_of(other), why="No", by=other.buyer, at=time.now)
    for _ in range(7):
        assert not pay_back(return_id=two.pk, at=time.now)
    assert Payment.objects.get(pk=other.pk).attempts.filter(verb="refund").count() == 5
    assert (waiting_in(other), check_books()) == (other.paid.net, [])


def test_what_the_clock_does_it_does_once_and_not_too_early(time: Time) -> None:
    ada = make_seller()
    order = bought(make_user("Vera"), (make_goods(ada), 1))
    assert not _release(order.pk, at=time.now)
    arrive(order)
    assert not _go_on(parcel_of(order).pk, at=time.now)
    time.go(12, 14)
    time.now = time.now.replace(year=2026)
    one = ask(parcel_of(order))
    assert not agree_by_silence(return_id=one.pk, at=time.now)
    time.now += dt.timedelta(days=2)
    assert (run(), pending(ada)) == (0, NOTHING)  # it would be earned, but is asked back
    assert ask_again(one, order) == one
    take_return(one=one, at=time.now)
    bank(order, FactKind.DISPUTED, amount=euros("1"))
    assert run() == 0  # it would be earned, but a bank disputes it
    bank(order, FactKind.DISPUTE_LOST, amount=euros("1"))
    assert run() == 1
    assert (waiting_in(order), check_books()) == (NOTHING, [])


def ask_again(one: Return, order: Order) -> Return:
    """Send the same form twice."""
    parcel = parcel_of(order)
    pieces = {parcel.lines.order_by("pk")[0].pk: 1}
    return ask_return(parcel=parcel, pieces=pieces, why="Again", return_id=one.pk, at=clock.now())


def test_an_operator_may_refuse_a_return_and_it_is_earned(time: Time) -> None:
    ada = make_seller()
    order = bought(make_user("Vera"), (make_goods(ada), 1))
    one, by = ask(arrive(order)), ada.user
    answer_return(one=one, agrees=False, answer="Worn", by=by, at=time.now)
    contest_return(one=one, at=time.now)
    olga = make_operator()
    decide_return(operator=olga, one=one, agrees=False, reason="It was worn", at=time.now)
    time.go(1, 10)
    run()
    assert (parcel_of(order).state, waiting_in(order)) == ("earned", NOTHING)


def test_the_books_find_an_order_that_is_not_booked_as_it_says(time: Time) -> None:
    order = bought(make_user("Vera"), (make_goods(make_seller()), 1))
    earn(order, time)
    line = OrderLine.objects.filter(parcel__order=order).order_by("pk")[0]
    OrderLine.objects.filter(pk=line.pk).update(booked_micros=1)
    told = [(one.row, one.sentence.partition(" ")[0]) for one in check_books()]
    assert told == [(f"account:{order.account}", "0"), (f"order:{order.pk}", "its")]
    OrderLine.objects.filter(pk=line.pk).update(booked_micros=line.booked_micros)
    other = bought(make_user("Walt"), (make_goods(make_seller("Eve")), 1))
    Order.objects.filter(pk=other.pk).update(paid_at=None)
    [found] = check_books()
    assert "for an order that was not paid" in found.sentence
