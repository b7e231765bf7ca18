"""How the shop goes: what a seller sold, and what all of them did."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from takings.ledger.queries import balances
from takings.money import Money
from takings.people.models import Creator
from takings.shop.models import (
    OrderLine,
    Parcel,
    ParcelState,
    Product,
    ProductState,
    Return,
    ReturnState,
)

MOVING = (ParcelState.TO_SHIP, ParcelState.SHIPPED, ParcelState.DELIVERED)
NEWEST = 25


@dataclass(frozen=True, slots=True)
class SellerSums:
    """What a seller sold: parcels to send, what waits without tax, what was theirs by now."""

    to_send: int
    asked_back: int
    waiting: Money
    earned: Money
    recommended: tuple[Money, ...]


def sold_by(*, seller: Creator) -> SellerSums:
    """Return how a seller's shop goes, in its currency; as an affiliate in all currencies."""
    code = seller.shop.currency
    parcels = Parcel.objects.filter(seller=seller)
    lines = OrderLine.objects.filter(parcel__seller=seller, parcel__order__currency=code)
    moving = lines.filter(parcel__state__in=MOVING).aggregate(sum=Sum("net_micros"))
    earned = lines.aggregate(sum=Sum("seller_micros"))
    others = OrderLine.objects.filter(affiliate=seller).values_list("parcel__order__currency")
    sums = others.annotate(sum=Sum("affiliate_micros")).order_by("parcel__order__currency")
    return SellerSums(
        to_send=parcels.filter(state=ParcelState.TO_SHIP).count(),
        asked_back=Return.objects.filter(parcel__in=parcels, state=ReturnState.ASKED).count(),
        waiting=Money(moving["sum"] or 0, code),
        earned=Money(earned["sum"] or 0, code),
        recommended=tuple(Money(micros, one) for one, micros in sums if micros),
    )


@dataclass(frozen=True, slots=True)
class ShopSums:
    """How the whole shop goes."""

    on_sale: int
    to_send: int
    moving: int
    waiting: tuple[Money, ...]


def shop_sums() -> ShopSums:
    """Return how the whole shop goes."""
    counts = Parcel.objects.aggregate(
        to_send=Count("pk", filter=Q(state=ParcelState.TO_SHIP)),
        moving=Count("pk", filter=Q(state__in=MOVING)),
    )
    waiting = dict[str, Money]()
    for row in balances(prefix="escrow:order:"):
        code = row.balance.currency
        waiting[code] = waiting.get(code, Money.zero(code)) + row.balance
    return ShopSums(
        on_sale=Product.objects.filter(state=ProductState.ACTIVE).count(),
        to_send=counts["to_send"],
        moving=counts["moving"],
        waiting=tuple(waiting[code] for code in sorted(waiting) if waiting[code]),
    )


def newest_parcels() -> list[Parcel]:
    """Return the newest parcels that were paid."""
    found = Parcel.objects.filter(order__paid_at__isnull=False)
    return list(found.select_related("order__buyer", "seller")[:NEWEST])


def waiting_in_shop() -> int:
    """Return how much waits for an operator: goods, and returns."""
    goods = Product.objects.filter(state=ProductState.WAITING).count()
    return goods + Return.objects.filter(state=ReturnState.CONTESTED).count()
