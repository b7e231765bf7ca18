"""Carts and orders: what is reserved, what is refused, and what a late payment finds."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest

from takings.core import clock
from takings.ledger.queries import check_books
from takings.money import Money
from takings.payments.actions import PaymentIdTaken
from takings.payments.models import Payment
from takings.payments.queries import sold_of
from takings.people.models import User
from takings.shop import jobs
from takings.shop.actions import (
    Checkout,
    OrderByCard,
    archive_product,
    confirm_arrival,
    place_order,
    put_into_cart,
    review_goods,
    ship_parcel,
    take_from_cart,
    withdraw_variant,
)
from takings.shop.actions.fetching import (
    NothingArrived,
    TooManyDownloads,
    fetch_file,
)
from takings.shop.actions.ordering import (
    AddressNeeded,
    BadCount,
    CartIsEmpty,
    NotOnSale,
    NotPaidYet,
    NotSentThere,
    SoldOut,
    TotalChanged,
)
from takings.shop.actions.sending import NotOnItsWay, NotToBeSent
from takings.shop.models import CartLine, Download, Order, Parcel, Variant
from takings.shop.queries.carts import baskets_of
from takings.shop.queries.orders import NoSuchOrder, orders_of, waiting_in
from takings.shop.rules.catalogue import Kind
from takings.shop.rules.clicks import Click, read_click, sign_click
from tests.make.passes import Time
from tests.make.payments import PAYS, asked, pay
from tests.make.people import make_user
from tests.make.settlement import make_act
from tests.make.shop import (
    ADDRESS,
    bought,
    checkout,
    euros,
    make_goods,
    make_seller,
    ordered,
    run,
    shipped,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def stock(variant: Variant) -> int | None:
    return Variant.objects.get(pk=variant.pk).stock


def put(user: User, variant: Variant, quantity: int = 1, *, click: Click | None = None) -> CartLine:
    return put_into_cart(user=user, variant=variant, quantity=quantity, click=click, at=clock.now())


def test_pieces_are_kept_for_a_payer_for_half_an_hour(time: Time) -> None:
    shirt, vera = make_goods(make_seller(), stock=1), make_user("Vera")
    payment = ordered(vera, (shirt, 1))
    assert stock(shirt) == 0
    put(make_user("Walt"), shirt)
    with pytest.raises(SoldOut, match="“Shirt”: 0 left"):
        place_order(
            checkout=checkout(CartLine.objects.get(user__display_name="Walt").user), at=time.now
        )
    time.now += dt.timedelta(minutes=29)
    assert run() == 0
    time.now += dt.timedelta(minutes=1)
    jobs.run_parcels()
    assert (run(), stock(shirt)) == (0, 1)
    assert Order.objects.get(pk=payment.pk).released_at == time.now


def test_who_left_the_card_page_is_led_back_to_the_order_that_keeps_the_pieces(time: Time) -> None:
    shirt, vera = make_goods(make_seller(), stock=1), make_user("Vera")
    first = ordered(vera, (shirt, 1))
    with pytest.raises(NotPaidYet, match="is kept for you in Order"):
        place_order(checkout=checkout(vera), at=clock.now())
    assert [one.pk for one in orders_of(user=vera)] == [first.pk]
    time.now += dt.timedelta(minutes=31)
    jobs.run_parcels()
    assert not orders_of(user=vera)
    assert place_order(checkout=checkout(vera), at=clock.now()).pk != first.pk


@pytest.mark.parametrize("is_there", [True, False])
def test_a_payment_that_comes_too_late_finds_its_pieces_or_is_given_back(
    time: Time, *, is_there: bool
) -> None:
    shirt = make_goods(make_seller(), stock=1)
    late, early = make_user("Late"), make_user("Early")
    payment = ordered(late, (shirt, 1))
    time.now += dt.timedelta(hours=1)
    run()
    if not is_there:
        bought(early, (shirt, 1))
    pay(payment, PAYS)
    asked(payment)
    run()
    payment = asked(payment)
    order = Order.objects.get(pk=payment.pk)
    told = ("succeeded", "to_ship", 0) if is_there else ("refunded", "cancelled", 0)
    assert (payment.status, order.parcels.get().state, stock(shirt)) == told
    assert (waiting_in(order) == euros("0")) != is_there
    assert CartLine.objects.filter(user=late).exists() != is_there
    assert check_books() == []


def test_what_cannot_be_ordered_is_refused_and_nothing_is_kept(time: Time) -> None:
    seller, vera = make_seller(), make_user("Vera")
    shirt = make_goods(seller)
    for count in (0, 100):
        with pytest.raises(BadCount):
            put(vera, shirt, count)
    line = put(vera, shirt)
    assert str(line) == "1 × Shirt"
    good = checkout(vera)
    wrongs: list[tuple[Checkout, type[CartIsEmpty | AddressNeeded | NotSentThere | TotalChanged]]]
    wrongs = [
        (replace(good, is_digital=True), CartIsEmpty),
        (replace(good, to=" "), AddressNeeded),
        (replace(good, country="US"), NotSentThere),
        (replace(good, shown=euros("1")), TotalChanged),
        (replace(good, shown=Money.parse("29.75", "USD")), CartIsEmpty),
    ]
    for wrong, refusal in wrongs:
        with pytest.raises(refusal):
            place_order(checkout=wrong, at=time.now)
    assert (Order.objects.count(), Payment.objects.count(), stock(shirt)) == (0, 0, 5)
    payment = place_order(checkout=good, at=time.now)
    assert place_order(checkout=good, at=time.now) == payment
    assert sold_of(payment).customer.party.address == "Hafenstraße 1\n20457 Hamburg"
    assert stock(shirt) == 4
    with pytest.raises(PaymentIdTaken):
        place_order(checkout=replace(good, user=make_user("Mallory")), at=time.now)
    take_from_cart(user=vera, variant=make_goods(seller))  # it is not in there
    withdraw_variant(variant=shirt)
    assert baskets_of(user=vera, country="DE") == []
    shirt.refresh_from_db()
    with pytest.raises(NotOnSale):
        put(vera, shirt)
    other = make_goods(seller)
    archive_product(product=other.product)
    other.product.refresh_from_db()
    with pytest.raises(NotOnSale):
        put(vera, other)


def test_what_is_sent_and_what_is_downloaded_are_two_orders(time: Time) -> None:
    seller, vera = make_seller(shipping="0"), make_user("Vera")
    shirt, waves = make_goods(seller), make_goods(seller, "5", kind=Kind.DIGITAL, stock=None)
    put(vera, shirt)
    put(vera, waves)
    assert [one.is_digital for one in baskets_of(user=vera, country="DE")] == [False, True]
    one = place_order(checkout=checkout(vera, is_digital=True), at=time.now)
    assert (one.amount, sold_of(one).product) == (euros("5"), "digital")
    two = place_order(checkout=checkout(vera), at=time.now)
    assert (two.amount, sold_of(two).product) == (euros("25.85"), "goods")
    parcel = Parcel.objects.get(order=two.pk)
    assert parcel.lines.count() == 1  # free shipping is no line
    with pytest.raises(NotToBeSent, match="not paid"):
        ship_parcel(parcel=parcel, carrier="DHL", tracking="1", by=seller.user, at=time.now)
    with pytest.raises(NotOnItsWay):
        confirm_arrival(parcel=parcel, at=time.now)


def test_a_parcel_is_sent_and_arrives_once(time: Time) -> None:
    order = bought(make_user("Vera"), (make_goods(make_seller()), 1))
    shipped(order)
    [parcel] = shipped(order)
    seller = parcel.seller.user
    with pytest.raises(NotToBeSent):
        ship_parcel(parcel=parcel, carrier="UPS", tracking="2", by=seller, at=time.now)
    for _ in range(2):
        parcel = confirm_arrival(parcel=parcel, at=time.now)
    assert [step.words for step in parcel.steps.all()] == [
        "Paid",
        "Sent by DHL, number 00340",
        "The buyer has it",
    ]
    other = bought(make_user("Walt"), (make_goods(make_seller("Eve")), 1))
    shipped(other)
    time.now += 10 * DAY
    assert (run(), run()) == (1, 0)  # without a word it counts as arrived
    assert other.parcels.get().state == "delivered"


def test_the_click_counts_for_thirty_days_and_for_the_goods_it_was_on(time: Time) -> None:
    ada, bob, vera = make_seller(), make_act("Bob"), make_user("Vera")
    shirt, other = make_goods(ada, affiliate_bp=1_000), make_goods(ada, affiliate_bp=1_000)
    click = Click(shirt.product_id, bob.video_id, 1_000, time.now)
    assert read_click(sign_click(click, key="k"), key="k") == click
    for token in (sign_click(click, key="other"), "", "no token", sign_click(click, key="k")[:-4]):
        assert read_click(token, key="k") is None

    def counts(product_id: object, after: dt.timedelta) -> bool:
        at = time.now + after
        return click.counts(product_id=product_id, at=at, window=30 * DAY)  # type: ignore[arg-type]

    assert [counts(shirt.product_id, after) for after in (0 * DAY, 30 * DAY, 31 * DAY, -DAY)] == [
        True,
        True,
        False,
        False,
    ]
    assert not counts(other.product_id, DAY)
    put(vera, shirt, click=click)
    time.now += 31 * DAY
    payment = place_order(checkout=checkout(vera), at=time.now)
    line = Parcel.objects.get(order=payment.pk).lines.order_by("pk")[0]
    assert (line.affiliate, line.video) == (None, None)


def test_nobody_gets_a_part_of_what_they_buy_themselves_or_sell_themselves(time: Time) -> None:
    bob, vera = make_act("Bob"), make_user("Vera")
    ada = make_seller()
    shirt, own = make_goods(ada, affiliate_bp=1_000), make_act("Own")
    mine = bought(
        bob.creator.user, (shirt, 1), click=Click(shirt.product_id, bob.video_id, 1_000, time.now)
    )
    [line, _] = mine.parcels.get().lines.order_by("pk")
    assert (line.affiliate, line.video_id) == (None, bob.video_id)
    free = bought(vera, (shirt, 1), click=Click(shirt.product_id, own.video_id, 0, time.now))
    assert free.parcels.get().lines.order_by("pk")[0].affiliate is None


def test_an_american_sellers_refund_fee_is_kept_with_the_line_in_its_currency(time: Time) -> None:
    seller = make_seller(country="US", shipping="1")
    seller.shop.world_micros = 1_000_000
    seller.shop.save()
    shirt, vera = make_goods(seller), make_user("Vera")
    put(vera, shirt)
    payment = place_order(checkout=checkout(vera), at=time.now)
    line = Parcel.objects.get(order=payment.pk).lines.order_by("pk")[0]
    fee = (line.commission_bp, line.refund_fee_bp, line.refund_fee_cap_micros)
    assert fee == (600, 2_000, None)  # the most is said in dollars


def test_a_file_is_fetched_twenty_times_and_what_has_not_arrived_is_not_reviewed(
    time: Time,
) -> None:
    seller, vera = make_seller(), make_user("Vera")
    waves = make_goods(seller, "5", kind=Kind.DIGITAL, stock=None)
    [line] = bought(vera, (waves, 1), is_digital=True).parcels.get().lines.all()
    for _ in range(20):
        assert fetch_file(line=line, at=time.now).read_bytes() == b"waves"
    with pytest.raises(TooManyDownloads):
        fetch_file(line=line, at=time.now)
    assert str(Download.objects.all()[0]) == "1 × Shirt"
    shirt = bought(vera, (make_goods(seller), 1)).parcels.get().lines.order_by("pk")[0]
    with pytest.raises(NothingArrived):
        review_goods(line=shirt, stars=5, words="", at=time.now)


def test_only_its_buyer_sees_the_payment_of_an_order(time: Time) -> None:  # noqa: ARG001 - must be there
    order = bought(make_user("Vera"), (make_goods(make_seller()), 1))
    purpose, subject = OrderByCard(), f"order:{order.pk}"
    purpose.access(subject, user=order.buyer)
    for wrong in (subject, f"order:{uuid4()}"):
        with pytest.raises(NoSuchOrder):
            purpose.access(wrong, user=make_user("Mallory"))
    assert order.to == ADDRESS
