"""What is in a cart, what was ordered, its parcels and lines, and what goes back.

Amounts are micro-units of the order's currency, taxes included where nothing else is said.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money, Rate
from takings.shop.models.catalogue import Product, Variant
from takings.shop.models.discounts import Discount
from takings.shop.rules.booking import LineState, Paid, Terms


class CartLine(models.Model):
    """Somebody wants so many of a variant; ``video`` is where they saw it, with whose part."""

    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="cart_lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, null=True, related_name="+")
    affiliate_bp = models.PositiveIntegerField(default=0)
    clicked_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        """Database laws; what was added first comes first."""

        ordering: ClassVar = ["added_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "variant"], name="a_cart_has_a_variant_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="a_cart_line_wants_something"),
        ]

    @override
    def __str__(self) -> str:
        """Show what is wanted."""
        return f"{self.quantity} × {self.variant}"

    @property
    def total(self) -> Money:
        """What it costs today."""
        return self.variant.price * self.quantity


class Order(models.Model):
    """What somebody buys with one payment, of one seller or several. ``id`` is the payment's.

    Its pieces are reserved until ``reserved_until``; they are given back at ``released_at`` when it
    is not paid by then. ``tax_micros`` is known once it is paid. ``taken_micros`` went back to the
    buyer; ``claimed_micros`` is that and what is on its way there. ``rounding_micros`` is what
    rounding taxes to whole cents left over, or took, when something of it went back;
    ``change_count`` how often the books were changed.
    """

    id = models.UUIDField(primary_key=True)
    buyer = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="orders")
    currency = models.CharField(max_length=3)
    country = models.CharField(max_length=2)
    is_digital = models.BooleanField()
    to = models.CharField(max_length=400, blank=True)
    amount_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField(default=0)
    claimed_micros = models.BigIntegerField(default=0)
    taken_micros = models.BigIntegerField(default=0)
    rounding_micros = models.BigIntegerField(default=0)
    change_count = models.PositiveIntegerField(default=0)
    rule_version = models.CharField(max_length=32)
    ordered_at = models.DateTimeField()
    reserved_until = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index by which reservations that are over are found."""

        ordering: ClassVar = ["-ordered_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["reserved_until"],
                condition=Q(paid_at__isnull=True, released_at__isnull=True),
                name="orders_that_reserve",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0, tax_micros__gte=0)
                & Q(tax_micros__lte=F("amount_micros"), taken_micros__gte=0)
                & Q(taken_micros__lte=F("claimed_micros"), claimed_micros__lte=F("amount_micros")),
                name="an_order_is_positive_and_holds_its_tax",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how it is named in letters."""
        return f"Order {str(self.pk)[-6:].upper()}"

    @property
    def amount(self) -> Money:
        """What it costs in all."""
        return Money(self.amount_micros, self.currency)

    @property
    def paid(self) -> Paid:
        """What was paid, and what of it is tax."""
        return Paid(self.amount, Money(self.tax_micros, self.currency))

    @property
    def claimed(self) -> Money:
        """What went back to the buyer in all, or is on its way there."""
        return Money(self.claimed_micros, self.currency)

    @property
    def account(self) -> str:
        """Where its money waits."""
        return f"escrow:order:{self.pk}"


class ParcelState(models.TextChoices):
    """Where the goods of one seller in an order are."""

    UNPAID = "unpaid", "Not paid"
    TO_SHIP = "to_ship", "To be sent"
    SHIPPED = "shipped", "On its way"
    DELIVERED = "delivered", "Arrived"
    EARNED = "earned", "Done"
    CANCELLED = "cancelled", "Cancelled"


class Parcel(models.Model):
    """What one seller sends of an order. At ``due_at`` its next step happens by itself.

    What was earned is on lines of statements of ``period`` and ``earned_on``.
    """

    id = models.UUIDField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="parcels")
    seller = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="parcels")
    state = models.CharField(max_length=9, choices=ParcelState, default=ParcelState.UNPAID)
    discount = models.ForeignKey(
        Discount, on_delete=models.PROTECT, null=True, related_name="parcels"
    )
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    earned_on = models.DateField(null=True, blank=True)
    period = models.CharField(max_length=16, blank=True)

    class Meta:
        """Database laws, and the indexes of a seller's parcels and of steps that are due."""

        ordering: ClassVar = ["-order__ordered_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["seller", "state"], name="parcels_of_a_seller"),
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="parcels_that_are_due"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "seller"], name="a_seller_sends_one_parcel"),
            models.CheckConstraint(
                condition=Q(state="earned", earned_on__isnull=False)
                | (~Q(state="earned") & Q(earned_on__isnull=True)),
                name="what_is_earned_has_its_day",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose it is."""
        return f"{self.order} from {self.seller}"


class OrderLine(models.Model):
    """Pieces of one variant in a parcel; without a variant it is the shipping.

    ``gross_micros`` is what they cost, after ``off_micros`` that a code took off; ``net_micros`` is
    what of it is no tax (once it is paid). The
    rates are those of the order's day, and of the click. ``kept_micros`` is what was not returned
    when it was earned; ``booked_…`` is what the books say of it now.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, null=True, related_name="lines")
    title = models.CharField(max_length=160)
    quantity = models.PositiveSmallIntegerField()
    gross_micros = models.BigIntegerField()
    off_micros = models.BigIntegerField(default=0)
    net_micros = models.BigIntegerField(default=0)
    commission_bp = models.PositiveIntegerField()
    refund_fee_bp = models.PositiveIntegerField(default=0)
    refund_fee_cap_micros = models.BigIntegerField(null=True)
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, null=True, related_name="+")
    affiliate = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, null=True, related_name="+"
    )
    affiliate_bp = models.PositiveIntegerField(default=0)
    kept_micros = models.BigIntegerField(null=True)
    booked_micros = models.BigIntegerField(default=0)
    seller_micros = models.BigIntegerField(default=0)
    affiliate_micros = models.BigIntegerField(default=0)

    class Meta:
        """Database laws; an order is read in the order of its lines."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, gross_micros__gt=0, net_micros__gte=0)
                & Q(net_micros__lte=F("gross_micros"), booked_micros__lte=F("net_micros")),
                name="a_line_is_sold_for_something",
            ),
            models.CheckConstraint(
                condition=Q(off_micros__gte=0), name="a_code_makes_nothing_dearer"
            ),
            models.CheckConstraint(
                condition=Q(affiliate__isnull=True, affiliate_bp=0)
                | Q(affiliate__isnull=False, affiliate_bp__gt=0),
                name="a_part_of_a_sale_is_somebodys",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what was bought."""
        return f"{self.quantity} × {self.title}"

    @property
    def currency(self) -> str:
        """The currency of its order."""
        return self.parcel.order.currency

    @property
    def gross(self) -> Money:
        """What it costs, taxes included."""
        return Money(self.gross_micros, self.currency)

    @property
    def off(self) -> Money:
        """What a code took off it."""
        return Money(self.off_micros, self.currency)

    def state(self, *, returned: Money) -> LineState:
        """Return it as the rules read it; ``returned`` is what agreed returns give back of it."""
        code, cap = self.currency, self.refund_fee_cap_micros
        return LineState(
            id=self.pk,
            gross=self.gross,
            net=Money(self.net_micros, code),
            returned=returned,
            kept=None if self.kept_micros is None else Money(self.kept_micros, code),
            terms=Terms(
                commission=Rate.of_bp(self.commission_bp),
                affiliate=Rate.of_bp(self.affiliate_bp),
                refund_fee=Rate.of_bp(self.refund_fee_bp),
                refund_fee_cap=None if cap is None else Money(cap, code),
            ),
        )


class Step(models.Model):
    """One thing that happened to a parcel. Never changed."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="steps")
    words = models.CharField(max_length=400)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what happened."""
        return self.words


class Download(models.Model):
    """A buyer fetched a file; each time is counted. Never changed."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="downloads")
    at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show what was fetched."""
        return str(self.line)


class Review(models.Model):
    """What a buyer says of goods that arrived; each once, and again in its place."""

    line = models.OneToOneField(
        OrderLine, on_delete=models.PROTECT, primary_key=True, related_name="review"
    )
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="reviews")
    stars = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=600, blank=True)
    said_at = models.DateTimeField()

    class Meta:
        """Database laws; the newest first."""

        ordering: ClassVar = ["-said_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=5), name="a_review_has_one_to_five_stars"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the verdict."""
        return f"{self.stars}: {self.words}"
