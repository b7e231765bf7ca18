"""Many act at once: nothing is oversold, and what goes back goes back once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from takings.core.errors import Refusal
from takings.ledger.queries import check_books
from takings.payments.models import Payment
from takings.shop.actions import cancel_parcel, place_order, put_into_cart, ship_parcel
from takings.shop.models import Order, Variant
from takings.shop.queries.orders import waiting_in
from tests.make.passes import Time
from tests.make.payments import asked
from tests.make.people import make_user
from tests.make.shop import bought, checkout, euros, make_goods, make_seller, run

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(acts: list[Callable[[], object]]) -> int:
    """Do all of it at once; return how many were not refused."""

    def do(act: Callable[[], object]) -> bool:
        try:
            act()
        except Refusal:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(do, acts))


def test_of_many_who_want_the_last_two_pieces_two_get_them(time: Time) -> None:
    shirt = make_goods(make_seller(), stock=2)
    wanted = []
    for number in range(5):
        user = make_user(f"Fan{number}")
        put_into_cart(user=user, variant=shirt, quantity=1, click=None, at=time.now)
        wanted.append(checkout(user))
    done = at_once([lambda one=one: place_order(checkout=one, at=time.now) for one in wanted])  # type: ignore[misc]
    assert (done, Order.objects.count(), Variant.objects.get().stock) == (2, 2, 0)


def test_peer_bug_1_a_parcel_is_sent_or_given_back_and_never_both(time: Time) -> None:
    """elizaOS: approve and reject at once paid both sides. Here escrow leaves once."""
    seller = make_seller()
    order = bought(make_user("Vera"), (make_goods(seller), 1))
    parcel, by = order.parcels.get(), order.buyer
    acts: list[Callable[[], object]] = [
        lambda: cancel_parcel(parcel=parcel, why="No", by=by, at=time.now),
        lambda: ship_parcel(
            parcel=parcel, carrier="DHL", tracking="1", by=seller.user, at=time.now
        ),
    ]
    assert at_once(acts) == 1
    run()
    asked(Payment.objects.get(pk=order.pk))
    is_sent = order.parcels.get().state == "shipped"
    assert waiting_in(order) == (order.paid.net if is_sent else euros("0"))
    assert check_books() == []
