"""Goods: whose they are, who may see them, and which a video or a channel shows."""

import datetime as dt
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from takings.core.errors import NotFound
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import Visitor, access_own_creator
from takings.people.rules import country_names
from takings.policies.queries import shop_rule_at
from takings.shop.models import CartLine, Product, ProductState, Shop, Tag, Variant
from takings.shop.rules.clicks import Click, read_click, sign_click

SHELF = 10


class NoSuchProduct(NotFound):
    """The goods do not exist, or are not on sale."""

    code = "no_such_product"
    sentence = "These goods are not sold here, or not any more."


class NoShop(NotFound):
    """A shop is opened once: where parcels come from, and in which currency."""

    code = "no_shop"
    sentence = "Open your shop first: say where you send from, and in which currency you sell."


def shop_of(*, seller: Creator) -> Shop:
    """Return the shop of a creator. Refuses: NoShop."""
    shop = Shop.objects.select_related("seller").filter(seller=seller).first()
    if shop is None:
        raise NoShop
    return shop


def access_own_product(*, user: Visitor, product_id: UUID) -> Product:
    """Return goods to who sells them. Refuses: NotSignedIn, NoStudio, NoSuchProduct."""
    seller = access_own_creator(user=user)
    return _one(Product.objects.filter(pk=product_id, shop=seller.pk))


def access_product(*, user: Visitor, product_id: UUID) -> Product:
    """Return goods on sale; to their seller and operators any. Refuses: NoSuchProduct."""
    product = _one(Product.objects.filter(pk=product_id))
    is_own = user.is_authenticated and product.shop.seller.user_id == user.pk
    if product.state == ProductState.ACTIVE or is_own or getattr(user, "is_staff", False):
        return product
    raise NoSuchProduct


def _one(found: QuerySet[Product]) -> Product:
    product = found.select_related("shop__seller__user").first()
    if product is None:
        raise NoSuchProduct
    return product


def products_of(*, seller: Creator) -> QuerySet[Product]:
    """Return all goods of a seller, the newest first."""
    found = Product.objects.filter(shop=seller.pk).prefetch_related("variants")
    return found.select_related("shop")


def on_sale() -> QuerySet[Product]:
    """Return goods that can be bought, the newest first."""
    found = Product.objects.filter(state=ProductState.ACTIVE)
    return found.select_related("shop__seller").prefetch_related("variants")


def waiting_products() -> QuerySet[Product]:
    """Return goods that wait for an operator, the longest first."""
    found = Product.objects.filter(state=ProductState.WAITING).order_by("made_at", "pk")
    return found.select_related("shop__seller").prefetch_related("variants")


def offered(product: Product) -> list[Variant]:
    """Return what of goods can be chosen, the cheapest first."""
    return list(product.variants.filter(is_offered=True).select_related("product__shop"))


def shelf(*, video_id: UUID) -> list[Tag]:
    """Return what a video shows of goods that are on sale."""
    found = Tag.objects.filter(video_id=video_id, product__state=ProductState.ACTIVE)
    found = found.select_related("product__shop__seller", "video")
    return list(found.prefetch_related("product__variants")[:SHELF])


def tag_of(*, video_id: UUID, product_id: UUID) -> Tag | None:
    """Return how a video shows goods that are on sale, if it does."""
    found = Tag.objects.filter(
        video_id=video_id, product_id=product_id, product__state=ProductState.ACTIVE
    )
    return found.select_related("product__shop__seller", "video").first()


def stars_of(product: Product) -> str:
    """Return how good buyers find goods, in words; nothing without a review."""
    said = product.reviews.aggregate(count=Count("pk"), stars=Sum("stars"))
    if not said["count"]:
        return ""
    tenths = said["stars"] * 10 // said["count"]
    words = "review" if said["count"] == 1 else "reviews"
    return f"{tenths // 10}.{tenths % 10} of 5 stars, {said['count']} {words}"


def places_of(shop: Shop) -> list[tuple[str, Money | None]]:
    """Return where a shop sends, and for how much (``None``: not there)."""
    prices = shop.shipping
    home = country_names()[shop.country]
    return [(f"To {home}", prices.home), ("To the EU", prices.eu), ("Anywhere else", prices.world)]


def may_tag(*, creator: Creator) -> QuerySet[Product]:
    """Return what a creator's videos may show: the own goods, and those open to others."""
    others = on_sale().filter(affiliate_bp__gt=0).exclude(shop=creator.pk)
    return (on_sale().filter(shop=creator.pk) | others).order_by("-made_at", "pk")


def picture_path(digest: str) -> Path:
    """Return where a picture lies, by the digest of its bytes."""
    return Path(settings.MEDIA_HOME) / "shop" / f"{digest}.webp"


def file_path(digest: str) -> Path:
    """Return where goods to download lie, by the digest of their bytes."""
    return Path(settings.MEDIA_HOME) / "shop" / f"{digest}.bin"


def cart_of(*, user: Visitor) -> list[CartLine]:
    """Return what is in somebody's cart and still on sale."""
    found = CartLine.objects.filter(
        user=user.pk,
        variant__is_offered=True,
        variant__product__state=ProductState.ACTIVE,
    )
    return list(found.select_related("variant__product__shop__seller", "video__creator"))


def sign(click: Click) -> str:
    """Return the token of a click."""
    return sign_click(click, key=settings.SECRET_KEY)


def clicked(token: str, *, product: Product, at: dt.datetime) -> Click | None:
    """Return the click that brought somebody to goods, while it counts."""
    click, window = read_click(token, key=settings.SECRET_KEY), shop_rule_at(at=at).click
    if click is None or not click.counts(product_id=product.pk, at=at, window=window):
        return None
    return click
