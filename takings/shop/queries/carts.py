"""What a cart comes to: one basket for what is sent, one for what is downloaded, by currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from takings.invoicing.queries import tax_rates
from takings.money import Money, currency
from takings.people.models import Creator, User
from takings.shop.models import CartLine, Discount
from takings.shop.queries.catalogue import cart_of
from takings.shop.rules.booking import total_of
from takings.shop.rules.discounts import taken_off


@dataclass(frozen=True, slots=True)
class Basket:
    """What can be ordered with one payment; ``shipping`` is by seller, free is not in it.

    ``unreachable`` are sellers who do not send to the country. ``off`` is what a code takes off
    each line; ``goods`` is before that.
    """

    is_digital: bool
    country: str
    lines: tuple[CartLine, ...]
    goods: Money
    shipping: Mapping[int, Money]
    unreachable: tuple[Creator, ...]
    discount: Discount | None = None
    off: Mapping[int, Money] = field(default_factory=dict)

    @property
    def sent(self) -> Money:
        """What shipping costs in all."""
        return total_of(self.shipping.values(), currency=self.goods.currency)

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return self.goods - self.saved + self.sent

    @property
    def saved(self) -> Money:
        """What a code takes off in all."""
        return total_of(self.off.values(), currency=self.goods.currency)

    @property
    def shops(self) -> set[int]:
        """Of whose shops its goods are."""
        return {line.variant.product.shop_id for line in self.lines}


def baskets_of(*, user: User, country: str) -> list[Basket]:
    """Return everything in a cart as it can be ordered: what is sent first."""
    places = sorted(
        {
            (line.variant.product.is_digital, line.variant.product.shop.currency)
            for line in cart_of(user=user)
        }
    )
    return [
        basket_of(user=user, is_digital=is_digital, currency=code, country=country)
        for is_digital, code in places
    ]


def basket_of(*, user: User, is_digital: bool, currency: str, country: str) -> Basket:
    """Return one of the baskets of a cart as it stands now; it may be empty."""
    lines = tuple(
        line
        for line in cart_of(user=user)
        if line.variant.product.is_digital == is_digital
        and line.variant.product.shop.currency == currency
    )
    shipping, unreachable = dict[int, Money](), list[Creator]()
    if not is_digital:
        eu = tax_rates().eu
        for shop in {
            line.variant.product.shop.pk: line.variant.product.shop for line in lines
        }.values():
            price = shop.shipping.to(country, from_country=shop.country, eu=eu)
            if price is None:
                unreachable.append(shop.seller)
            elif price:
                shipping[shop.pk] = price
    goods = total_of((line.total for line in lines), currency=currency)
    return Basket(is_digital, country, lines, goods, shipping, tuple(unreachable))


def discounted(basket: Basket, *, discount: Discount | None) -> Basket:
    """Return a basket with what a code takes off the goods of its shop."""
    if discount is None:
        return basket
    prices = {
        line.pk: line.total
        for line in basket.lines
        if line.variant.product.shop_id == discount.shop_id
    }
    unit = currency(basket.goods.currency).unit_micros
    off = taken_off(prices, percent=discount.percent, amount=discount.amount, unit=unit)
    return replace(basket, discount=discount, off=off)
