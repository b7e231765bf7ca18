"""A creator's shop, its goods with their variants and pictures, and videos that show them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money, format_money
from takings.shop.rules.catalogue import Kind, ShippingPrices

LEAST_STOCK, WHOLE_BP = 0, 10_000


class Shop(models.Model):
    """What all goods of a seller have in common: the currency, where parcels come from, who it is.

    A shipping price that is empty says that nothing is sent there. ``trader`` is the name and the
    address that the law asks of who sells (DSA Art. 30).
    """

    seller = models.OneToOneField(
        "people.Creator", on_delete=models.PROTECT, primary_key=True, related_name="shop"
    )
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    trader = models.CharField(max_length=300)
    home_micros = models.BigIntegerField(null=True, blank=True)
    eu_micros = models.BigIntegerField(null=True, blank=True)
    world_micros = models.BigIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(home_micros__isnull=True) | Q(home_micros__gte=0))
                & (Q(eu_micros__isnull=True) | Q(eu_micros__gte=0))
                & (Q(world_micros__isnull=True) | Q(world_micros__gte=0)),
                name="shipping_is_not_negative",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose it is."""
        return f"Shop of {self.seller}"

    @property
    def shipping(self) -> ShippingPrices:
        """What a parcel costs by where it goes."""
        prices = [
            None if micros is None else Money(micros, self.currency)
            for micros in (self.home_micros, self.eu_micros, self.world_micros)
        ]
        return ShippingPrices(*prices)


class ProductState(models.TextChoices):
    """Whether goods can be bought; operators look at them before that."""

    DRAFT = "draft", "Draft"
    WAITING = "waiting", "Being looked at"
    ACTIVE = "active", "On sale"
    DECLINED = "declined", "Declined"
    ARCHIVED = "archived", "Archived"


class Product(models.Model):
    """Goods of a shop. ``affiliate_bp`` is what other creators get of a sale, 0: it is not open."""

    KINDS: ClassVar = [(Kind.PHYSICAL.value, "Sent by post"), (Kind.DIGITAL.value, "Downloaded")]

    id = models.UUIDField(primary_key=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="products")
    title = models.CharField(max_length=80)
    about = models.CharField(max_length=2000)
    kind = models.CharField(max_length=8, choices=KINDS)
    affiliate_bp = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=ProductState, default=ProductState.DRAFT)
    why = models.CharField(max_length=300, blank=True)
    picture = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    file_digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        """Database laws; the newest goods come first."""

        ordering: ClassVar = ["-made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(affiliate_bp__lt=WHOLE_BP), name="affiliates_leave_the_seller_a_part"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is."""
        return self.title

    @property
    def is_digital(self) -> bool:
        """Whether it is downloaded."""
        return self.kind == Kind.DIGITAL.value

    @property
    def price_words(self) -> str:
        """What it costs; from the cheapest on where variants differ, nothing without one."""
        prices = sorted({one.price_micros for one in self.variants.all() if one.is_offered})
        least = format_money(Money(prices[0], self.shop.currency)) if prices else ""
        return f"from {least}" if len(prices) > 1 else least

    @property
    def affiliate_percent(self) -> str:
        """What an affiliate gets, as people say it."""
        return f"{self.affiliate_bp / 100:g} %"


class Variant(models.Model):
    """One of the sizes or colours of goods. ``stock`` is what nobody bought or reserved yet.

    An empty stock never ends. ``is_offered`` is false for what is not sold any more. ``has_keys``:
    each piece is a licence key, and the stock is how many wait for a buyer.
    """

    id = models.UUIDField(primary_key=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    name = models.CharField(max_length=60, blank=True)
    sku = models.CharField(max_length=40, blank=True)
    price_micros = models.BigIntegerField()
    stock = models.IntegerField(null=True, blank=True)
    is_offered = models.BooleanField(default=True)
    has_keys = models.BooleanField(default=False)

    class Meta:
        """Database laws: of two who want the last piece, one gets it (needs no clock)."""

        ordering: ClassVar = ["price_micros", "name", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price_micros__gt=0), name="goods_have_a_price"),
            models.CheckConstraint(
                condition=Q(stock__isnull=True) | Q(stock__gte=LEAST_STOCK),
                name="nothing_is_oversold",
            ),
            models.UniqueConstraint(fields=["product", "name"], name="a_variant_has_its_name"),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is."""
        return f"{self.product} ({self.name})" if self.name else str(self.product)

    @property
    def price(self) -> Money:
        """What one costs, taxes included."""
        return Money(self.price_micros, self.product.shop.currency)

    @property
    def is_sold_out(self) -> bool:
        """Whether nobody can buy it now."""
        return self.stock == LEAST_STOCK


class Tag(models.Model):
    """A video shows goods, at this place of its shelf: the own ones, or others' for a part."""

    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="tags")
    place = models.PositiveSmallIntegerField()
    tagged_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["place", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["video", "product"], name="a_video_shows_goods_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show what is shown where."""
        return f"{self.product_id} in {self.video_id}"

    @property
    def is_own(self) -> bool:
        """Whether the video's creator sells it; of others' goods they get a part."""
        return bool(self.video.creator_id == self.product.shop_id)
