"""Opening a shop, putting goods into it, and what operators say of them."""

import datetime as dt
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import transaction

from takings.audience.queries import follower_count
from takings.core.errors import Conflict, Forbidden, Invalid, TooMuch
from takings.people.actions import record_staff_act
from takings.people.models import Creator, User
from takings.people.rules import age_on, check_country
from takings.policies.queries import shop_rule_at
from takings.shop.models import Product, ProductState, Shop, Tag, Variant
from takings.shop.queries.catalogue import SHELF, file_path, picture_path
from takings.shop.rules.catalogue import (
    LONGEST_NAME,
    LONGEST_SKU,
    MOST_FILE_BYTES,
    MOST_VARIANTS,
    BadPrice,
    ProductDraft,
    ShippingPrices,
    VariantDraft,
    redraw,
)
from takings.videos.actions import force_commission, release_commission
from takings.videos.models import Video

LONGEST_TRADER, LONGEST_REASON = 300, 300


class TooYoungToSell(Forbidden):
    """Who sells makes contracts."""

    code = "too_young_to_sell"
    sentence = "You sell here from {age} years on; say when you were born."


class TraderNeeded(Invalid):
    """Buyers must know of whom they buy."""

    code = "trader_needed"
    sentence = "Write the name and address of who sells, with up to 300 characters; buyers see it."


class CurrencyStays(Conflict):
    """Prices of goods are in it."""

    code = "currency_stays"
    sentence = "Your goods have prices in {currency}; a shop keeps its currency."


class NothingToSell(Conflict):
    """Goods have a variant with a price; what is downloaded has a file."""

    code = "nothing_to_sell"
    sentence = "Give it at least one variant with a price, and a file or keys if it is downloaded."


class TooManyVariants(TooMuch):
    """A list that nobody could choose from."""

    code = "too_many_variants"
    sentence = "Goods have at most 50 variants."


class VariantNameTaken(Conflict):
    """Buyers choose by the name."""

    code = "variant_name_taken"
    sentence = "These goods have a variant called “{name}” already."


class PartTooLarge(Invalid):
    """What affiliates get must leave the seller something."""

    code = "affiliate_part_too_large"
    sentence = "Others may get at most {percent} % of a sale."


class ProductFileTooLarge(TooMuch):
    """Goods to download are kept whole."""

    code = "product_file_too_large"
    sentence = "A file to sell has from one byte to 200 MB."


class NotWaiting(Conflict):
    """Operators answer once."""

    code = "product_not_waiting"
    sentence = "These goods do not wait for an answer."


class ProductNeedsReason(Invalid):
    """Sellers read it."""

    code = "product_needs_reason"
    sentence = "Write why; the seller reads it."


class TooFewFollowers(Forbidden):
    """Who recommends goods of others for money has an audience."""

    code = "too_few_followers"
    sentence = "To show goods of others for a part of the sale you need {count:,} followers."


class NotOpenToOthers(Forbidden):
    """Sellers choose whether others may sell for them."""

    code = "not_open_to_others"
    sentence = "“{title}” is not on sale, or not open to other creators."


class ShelfIsFull(TooMuch):
    """More would be no shelf but a catalogue."""

    code = "shelf_is_full"
    sentence = "A video shows at most 10 products."


@dataclass(frozen=True, slots=True)
class ShopDraft:
    """What a seller says of the shop."""

    currency: str
    country: str
    trader: str
    shipping: ShippingPrices


@transaction.atomic
def open_shop(*, seller: Creator, draft: ShopDraft, at: dt.datetime) -> Shop:
    """Open a shop, or change it. Orders keep what they were placed at.

    Refuses: TooYoungToSell, TraderNeeded, BadCountry, BadPrice, CurrencyStays.
    """
    rule, born_on = shop_rule_at(at=at), seller.user.born_on
    if born_on is None or age_on(born_on=born_on, day=at.date()) < rule.age:
        raise TooYoungToSell(age=rule.age)
    trader = draft.trader.strip()
    if not trader or len(trader) > LONGEST_TRADER:
        raise TraderNeeded
    prices = (draft.shipping.home, draft.shipping.eu, draft.shipping.world)
    for price in prices:
        if price is not None and (price.micros < 0 or price.split_payable()[1]):
            raise BadPrice(currency=draft.currency)
    known = Shop.objects.select_for_update().filter(pk=seller.pk).first()
    if known and known.currency != draft.currency and known.products.exists():
        raise CurrencyStays(currency=known.currency)
    home, eu, world = (None if price is None else price.micros for price in prices)
    told = {
        "currency": draft.currency,
        "country": check_country(draft.country),
        "trader": trader,
        "home_micros": home,
        "eu_micros": eu,
        "world_micros": world,
    }
    shop, _ = Shop.objects.update_or_create(
        seller=seller, defaults=told, create_defaults={**told, "opened_at": at}
    )
    return shop


@transaction.atomic
def save_product(*, shop: Shop, product_id: UUID, draft: ProductDraft, at: dt.datetime) -> Product:
    """Write goods down, or change them; what operators looked at is looked at again.

    Refuses: ProductNeedsWords, PartTooLarge.
    """
    draft.check()
    most = shop_rule_at(at=at).affiliate_most
    if not 0 <= draft.affiliate_bp <= most.ratio * 10_000:
        raise PartTooLarge(percent=most.ratio * 100)
    known = Product.objects.select_for_update().filter(pk=product_id, shop=shop).first()
    product = known or Product(id=product_id, shop=shop, kind=draft.kind, made_at=at)
    words = (draft.title.strip(), draft.about.strip())
    if known and words != (known.title, known.about):
        product.state, product.why = ProductState.DRAFT, ""
    product.title, product.about = words
    product.affiliate_bp = draft.affiliate_bp
    product.save()
    return product


@transaction.atomic
def save_variant(*, product: Product, variant_id: UUID, draft: VariantDraft) -> Variant:
    """Write a size or colour down, or change its price and stock. Orders keep their prices.

    Where each piece is a licence key, the stock follows from the keys.

    Refuses: BadPrice, BadStock, TooManyVariants, VariantNameTaken.
    """
    draft.check()
    Product.objects.select_for_update().get(pk=product.pk)
    others = product.variants.exclude(pk=variant_id)
    if others.count() >= MOST_VARIANTS:
        raise TooManyVariants
    known = Variant.objects.select_for_update(no_key=True).filter(pk=variant_id).first()
    name = draft.name.strip()[:LONGEST_NAME]
    if others.filter(name=name).exists():
        raise VariantNameTaken(name=name)
    variant, _ = Variant.objects.update_or_create(
        id=variant_id,
        product=product,
        defaults={
            "name": name,
            "sku": draft.sku.strip()[:LONGEST_SKU],
            "price_micros": draft.price.micros,
            "is_offered": True,
            **({} if known and known.has_keys else {"stock": draft.stock}),
        },
    )
    return variant


def withdraw_variant(*, variant: Variant) -> None:
    """Offer a variant no more; again changes nothing."""
    Variant.objects.filter(pk=variant.pk).update(is_offered=False)


def set_picture(*, product: Product, content: bytes) -> None:
    """Give goods a picture, drawn anew; operators see it before buyers do.

    Refuses: PictureTooLarge, BadPicture.
    """
    drawn = redraw(content)
    digest = hashlib.sha256(drawn).hexdigest()
    _keep(picture_path(digest), [drawn])
    Product.objects.filter(pk=product.pk).update(picture=digest, state=ProductState.DRAFT, why="")


def set_file(*, product: Product, name: str, chunks: Iterable[bytes], size: int) -> None:
    """Give goods the file that buyers download. Refuses: ProductFileTooLarge."""
    if not 0 < size <= MOST_FILE_BYTES:
        raise ProductFileTooLarge
    content = b"".join(chunks)
    digest = hashlib.sha256(content).hexdigest()
    _keep(file_path(digest), [content])
    Product.objects.filter(pk=product.pk).update(
        file_name=name[-120:], file_digest=digest, state=ProductState.DRAFT, why=""
    )


@transaction.atomic
def offer_product(*, product: Product) -> Product:
    """Ask an operator to put goods on sale; again changes nothing. Refuses: NothingToSell."""
    one = Product.objects.select_for_update().get(pk=product.pk)
    if one.state in {ProductState.WAITING, ProductState.ACTIVE}:
        return one
    offered = one.variants.filter(is_offered=True)
    is_bare = one.is_digital and not one.file_digest
    if not offered.exists() or (is_bare and offered.filter(has_keys=False).exists()):
        raise NothingToSell
    one.state, one.why = ProductState.WAITING, ""
    one.save(update_fields=["state", "why"])
    return one


def archive_product(*, product: Product) -> None:
    """Take goods from sale; orders of them go on. Again changes nothing."""
    Product.objects.filter(pk=product.pk).update(state=ProductState.ARCHIVED)


@transaction.atomic
def review_product(
    *, operator: User, product: Product, accepts: bool, reason: str, at: dt.datetime
) -> Product:
    """Put goods on sale, or say why not; also of goods that are on sale already.

    Refuses: NotWaiting, ProductNeedsReason.
    """
    one = Product.objects.select_for_update().get(pk=product.pk)
    among = {ProductState.WAITING} if accepts else {ProductState.WAITING, ProductState.ACTIVE}
    if one.state not in among:
        raise NotWaiting
    why = reason.strip()[:LONGEST_REASON]
    if not accepts and not why:
        raise ProductNeedsReason
    one.state = ProductState.ACTIVE if accepts else ProductState.DECLINED
    one.why = "" if accepts else why
    one.save(update_fields=["state", "why"])
    act = "shop.accept_product" if accepts else "shop.decline_product"
    target = f"product:{one.pk}"
    record_staff_act(
        operator=operator, act=act, target=target, reason=why or "It may be sold.", at=at
    )
    return one


@transaction.atomic
def tag_product(*, video: Video, product: Product, at: dt.datetime) -> Tag:
    """Show goods in a video of one's own; again changes nothing.

    Goods of others bring a part of each sale, and say so: such a video is advertising.
    Refuses: NotOpenToOthers, TooFewFollowers, ShelfIsFull.
    """
    creator = video.creator
    assert creator is not None  # noqa: S101 - only posts are shown to be tagged
    is_own = product.shop.pk == creator.pk
    if product.state != ProductState.ACTIVE or not (is_own or product.affiliate_bp):
        raise NotOpenToOthers(title=product.title)
    least = shop_rule_at(at=at).affiliate_followers
    if not is_own and follower_count(creator=creator) < least:
        raise TooFewFollowers(count=least)
    Video.objects.select_for_update(no_key=True).get(pk=video.pk)
    known = Tag.objects.filter(video=video)
    if not known.filter(product=product).exists() and known.count() >= SHELF:
        raise ShelfIsFull
    tag, _ = Tag.objects.get_or_create(
        video=video, product=product, defaults={"place": known.count(), "tagged_at": at}
    )
    if not is_own:
        force_commission(video_id=video.pk, partner=product.shop.seller.name, at=at)
    return tag


@transaction.atomic
def untag_product(*, video: Video, product: Product) -> None:
    """Show goods in a video no more; again changes nothing. What was clicked still counts.

    A draft that shows nothing of others any more is no advertising; what was published says so on.
    """
    Tag.objects.filter(video=video, product=product).delete()
    if not Tag.objects.filter(video=video).exclude(product__shop=video.creator_id).exists():
        release_commission(video_id=video.pk)


def _keep(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file whole or not at all; its name is its content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.writelines(chunks)
    Path(name).replace(path)
