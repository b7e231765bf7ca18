"""Orders as they stand: whose they are, what of them goes back, and what may be done now."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from django.db.models import QuerySet, Sum

from takings.core.errors import NotFound
from takings.ledger.queries import balance
from takings.money import Money
from takings.payments.models import Payment
from takings.payments.queries import parts_of, refunding
from takings.payments.rules import PurposeName
from takings.people.models import Creator, User
from takings.people.queries import Visitor, access_operator, access_own_creator, access_self
from takings.policies.queries import shop_rule
from takings.shop.models import (
    OPEN_RETURNS,
    Order,
    OrderLine,
    Parcel,
    ParcelState,
    Return,
    ReturnLine,
    ReturnState,
)
from takings.shop.rules.booking import total_of

ORDER_PURPOSE = PurposeName.ORDER


class NoSuchOrder(NotFound):
    """The order does not exist, or is not this person's business."""

    code = "no_such_order"
    sentence = "There is no such order among yours."


def access_order(*, user: Visitor, order_id: UUID) -> Order:
    """Return an order to who paid it. Refuses: NotSignedIn, NoSuchOrder."""
    person = access_self(user=user)
    order = Order.objects.filter(pk=order_id, buyer=person).first()
    if order is None:
        raise NoSuchOrder
    return order


def access_parcel(*, user: Visitor, parcel_id: UUID) -> Parcel:
    """Return a parcel to who ordered it. Refuses: NotSignedIn, NoSuchOrder."""
    person = access_self(user=user)
    return _one(Parcel.objects.filter(pk=parcel_id, order__buyer=person, order__paid_at__gt=_EPOCH))


def access_sold(*, user: Visitor, parcel_id: UUID) -> Parcel:
    """Return a parcel to who sends it. Refuses: NotSignedIn, NoStudio, NoSuchOrder."""
    seller = access_own_creator(user=user)
    return _one(Parcel.objects.filter(pk=parcel_id, seller=seller, order__paid_at__gt=_EPOCH))


def access_any_parcel(*, user: Visitor, parcel_id: UUID) -> Parcel:
    """Return a parcel to an operator. Refuses: OperatorsOnly, NoSuchOrder."""
    access_operator(user=user)
    return _one(Parcel.objects.filter(pk=parcel_id))


_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def _one(found: QuerySet[Parcel]) -> Parcel:
    parcel = found.select_related("order__buyer", "seller__user", "seller__shop").first()
    if parcel is None:
        raise NoSuchOrder
    return parcel


def orders_of(*, user: Visitor) -> QuerySet[Order]:
    """Return what somebody paid, or may still pay, the newest first."""
    person = access_self(user=user)
    found = Order.objects.filter(buyer=person, paid_at__isnull=False) | unpaid_orders(user=person)
    return found.prefetch_related("parcels__lines__variant__product", "parcels__seller")


def unpaid_orders(*, user: User) -> QuerySet[Order]:
    """Return what is kept for somebody who has not paid it."""
    return Order.objects.filter(buyer=user, paid_at__isnull=True, released_at__isnull=True)


def parcels_of(*, seller: Creator, state: str = "") -> QuerySet[Parcel]:
    """Return what a seller sold, the newest first; with a state only what stands so."""
    found = Parcel.objects.filter(seller=seller, order__paid_at__isnull=False)
    found = found.filter(state=state) if state in ParcelState.values else found
    return found.select_related("order__buyer").prefetch_related("lines__variant", "returns")


def lines_of(order: Order) -> list[OrderLine]:
    """Return all lines of an order, in their order."""
    lines = OrderLine.objects.filter(parcel__order=order)
    return list(lines.select_related("parcel__order", "parcel__seller", "affiliate").order_by("pk"))


def returned_of(order: Order) -> dict[int, Money]:
    """Return what agreed returns give back of each line, taxes included."""
    rows = ReturnLine.objects.filter(of__parcel__order=order, of__state=ReturnState.AGREED)
    found: dict[int, Money] = defaultdict(lambda: Money.zero(order.currency))
    for line_id, micros in rows.values_list("line_id").annotate(sum=Sum("gross_micros")).order_by():
        found[line_id] = Money(micros, order.currency)
    return found


def returned_count(line: OrderLine) -> int:
    """Return how many pieces of a line go back by agreed returns."""
    rows = line.return_lines.filter(of__state=ReturnState.AGREED)
    return int(rows.aggregate(sum=Sum("quantity"))["sum"] or 0)


def taken_of(order: Order) -> Money:
    """Return what refunds and disputes took back of an order's payment until now."""
    payment = Payment.objects.filter(pk=order.pk).first()
    parts = parts_of(payment) if payment else []
    return total_of((part.taken for part in parts), currency=order.currency)


def owed_of(order: Order) -> Money:
    """Return what went back of an order, is being refunded, or will be by agreed returns."""
    agreed = Return.objects.filter(
        parcel__order=order, state=ReturnState.AGREED, refunded_at__isnull=True
    )
    waiting = total_of((amount_of(one) for one in agreed), currency=order.currency)
    payment = Payment.objects.get(pk=order.pk)
    return min(order.amount, taken_of(order) + refunding(payment) + waiting)


def amount_of(one: Return) -> Money:
    """Return what a return gives back, taxes included."""
    code = one.parcel.order.currency
    return Money(int(one.lines.aggregate(sum=Sum("gross_micros"))["sum"] or 0), code)


def open_return(parcel: Parcel) -> Return | None:
    """Return what is asked back of a parcel and not settled."""
    return parcel.returns.filter(state__in=OPEN_RETURNS).first()


def may_return_until(parcel: Parcel) -> dt.datetime | None:
    """Return until when a buyer may send things back; nothing before they arrived.

    What is downloaded may be complained about for the days until it is earned.
    """
    if parcel.delivered_at is None or parcel.state != ParcelState.DELIVERED:
        return None
    rule = shop_rule(parcel.order.rule_version)
    return parcel.delivered_at + (rule.digital if parcel.order.is_digital else rule.back)


def access_line(*, user: Visitor, line_id: int) -> OrderLine:
    """Return a line to who bought it. Refuses: NotSignedIn, NoSuchOrder."""
    found = OrderLine.objects.filter(
        pk=line_id, parcel__order__buyer=access_self(user=user), variant__isnull=False
    )
    line = found.select_related("parcel__order", "variant__product").first()
    if line is None or line.parcel.order.paid_at is None:
        raise NoSuchOrder
    return line


def access_return(*, user: Visitor, return_id: UUID) -> Return:
    """Return a return to both sides and to operators. Refuses: NotSignedIn, NoSuchOrder."""
    person = access_self(user=user)
    found = Return.objects.select_related("parcel__order", "parcel__seller").filter(pk=return_id)
    one = found.first()
    sides = (one.parcel.order.buyer_id, one.parcel.seller.user_id) if one else ()
    if one is None or not (person.is_staff or person.pk in sides):
        raise NoSuchOrder
    return one


def contested_returns() -> list[Return]:
    """Return what waits for an operator's word, the longest first."""
    found = Return.objects.filter(state=ReturnState.CONTESTED)
    return list(found.select_related("parcel__order__buyer", "parcel__seller").order_by("asked_at"))


def waiting_in(order: Order) -> Money:
    """Return what of an order waits in escrow."""
    return balance(name=order.account, currency=order.currency)
