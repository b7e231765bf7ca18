"""The shop of the demo world: goods, a fan who ordered some, and videos that show them."""

import datetime as dt
from uuid import UUID

from django.conf import settings

from takings.core import ids
from takings.demo.actions.paying import PAYS, enter_card
from takings.demo.rules.goods import ABOUT, AFFILIATE, GOODS, ORDERS, SELLER, drawn
from takings.money import Money
from takings.people.actions import tell_birth
from takings.people.models import Creator, User
from takings.shop import actions
from takings.shop.models import Order, Product, Variant
from takings.shop.queries.carts import basket_of
from takings.shop.rules.catalogue import Kind, ProductDraft, ShippingPrices, VariantDraft
from takings.videos.models import Status, Video

BORN_ON = dt.date(1991, 3, 14)
CURRENCY = "EUR"


def open_the_shop(*, seller: Creator, operator: User, at: dt.datetime) -> None:
    """Let a creator sell three things; again changes nothing."""
    if Product.objects.exists():
        return
    tell_birth(user=seller.user, born_on=BORN_ON, at=at)
    prices = ShippingPrices(euros("3.90"), euros("7.90"), None)
    trader = f"{seller.name}\nStudio 4, Hafenstraße 1\n20457 Hamburg"
    draft = actions.ShopDraft(CURRENCY, "DE", trader, prices)
    shop = actions.open_shop(seller=seller, draft=draft, at=at)
    for key, title, kind, price, stock, colour in GOODS:
        wanted = ProductDraft(title, ABOUT[key], kind, AFFILIATE)
        product = actions.save_product(shop=shop, product_id=_id(key), draft=wanted, at=at)
        variant = VariantDraft("", key.upper(), euros(price), stock)
        actions.save_variant(product=product, variant_id=_variant_id(key), draft=variant)
        actions.set_picture(product=product, content=drawn(colour))
        if kind is Kind.DIGITAL:
            content = b"In the real world, twelve loops."
            actions.set_file(product=product, name="loops.zip", chunks=[content], size=len(content))
        actions.offer_product(product=product)
        actions.review_product(operator=operator, product=product, accepts=True, reason="", at=at)


def sell_goods(*, fan: User, at: dt.datetime) -> None:
    """Let a fan order what there is, each for itself, where cards are taken; again is once."""
    if not settings.SANDBOX_ON:
        return
    for key, state in ORDERS:
        order_id = ids.derived("demo order", key)
        if Order.objects.filter(pk=order_id, paid_at__isnull=False).exists():
            continue
        variant = Variant.objects.select_related("product__shop__seller").get(pk=_variant_id(key))
        actions.put_into_cart(user=fan, variant=variant, quantity=1, click=None, at=at)
        is_digital = variant.product.is_digital
        basket = basket_of(user=fan, is_digital=is_digital, currency=CURRENCY, country="DE")
        payment = actions.place_order(
            checkout=actions.Checkout(
                id=order_id,
                user=fan,
                is_digital=is_digital,
                shown=basket.total,
                to="" if is_digital else f"{fan.display_name}\nLindenweg 7\n10115 Berlin",
                country="DE",
            ),
            at=at,
        )
        enter_card(payment, card=PAYS, at=at)
        if state == "done":
            _deliver(Order.objects.get(pk=order_id), at=at)


def show_goods(*, at: dt.datetime) -> None:
    """Let a creator's videos show what she sells; each once."""
    goods = Product.objects.filter(shop__seller__handle=SELLER).select_related("shop")
    posts = Video.objects.filter(
        creator__handle=SELLER, status=Status.READY, visibility="public", purpose="post"
    )
    for video in posts.select_related("creator"):
        for product in goods.order_by("title"):
            actions.tag_product(video=video, product=product, at=at)


def euros(amount: str) -> Money:
    """Return euros."""
    return Money.parse(amount, CURRENCY)


def _deliver(order: Order, *, at: dt.datetime) -> None:
    for parcel in order.parcels.select_related("seller__user"):
        by = parcel.seller.user
        actions.ship_parcel(parcel=parcel, carrier="DHL", tracking="00340434161", by=by, at=at)
        actions.confirm_arrival(parcel=parcel, at=at)


def _id(key: str) -> UUID:
    return ids.derived("demo goods", key)


def _variant_id(key: str) -> UUID:
    return ids.derived("demo variant", key)
