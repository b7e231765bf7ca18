"""Filling a cart and ordering what is in it: pieces are reserved, then the card page is asked for.

A cart of several sellers is one order with one payment and a parcel of each. What is sent and what
is downloaded are ordered apart: they are taxed by rates of their own.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Forbidden, Invalid
from takings.invoicing.rules import Customer, Evidence, Party
from takings.money import Money, format_money
from takings.payments.actions import Order as Wanted
from takings.payments.actions import PaymentIdTaken, start_payment
from takings.payments.models import Payment
from takings.payments.queries import person
from takings.payments.rules import Accepted
from takings.people.models import Creator, User
from takings.people.rules import check_country
from takings.policies.queries import shop_rule_at
from takings.policies.rules import ShopRule
from takings.shop.actions.locking import take_stock
from takings.shop.models import CartLine, Discount, Order, OrderLine, Parcel, ProductState, Variant
from takings.shop.queries.carts import Basket, basket_of, discounted
from takings.shop.queries.discounts import discount_for
from takings.shop.queries.orders import ORDER_PURPOSE, unpaid_orders
from takings.shop.rules.catalogue import MOST_PIECES
from takings.shop.rules.clicks import Click

LONGEST_ADDRESS = 400
BP = 10_000


class NotOnSale(Conflict):
    """Sellers take goods from sale whenever they like."""

    code = "not_on_sale"
    sentence = "“{title}” is not sold any more."


class OwnGoods(Forbidden):
    """Sales to oneself would only make numbers."""

    code = "own_goods"
    sentence = "These are your own goods; others buy them."


class BadCount(Invalid):
    """Nobody buys less than one piece, or a warehouse."""

    code = "bad_count"
    sentence = "Choose from 1 to 99 pieces."


class SoldOut(Conflict):
    """Of two who want the last piece, one gets it."""

    code = "sold_out"
    sentence = "“{title}”: {left} left. Change your cart."


class NotPaidYet(Conflict):
    """Who left the card page has the pieces, for some time."""

    code = "order_not_paid_yet"
    sentence = "“{title}” is kept for you in {order}: pay that one, under “Your orders”."


class CartIsEmpty(Conflict):
    """There is nothing to pay."""

    code = "cart_is_empty"
    sentence = "Nothing of this is in your cart; put something into it first."


class AddressNeeded(Invalid):
    """A parcel goes somewhere."""

    code = "address_needed"
    sentence = "Write the name and the address the parcel goes to, with up to 400 characters."


class NotSentThere(Conflict):
    """Sellers say where they send."""

    code = "not_sent_there"
    sentence = "{seller} does not send to this country."


class TotalChanged(Conflict):
    """Nobody pays more than they were shown."""

    code = "total_changed"
    sentence = "Meanwhile it costs {total}. Look at it again, and order if that is fine."


@dataclass(frozen=True, slots=True)
class Checkout:
    """What somebody orders of a currency: the physical goods of their cart, or the digital ones.

    ``id`` is the payment's: ordered twice, it is one order. ``shown`` is the total that they saw,
    with what ``code`` takes off.
    """

    id: UUID
    user: User
    is_digital: bool
    shown: Money
    to: str = ""
    country: str = ""
    code: str = ""
    accepted: Accepted | None = None


@transaction.atomic
def put_into_cart(
    *, user: User, variant: Variant, quantity: int, click: Click | None, at: dt.datetime
) -> CartLine:
    """Let a cart hold so many of a variant; the newest click on a video counts.

    Refuses: BadCount, NotOnSale, OwnGoods.
    """
    if not 1 <= quantity <= MOST_PIECES:
        raise BadCount
    product = variant.product
    if product.state != ProductState.ACTIVE or not variant.is_offered:
        raise NotOnSale(title=product.title)
    if product.shop.seller.user_id == user.pk:
        raise OwnGoods
    came: dict[str, object] = {}
    if click is not None:
        came = {
            "video_id": click.video_id,
            "affiliate_bp": click.affiliate_bp,
            "clicked_at": click.at,
        }
    line, _ = CartLine.objects.update_or_create(
        user=user,
        variant=variant,
        defaults={"quantity": quantity, **came},
        create_defaults={"quantity": quantity, "added_at": at, **came},
    )
    return line


def take_from_cart(*, user: User, variant: Variant) -> None:
    """Take a variant out of a cart; again changes nothing."""
    CartLine.objects.filter(user=user, variant=variant).delete()


def place_order(*, checkout: Checkout, at: dt.datetime) -> Payment:
    """Reserve what a cart holds and ask for the page to pay on; again is once.

    Refuses: CartIsEmpty, AddressNeeded, BadCountry, NotSentThere, TotalChanged, SoldOut,
    NotPaidYet, CodeDoesNotCount, PaymentIdTaken, NoPolicyCovers, and what ``start_payment``
    refuses.
    """
    with transaction.atomic():
        order = Order.objects.filter(pk=checkout.id).first()
        if order is not None and order.buyer_id != checkout.user.pk:
            raise PaymentIdTaken
        if order is None:
            order = _reserve(checkout, at=at)
    return start_payment(order=_wanted(order, checkout), at=at)


def _reserve(checkout: Checkout, *, at: dt.datetime) -> Order:
    rule, basket = shop_rule_at(at=at), _basket(checkout, at=at)
    short = take_stock({line.variant_id: line.quantity for line in basket.lines})
    for variant in short:
        kept = unpaid_orders(user=checkout.user).filter(parcels__lines__variant=variant).first()
        if kept is not None:
            raise NotPaidYet(title=str(variant), order=kept)
        raise SoldOut(title=str(variant), left=variant.stock)
    order = Order.objects.create(
        id=checkout.id,
        buyer=checkout.user,
        currency=basket.total.currency,
        country=basket.country,
        is_digital=checkout.is_digital,
        to=checkout.to.strip(),
        amount_micros=basket.total.micros,
        rule_version=rule.version,
        ordered_at=at,
        reserved_until=at + rule.reserve,
    )
    by_seller: Mapping[Creator, list[CartLine]] = defaultdict(list)
    for line in basket.lines:
        by_seller[line.variant.product.shop.seller].append(line)
    for lines in by_seller.values():
        _pack(order, lines, basket=basket, rule=rule)
    return order


def _basket(checkout: Checkout, *, at: dt.datetime) -> Basket:
    """Return what is ordered as it stands now. Refuses what :func:`place_order` says."""
    country = checkout.user.country
    if not checkout.is_digital:
        country = check_country(checkout.country)
        if not 1 <= len(checkout.to.strip()) <= LONGEST_ADDRESS:
            raise AddressNeeded
    basket = basket_of(
        user=checkout.user,
        is_digital=checkout.is_digital,
        currency=checkout.shown.currency,
        country=country,
    )
    if not basket.lines:
        raise CartIsEmpty
    for seller in basket.unreachable:
        raise NotSentThere(seller=seller.name)
    basket = discounted(basket, discount=_discount(checkout, basket, at=at))
    if basket.total != checkout.shown:
        raise TotalChanged(total=format_money(basket.total))
    return basket


def _discount(checkout: Checkout, basket: Basket, *, at: dt.datetime) -> Discount | None:
    """Return the code that counts; of two who want its last use, one gets it."""
    currency = checkout.shown.currency
    found = discount_for(checkout.code, shops=basket.shops, currency=currency, at=at)
    if found is None:
        return None
    Discount.objects.select_for_update(no_key=True).get(pk=found.pk)
    return discount_for(checkout.code, shops=basket.shops, currency=currency, at=at)


def _pack(order: Order, lines: Sequence[CartLine], *, basket: Basket, rule: ShopRule) -> None:
    """Write down one seller's parcel; rates are those of now and of the click."""
    shop, discount = lines[0].variant.product.shop, basket.discount
    shipping = basket.shipping.get(shop.pk)
    parcel = Parcel.objects.create(
        id=ids.derived("parcel of an order", order.pk, shop.pk),
        order=order,
        seller=shop.seller,
        discount=discount if discount and discount.shop_id == shop.pk else None,
    )
    fee_rate, fee_cap = rule.refund_fees.get(shop.country, (None, None))
    if fee_cap is not None and fee_cap.currency != order.currency:
        fee_cap = None
    rows = [_sold(line, order, basket=basket, rule=rule) for line in lines]
    for row in rows:
        row.commission_bp = int(rule.commission_in(shop.country).ratio * BP)
        row.refund_fee_bp = int(fee_rate.ratio * BP) if fee_rate else 0
        row.refund_fee_cap_micros = fee_cap.micros if fee_cap else None
    if shipping:
        rows.append(
            OrderLine(title="Shipping", quantity=1, gross_micros=shipping.micros, commission_bp=0)
        )
    for row in rows:
        row.parcel = parcel
    OrderLine.objects.bulk_create(rows)


def _sold(line: CartLine, order: Order, *, basket: Basket, rule: ShopRule) -> OrderLine:
    off = basket.off.get(line.pk, line.total * 0)
    row = OrderLine(
        variant=line.variant,
        title=str(line.variant),
        quantity=line.quantity,
        gross_micros=(line.total - off).micros,
        off_micros=off.micros,
    )
    if line.video is None or line.clicked_at is None:
        return row
    if order.ordered_at - line.clicked_at > rule.click or line.video.creator is None:
        return row
    row.video, by = line.video, line.video.creator
    is_other = by.pk != line.variant.product.shop.pk and by.user_id != order.buyer_id
    if is_other and line.affiliate_bp:
        row.affiliate, row.affiliate_bp = by, line.affiliate_bp
    return row


def _wanted(order: Order, checkout: Checkout) -> Wanted:
    """Return how an order is paid; goods are taxed where they go."""
    customer: Customer = person(order.buyer)
    if not order.is_digital:
        name, _, address = order.to.partition("\n")
        customer = replace(
            customer,
            party=Party(name, address, order.country),
            evidence=(Evidence("delivery address", order.country),),
        )
    return Wanted(
        id=order.pk,
        purpose=ORDER_PURPOSE,
        subject=f"order:{order.pk}",
        payer=order.buyer,
        amount=order.amount,
        description=f"{order}",
        product="digital" if order.is_digital else "goods",
        customer=customer,
        accepted=checkout.accepted,
    )
