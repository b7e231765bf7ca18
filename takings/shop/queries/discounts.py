"""Codes: which counts for a cart now, and how often each was used."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from takings.core.errors import Conflict
from takings.money import Money
from takings.shop.models import Discount, OrderLine, Parcel
from takings.shop.models.catalogue import Shop
from takings.shop.rules.booking import total_of
from takings.shop.rules.discounts import clean_code


class CodeDoesNotCount(Conflict):
    """A code is of one shop, for some time, and for so many orders."""

    code = "code_does_not_count"
    sentence = "The code {code} {why}. Take it out, or try another one."


@dataclass(frozen=True, slots=True)
class Usage:
    """A code, how often it was used, and what it took off in all."""

    discount: Discount
    count: int
    off: Money

    def is_open(self, *, at: dt.datetime) -> bool:
        """Tell whether it counts now."""
        return not why_not(self.discount, used=self.count, at=at)


def uses_of(discount: Discount) -> int:
    """Return in how many orders a code was used; those not paid in time do not count."""
    lost = Q(order__paid_at__isnull=True, order__released_at__isnull=False)
    return Parcel.objects.filter(discount=discount).exclude(lost).count()


def why_not(discount: Discount, *, used: int, at: dt.datetime) -> str:
    """Return why a code does not count at an instant; nothing if it does."""
    if at < discount.starts_at:
        return "does not count yet"
    is_late = discount.ends_at is not None and at >= discount.ends_at
    if is_late or discount.stopped_at is not None:
        return "is over"
    if discount.most_uses is not None and used >= discount.most_uses:
        return "was used as often as it may be"
    return ""


def discount_for(
    code: str, *, shops: Collection[int], currency: str, at: dt.datetime
) -> Discount | None:
    """Return the code that somebody typed for goods of these shops; nothing without one.

    Refuses: CodeDoesNotCount.
    """
    name = clean_code(code)[:40]
    if not name:
        return None
    found = Discount.objects.filter(code=name, shop__in=shops, shop__currency=currency)
    discount = found.select_related("shop__seller").order_by("shop_id").first()
    if discount is None:
        raise CodeDoesNotCount(code=name, why="is of no shop in your cart")
    why = why_not(discount, used=uses_of(discount), at=at)
    if why:
        raise CodeDoesNotCount(code=name, why=why)
    return discount


def discounts_of(*, shop: Shop) -> list[Usage]:
    """Return the codes of a shop and what became of them, the newest first."""
    rows = Discount.objects.filter(shop=shop).select_related("shop")
    return [Usage(one, uses_of(one), _off(one)) for one in rows]


def _off(discount: Discount) -> Money:
    lines = OrderLine.objects.filter(
        parcel__discount=discount, parcel__order__paid_at__isnull=False
    )
    code = discount.shop.currency
    amounts = (Money(micros, code) for micros in lines.values_list("off_micros", flat=True))
    return total_of(amounts, currency=code)
