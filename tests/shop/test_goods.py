"""Goods: what cannot be sold is refused by name, and pictures are drawn anew."""

import io
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from takings.core.errors import Refusal
from takings.money import Money
from takings.shop.actions import (
    offer_product,
    open_shop,
    review_product,
    save_product,
    save_variant,
    set_file,
    tag_product,
    untag_product,
)
from takings.shop.actions.catalogue import (
    CurrencyStays,
    NothingToSell,
    NotWaiting,
    ProductFileTooLarge,
    ShelfIsFull,
    ShopDraft,
    TooManyVariants,
    TraderNeeded,
    VariantNameTaken,
)
from takings.shop.models import Product, Shop, Tag
from takings.shop.queries.catalogue import NoShop, may_tag, shelf, shop_of
from takings.shop.rules.catalogue import (
    BadPicture,
    BadPrice,
    BadStock,
    Kind,
    PictureTooLarge,
    ProductDraft,
    ProductNeedsWords,
    ShippingPrices,
    VariantDraft,
    redraw,
)
from takings.videos.actions import disclose, disclose_nothing, force_disclosure
from takings.videos.actions.disclosing import DisclosureStays
from takings.videos.models import Disclosed, Disclosure, Video
from takings.videos.queries import disclosure_of
from tests.make.audience import make_post
from tests.make.passes import Time
from tests.make.people import make_creator, make_operator
from tests.make.settlement import make_act
from tests.make.shop import euros, make_followers, make_goods, make_seller, make_shop, picture

TEE = VariantDraft("", "", Money.parse("10", "EUR"), 3)
SHIRT = ProductDraft("Shirt", "Soft", Kind.PHYSICAL)


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (replace(TEE, price=euros("0")), BadPrice),
        (replace(TEE, price=euros("10000.01")), BadPrice),
        (replace(TEE, price=Money(1, "EUR")), BadPrice),
        (replace(TEE, stock=-1), BadStock),
        (replace(TEE, stock=100_001), BadStock),
        (replace(SHIRT, title=" "), ProductNeedsWords),
        (replace(SHIRT, about=""), ProductNeedsWords),
        (replace(SHIRT, title="x" * 81), ProductNeedsWords),
        (replace(SHIRT, about="x" * 2_001), ProductNeedsWords),
    ],
)
def test_what_nobody_could_buy_is_refused(
    draft: VariantDraft | ProductDraft, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        draft.check()
    replace(TEE, stock=None).check()
    SHIRT.check()


def test_a_picture_is_drawn_anew_and_small_and_what_is_none_is_refused() -> None:
    whole = Image.open(io.BytesIO(redraw(picture("JPEG", (2_400, 1_200)))))
    assert (whole.format, whole.size) == ("WEBP", (1_200, 600))
    assert whole.getexif() == {}
    for wrong in (b"", b"<svg/>", picture()[:60], picture("BMP"), picture("PNG", (8_000, 5_001))):
        with pytest.raises(BadPicture):
            redraw(wrong)
    with pytest.raises(PictureTooLarge):
        redraw(b"x" * (10 * 2**20 + 1))


@pytest.mark.django_db
def test_a_shop_says_who_sells_and_keeps_its_currency(time: Time) -> None:
    ada = make_seller()
    good = ShopDraft("EUR", "DE", "Ada", ShippingPrices(euros("1"), None, None))
    wrongs: list[tuple[dict[str, Any], type[Refusal]]] = [
        ({"trader": " "}, TraderNeeded),
        ({"trader": "x" * 301}, TraderNeeded),
        ({"shipping": ShippingPrices(Money(1, "EUR"), None, None)}, BadPrice),
        ({"shipping": ShippingPrices(None, euros("-1"), None)}, BadPrice),
    ]
    for wrong, refusal in wrongs:
        with pytest.raises(refusal):
            open_shop(seller=ada, draft=replace(good, **wrong), at=time.now)
    open_shop(seller=ada, draft=good, at=time.now)
    shop = Shop.objects.get()
    assert (shop.trader, shop.home_micros, shop.eu_micros) == ("Ada", 1_000_000, None)
    make_goods(ada)
    with pytest.raises(CurrencyStays):
        open_shop(seller=ada, draft=replace(good, currency="USD"), at=time.now)
    with pytest.raises(NoShop):
        shop_of(seller=make_creator("New"))
    assert [str(one) for one in (shop, Product.objects.get())] == [f"Shop of {ada}", "Shirt"]


@pytest.mark.django_db
def test_goods_have_variants_of_their_own_names_and_are_looked_at(time: Time) -> None:
    ada, olga = make_seller(), make_operator()
    shirt = make_goods(ada, stock=None)
    product = shirt.product
    with pytest.raises(VariantNameTaken):
        save_variant(product=product, variant_id=uuid4(), draft=TEE)
    for number in range(49):
        save_variant(product=product, variant_id=uuid4(), draft=replace(TEE, name=str(number)))
    with pytest.raises(TooManyVariants):
        save_variant(product=product, variant_id=uuid4(), draft=replace(TEE, name="L"))
    assert product.price_words == "from €10.00"
    assert offer_product(product=product).state == "active"  # it is on sale already
    with pytest.raises(NotWaiting):
        review_product(operator=olga, product=product, accepts=True, reason="", at=time.now)
    same = ProductDraft("Shirt", "Soft, with a wave on it.", Kind.PHYSICAL, 500)
    changed = replace(same, title="Shirt 2")
    for draft, state in ((same, "active"), (changed, "draft")):
        one = save_product(shop=ada.shop, product_id=product.pk, draft=draft, at=time.now)
        assert one.state == state
    waves = save_product(
        shop=ada.shop, product_id=uuid4(), draft=replace(SHIRT, kind=Kind.DIGITAL), at=time.now
    )
    save_variant(product=waves, variant_id=uuid4(), draft=TEE)
    with pytest.raises(NothingToSell):  # there is no file
        offer_product(product=waves)
    for size in (0, 200 * 2**20 + 1):
        with pytest.raises(ProductFileTooLarge):
            set_file(product=waves, name="a", chunks=[], size=size)


@pytest.mark.django_db
def test_a_shelf_holds_ten_and_shows_only_what_is_on_sale(time: Time) -> None:
    act = make_act()
    ada = make_shop(act.creator)
    video = Video.objects.get(pk=act.video_id)
    goods = [make_goods(ada).product for _ in range(11)]
    for one in goods[:10] + goods[:1]:
        tag_product(video=video, product=one, at=time.now)
    with pytest.raises(ShelfIsFull):
        tag_product(video=video, product=goods[10], at=time.now)
    assert [tag.product for tag in shelf(video_id=video.pk)] == goods[:10]
    assert all(tag.is_own for tag in Tag.objects.all())
    Product.objects.filter(pk=goods[0].pk).update(state="declined")
    assert len(shelf(video_id=video.pk)) == 9
    assert set(may_tag(creator=ada)) == set(goods[1:])
    assert str(Tag.objects.all()[0]) == f"{goods[0].pk} in {video.pk}"


@pytest.mark.django_db
def test_a_video_that_earns_by_goods_of_others_says_so_itself(time: Time) -> None:
    bob, ada = make_creator("Bob"), make_seller()
    make_followers(bob)
    shirt, own = make_goods(ada, affiliate_bp=1_000).product, make_goods(make_shop(bob)).product
    draft, shown, sold = (make_post(bob, at=time.now) for _ in range(3))
    Video.objects.filter(pk=draft.pk).update(published_at=None)
    deal = force_disclosure(video_id=sold.pk, partner="Northwind", at=time.now)
    disclose(video_id=draft.pk, kind=Disclosed.OWN, partner="", at=time.now)
    for video in (draft, shown, sold):
        tag_product(video=video, product=own, at=time.now)
        tag_product(video=video, product=shirt, at=time.now)
    assert str(disclosure_of(shown)) == f"I earn by links or codes in it: {ada.name}"
    assert disclosure_of(sold) == deal
    with pytest.raises(DisclosureStays, match="goods it shows ask for it"):
        disclose_nothing(video_id=draft.pk)
    for video in (draft, shown, sold):
        untag_product(video=video, product=own)
    assert Disclosure.objects.count() == 3
    for video in (draft, shown, sold):
        untag_product(video=video, product=shirt)
    assert [disclosure_of(one) is None for one in (draft, shown, sold)] == [True, False, False]
