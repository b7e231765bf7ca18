"""Shops, goods and orders: bought by card at the sandbox, at a time that the story sets."""

import datetime as dt
import io
from uuid import UUID, uuid4

from PIL import Image

from takings.audience.models import Follow
from takings.core import clock
from takings.money import Money
from takings.payments.models import Payment
from takings.people.models import Creator, User
from takings.shop.actions import (
    Checkout,
    ShopDraft,
    offer_product,
    open_shop,
    place_order,
    put_into_cart,
    review_product,
    run_parcels,
    save_product,
    save_variant,
    set_file,
    set_picture,
    ship_parcel,
)
from takings.shop.models import Order, Parcel, Variant
from takings.shop.queries.carts import baskets_of
from takings.shop.rules.catalogue import Kind, ProductDraft, ShippingPrices, VariantDraft
from takings.shop.rules.clicks import Click
from tests.make.payments import PAYS, asked, pay
from tests.make.people import make_creator, make_operator

ADDRESS = "Vera Voss\nHafenstraße 1\n20457 Hamburg"
TRADER = "Ada Lovelace, Jungfernstieg 1, Hamburg"
BORN_ON = dt.date(1990, 5, 1)
DAY = dt.timedelta(days=1)


def euros(text: str) -> Money:
    """Return euros."""
    return Money.parse(text, "EUR")


def make_seller(name: str = "Ada", *, country: str = "DE", shipping: str = "3.90") -> Creator:
    """Open a studio and a shop in euros that sends parcels within the EU."""
    return make_shop(make_creator(name), country=country, shipping=shipping)


def make_shop(seller: Creator, *, country: str = "DE", shipping: str = "3.90") -> Creator:
    """Open a creator's shop in euros that sends parcels within the EU."""
    seller.user.born_on = BORN_ON
    seller.user.save(update_fields=["born_on"])
    price = euros(shipping)
    prices = ShippingPrices(home=price, eu=price, world=None)
    draft = ShopDraft("EUR", country, TRADER, prices)
    open_shop(seller=seller, draft=draft, at=clock.now())
    return seller


def make_followers(creator: Creator, count: int = 1_000) -> None:
    """Let so many people follow a creator."""
    now, names = clock.now(), (f"fan{number}@example.org" for number in range(count))
    fans = [
        User(email=name, display_name="Fan", country="DE", joined_at=now, viewer_id=uuid4())
        for name in names
    ]
    made = User.objects.bulk_create(fans)
    Follow.objects.bulk_create(Follow(user=fan, creator=creator, followed_at=now) for fan in made)


def make_goods(
    seller: Creator,
    price: str = "25.85",
    *,
    stock: int | None = 5,
    kind: Kind = Kind.PHYSICAL,
    affiliate_bp: int = 0,
    is_sold: bool = True,
) -> Variant:
    """Put goods of one variant on sale, looked at by an operator unless told otherwise."""
    draft = ProductDraft("Shirt", "Soft, with a wave on it.", kind, affiliate_bp)
    product = save_product(shop=seller.shop, product_id=uuid4(), draft=draft, at=clock.now())
    wanted = VariantDraft("", "TEE-1", euros(price), stock)
    variant = save_variant(product=product, variant_id=uuid4(), draft=wanted)
    set_picture(product=product, content=picture())
    if kind is Kind.DIGITAL:
        set_file(product=product, name="waves.zip", chunks=[b"waves"], size=5)
    offer_product(product=product)
    if is_sold:
        operator = make_operator()
        review_product(operator=operator, product=product, accepts=True, reason="", at=clock.now())
    variant.refresh_from_db()
    return variant


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    """Return a small picture."""
    drawn = io.BytesIO()
    Image.new("RGB", size, "teal").save(drawn, format=form)
    return drawn.getvalue()


def checkout(user: User, *, is_digital: bool = False, id: UUID | None = None) -> Checkout:  # noqa: A002 - as everywhere
    """Return the order of what a cart holds of one kind, as its page shows it."""
    baskets = baskets_of(user=user, country="DE")
    [basket] = [one for one in baskets if one.is_digital == is_digital]
    place = ("", "") if is_digital else (ADDRESS, "DE")
    return Checkout(id or uuid4(), user, is_digital, basket.total, *place)


def ordered(
    user: User, *wanted: tuple[Variant, int], click: Click | None = None, is_digital: bool = False
) -> Payment:
    """Put pieces into the cart and order them; nothing is paid yet."""
    for variant, quantity in wanted:
        put_into_cart(user=user, variant=variant, quantity=quantity, click=click, at=clock.now())
    return place_order(checkout=checkout(user, is_digital=is_digital), at=clock.now())


def bought(
    user: User,
    *wanted: tuple[Variant, int],
    click: Click | None = None,
    is_digital: bool = False,
    card: str = PAYS,
) -> Order:
    """Order pieces and pay them."""
    payment = ordered(user, *wanted, click=click, is_digital=is_digital)
    pay(payment, card)
    asked(payment)
    return Order.objects.get(pk=payment.pk)


def shipped(order: Order) -> list[Parcel]:
    """Send every parcel of an order; return them as they stand then."""
    parcels = list(order.parcels.select_related("seller__user").order_by("pk"))
    return [
        ship_parcel(
            parcel=parcel, carrier="DHL", tracking="00340", by=parcel.seller.user, at=clock.now()
        )
        for parcel in parcels
    ]


def run() -> int:
    """Do what is due by now."""
    return run_parcels(at=clock.now())
