"""The card payment of an order, and what becomes of the order with it."""

import datetime as dt

from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.payments.queries import Sale
from takings.payments.rules import Plan, Share
from takings.people.queries import Visitor
from takings.policies.queries import shop_rule
from takings.shop.actions.booking import book, claim
from takings.shop.actions.keys import give_keys
from takings.shop.actions.locking import lock_order, take_step, take_stock
from takings.shop.actions.returning import give_all_back
from takings.shop.models import CartLine, Order, Parcel, ParcelState
from takings.shop.queries.orders import (
    ORDER_PURPOSE,
    NoSuchOrder,
    access_order,
    lines_of,
    owed_of,
    taken_of,
)
from takings.shop.queries.telling import evidence_of
from takings.shop.rules.booking import share_net

TAKEN = "its payment was taken back"
SOLD_OUT = "It was sold out before the payment arrived; all of it is paid back."


class OrderByCard:
    """The purpose of card payments for goods; ``subject`` is ``order:<id>``."""

    name = ORDER_PURPOSE
    title = "Orders of the shop"

    def plan(self, sale: Sale) -> Plan:
        """Let what is not tax wait: ``provider → escrow:order:<id>``."""
        order = Order.objects.get(pk=sale.payment_id)
        return Plan("order_paid", sale.subject, f"{order}", (Share(order.account, sale.net),))

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Let sellers send it. Paid too late, it finds its pieces again or all goes back."""
        order = lock_order(sale.payment_id)
        order.paid_at, order.tax_micros = at, sale.tax.micros
        order.save(update_fields=["paid_at", "tax_micros"])
        lines = lines_of(order)
        nets = share_net(order.paid, grosses={line.pk: line.gross for line in lines})
        for line in lines:
            line.net_micros = nets[line.pk].micros
            line.save(update_fields=["net_micros"])
        pieces = {line.variant_id: line.quantity for line in lines if line.variant_id is not None}
        is_there = order.released_at is None or not take_stock(pieces)
        for parcel in order.parcels.order_by("pk"):
            _begin(parcel, order, at=at)
        if is_there:
            give_keys(order, at=at)
            CartLine.objects.filter(user=order.buyer_id, variant__in=[*pieces]).delete()
        else:
            give_all_back(order, why=SOLD_OUT, at=at)

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:  # noqa: ARG002
        """Move no coins."""
        return ()

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """Write down what went; what came back into escrow (a dispute was won) is earned again."""
        order = lock_order(sale.payment_id)
        order.taken_micros = taken_of(order).micros
        if amount < Money.zero(amount.currency):
            order.claimed_micros = owed_of(order).micros
        order.save(update_fields=["taken_micros", "claimed_micros"])
        book(order, why=TAKEN, at=at)

    def access(self, subject: str, *, user: Visitor) -> None:
        """Let its buyer see its payment. Refuses: NotSignedIn, NoSuchOrder."""
        _, _, key = subject.partition(":")
        order = Order.objects.filter(pk=key).first()
        if order is None:
            raise NoSuchOrder
        access_order(user=user, order_id=order.pk)

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say what was sent where, when and with which number."""
        return evidence_of(Order.objects.get(pk=sale.payment_id))


def unearn_order(sale: Sale, *, taken: Money, at: dt.datetime) -> None:
    """Bring back into escrow what of an order is about to be taken from there, or held."""
    order = lock_order(sale.payment_id)
    claim(order, taken)
    book(order, why=TAKEN, at=at)


def _begin(parcel: Parcel, order: Order, *, at: dt.datetime) -> None:
    """Let a paid parcel wait to be sent; what is downloaded has arrived."""
    rule = shop_rule(order.rule_version)
    parcel.state, parcel.due_at = ParcelState.TO_SHIP, at + rule.ship
    if order.is_digital:
        parcel.state, parcel.due_at = ParcelState.DELIVERED, at + rule.digital
        parcel.delivered_at = at
    parcel.save(update_fields=["state", "due_at", "delivered_at"])
    take_step(parcel, "Paid; it can be downloaded" if order.is_digital else "Paid", at=at)
