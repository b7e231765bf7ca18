"""Codes: what they take off each line, for whom, until when, and what comes back of it."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from takings.core import clock
from takings.core.errors import Refusal
from takings.ledger.queries import check_books
from takings.money import Money, Rate
from takings.payments.models import Payment
from takings.people.models import Creator, User
from takings.shop import jobs
from takings.shop.actions import (
    answer_return,
    ask_return,
    confirm_arrival,
    make_discount,
    place_order,
    put_into_cart,
    stop_discount,
)
from takings.shop.actions.discounts import CodeTaken
from takings.shop.models import Discount, Order, Parcel, Variant
from takings.shop.queries.carts import basket_of, discounted
from takings.shop.queries.discounts import CodeDoesNotCount, discount_for, discounts_of
from takings.shop.queries.orders import amount_of
from takings.shop.rules.discounts import (
    BadCode,
    BadDiscount,
    BadSpan,
    DiscountDraft,
    taken_off,
)
from tests.make.passes import Time
from tests.make.payments import asked, pay
from tests.make.people import make_user
from tests.make.shop import DAY, checkout, euros, make_goods, make_seller, run, shipped

NOON = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
TENTH = DiscountDraft("spring-10", NOON, percent_bp=1_000)
CENT = 10_000


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"code": "ab"}, BadCode),
        ({"code": "no spaces"}, BadCode),
        ({"percent_bp": None}, BadDiscount),
        ({"amount": euros("5")}, BadDiscount),
        ({"percent_bp": 99}, BadDiscount),
        ({"percent_bp": 9_001}, BadDiscount),
        ({"percent_bp": None, "amount": euros("0")}, BadDiscount),
        ({"percent_bp": None, "amount": Money(15_000, "EUR")}, BadDiscount),
        ({"ends_at": NOON}, BadSpan),
        ({"most_uses": 0}, BadSpan),
    ],
)
def test_a_code_that_nobody_could_use_is_refused(
    change: dict[str, object], refusal: type[Refusal]
) -> None:
    TENTH.check()
    with pytest.raises(refusal):
        replace(TENTH, **change).check()  # type: ignore[arg-type]


@given(
    st.dictionaries(st.integers(1, 9), st.integers(1, 10**6), min_size=1),
    st.integers(1, 9_000),
    st.integers(1, 10**7),
)
def test_a_code_takes_whole_cents_and_never_everything(
    cents: dict[int, int], bp: int, amount: int
) -> None:
    prices = {line: Money(one * CENT, "EUR") for line, one in cents.items()}
    given_off = Money(amount * CENT, "EUR")
    by_part = taken_off(prices, percent=Rate.of_bp(bp), amount=None, unit=CENT)
    by_amount = taken_off(prices, percent=None, amount=given_off, unit=CENT)
    for off in (by_part, by_amount):
        assert set(off) == set(prices)
        for line, one in off.items():
            assert 0 <= one.micros <= prices[line].micros - CENT
            assert not one.split_payable()[1]
    room = sum(one - 1 for one in cents.values())
    assert sum(one.micros for one in by_amount.values()) == min(amount, room) * CENT


def test_without_a_part_or_an_amount_nothing_is_taken_off() -> None:
    off = taken_off({1: euros("5")}, percent=None, amount=None, unit=CENT)
    assert off == {1: euros("0")}


def start(user: User, *wanted: tuple[Variant, int], code: str = "Spring-10") -> Order:
    """Put pieces into the cart and order them with a code; nothing is paid yet."""
    for variant, quantity in wanted:
        put_into_cart(user=user, variant=variant, quantity=quantity, click=None, at=clock.now())
    basket = basket_of(user=user, is_digital=False, currency="EUR", country="DE")
    found = discount_for(code, shops=basket.shops, currency="EUR", at=clock.now())
    total = discounted(basket, discount=found).total
    wanted_order = replace(checkout(user), shown=total, code=code)
    payment = place_order(checkout=wanted_order, at=clock.now())
    return Order.objects.get(pk=payment.pk)


def made(seller: Creator, **change: object) -> Discount:
    """Let a shop have a code."""
    draft = replace(TENTH, **change)  # type: ignore[arg-type]
    return make_discount(shop=seller.shop, discount_id=uuid4(), draft=draft)


def paid(order: Order) -> Order:
    """Pay an order by card."""
    pay(Payment.objects.get(pk=order.pk))
    asked(Payment.objects.get(pk=order.pk))
    return Order.objects.get(pk=order.pk)


@pytest.mark.django_db
def test_a_code_is_of_one_shop_and_what_it_took_off_never_comes_back(time: Time) -> None:
    ada, cleo, vera = make_seller(), make_seller("Cleo"), make_user("Vera")
    tenth = made(ada)
    order = paid(start(vera, (make_goods(ada, "10.05"), 3), (make_goods(cleo, "20"), 1)))
    parcel = Parcel.objects.get(order=order, seller=ada)
    line = parcel.lines.order_by("pk")[0]
    assert (line.off, line.gross) == (euros("3.01"), euros("27.14"))
    assert order.amount == euros("54.94"), "27.14 and 20, and 3.90 for each parcel"
    assert [one.discount for one in order.parcels.order_by("seller_id")] == [tenth, None]
    [usage] = discounts_of(shop=ada.shop)
    assert (usage.count, usage.off, usage.is_open(at=time.now)) == (1, euros("3.01"), True)
    for one in shipped(order):
        confirm_arrival(parcel=one, at=clock.now())
    back = [
        ask_return(parcel=parcel, pieces={line.pk: 1}, why="Small", return_id=uuid4(), at=time.now)
    ]
    answer_return(one=back[0], agrees=True, answer="", by=ada.user, at=time.now)
    assert amount_of(back[0]) == euros("9.04"), "a third of what was paid, in whole cents"
    time.now += 15 * DAY
    run()
    assert not check_books()


@pytest.mark.django_db
def test_a_code_counts_in_its_time_and_for_the_first_who_name_it(time: Time) -> None:
    ada, vera = make_seller(), make_user("Vera")
    shirt = make_goods(ada, stock=9)
    day = dt.timedelta(days=1)
    five = made(
        ada,
        percent_bp=None,
        amount=euros("5"),
        most_uses=1,
        starts_at=time.now,
        ends_at=time.now + day,
    )
    assert str(five) == "SPRING-10"
    with pytest.raises(CodeTaken):
        made(ada)
    again = replace(TENTH, code="other")
    assert make_discount(shop=ada.shop, discount_id=five.pk, draft=again) == five
    order = start(vera, (shirt, 1))
    assert order.amount == euros("24.75"), "25.85 less 5, and 3.90 to send it"
    with pytest.raises(CodeDoesNotCount, match="used as often as it may be"):
        start(make_user("Walt"), (shirt, 1))
    time.now += dt.timedelta(minutes=31)
    jobs.run_parcels()
    start(make_user("Xena"), (shirt, 1))
    for code, why in (("nothing", "is of no shop in your cart"), ("spring-10", "as often")):
        with pytest.raises(CodeDoesNotCount, match=why):
            start(vera, (shirt, 1), code=code)
    time.now += day
    with pytest.raises(CodeDoesNotCount, match="is over"):
        start(vera, (shirt, 1))
    later = made(ada, code="later", starts_at=time.now + day)
    with pytest.raises(CodeDoesNotCount, match="does not count yet"):
        start(vera, (shirt, 1), code="later")
    stop_discount(discount=later, at=time.now)
    time.now += 2 * day
    with pytest.raises(CodeDoesNotCount, match="is over"):
        start(vera, (shirt, 1), code="later")
