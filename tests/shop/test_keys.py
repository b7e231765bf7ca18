"""Licence keys: each piece gets one of its own, and without one it is sold out."""

import pytest
from django.test import Client

from takings.shop.actions import (
    add_keys,
    answer_return,
    ask_return,
    offer_product,
    place_order,
    put_into_cart,
    save_variant,
)
from takings.shop.actions.keys import KeyKnown, KeysAreDownloaded
from takings.shop.actions.ordering import SoldOut
from takings.shop.models import LicenceKey, Order, Product, Variant
from takings.shop.rules.catalogue import Kind, VariantDraft
from takings.shop.rules.keys import BadKeys, read_keys
from tests.make.passes import Time
from tests.make.people import make_user
from tests.make.shop import bought, checkout, euros, make_goods, make_seller, ordered, run


@pytest.mark.parametrize(
    "text", ["", " \n", "A\nA", "k" * 201, "a\0b", "\n".join(map(str, range(5_001)))]
)
def test_a_list_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadKeys):
        read_keys(text)


@pytest.mark.django_db
def test_each_piece_gets_its_own_key_and_what_goes_back_is_not_sold_again(time: Time) -> None:
    ada, vera, walt = make_seller(), make_user("Vera"), make_user("Walt")
    game = make_goods(ada, "9", kind=Kind.DIGITAL, stock=7)
    assert add_keys(variant=game, text="AAAA-1\nBBBB-2") == 2
    game.refresh_from_db()
    assert (game.stock, game.has_keys) == (2, True)
    with pytest.raises(KeyKnown, match="BBBB-2"):
        add_keys(variant=game, text="CCCC-3\nBBBB-2")
    paying = ordered(walt, (game, 1), is_digital=True)
    assert add_keys(variant=game, text="CCCC-3") == 1
    game.refresh_from_db()
    assert game.stock == 2, "one of three is kept for who is paying"
    Order.objects.filter(pk=paying.pk).update(reserved_until=time.now)
    run()
    draft = VariantDraft("", "TEE-1", euros("9"), 99)
    assert save_variant(product=game.product, variant_id=game.pk, draft=draft).stock == 3
    order = bought(vera, (game, 2), is_digital=True)
    page = Client()
    page.force_login(vera)
    shown = page.get(f"/shop/orders/{order.pk}/").content.decode()
    assert ("AAAA-1" in shown, "BBBB-2" in shown, "CCCC-3" in shown) == (True, True, False)
    put_into_cart(user=walt, variant=game, quantity=2, click=None, at=time.now)
    with pytest.raises(SoldOut, match="1 left"):
        place_order(checkout=checkout(walt, is_digital=True), at=time.now)
    parcel = order.parcels.get()
    back = ask_return(
        parcel=parcel,
        pieces={parcel.lines.get().pk: 2},
        why="It does not open",
        return_id=order.pk,
        at=time.now,
    )
    answer_return(one=back, agrees=True, answer="", by=ada.user, at=time.now)
    assert Variant.objects.get(pk=game.pk).stock == 1
    assert "AAAA-1" not in page.get(f"/shop/orders/{order.pk}/").content.decode()
    assert [str(one) for one in LicenceKey.objects.filter(line=None)] == ["CCCC…"]


@pytest.mark.django_db
def test_goods_with_keys_need_no_file_and_what_is_sent_has_none(time: Time) -> None:  # noqa: ARG001 - it begins
    ada = make_seller()
    with pytest.raises(KeysAreDownloaded):
        add_keys(variant=make_goods(ada), text="AAAA-1")
    game = make_goods(ada, kind=Kind.DIGITAL, is_sold=False)
    Product.objects.filter(pk=game.product_id).update(file_digest="", state="draft")
    seller, path = Client(), f"/shop/studio/goods/{game.product_id}/keys/"
    seller.force_login(ada.user)
    wrong = seller.post(path, {"id": game.pk, "keys": "A-1\nA-1"})
    assert (wrong.status_code, "none twice" in wrong.content.decode()) == (422, True)
    assert "A-1" in wrong.content.decode(), "nothing that was typed is lost"
    assert seller.post(path, {"id": game.pk, "keys": "A-1\nA-2"}).status_code == 302
    assert offer_product(product=game.product).state == "waiting"
