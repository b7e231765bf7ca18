"""What the books owe to orders: what waits is there, and what is booked is what moved."""

from collections.abc import Callable, Iterator

from django.db.models import Q

from takings.ledger import queries as ledger
from takings.ledger.queries import Check, Finding
from takings.money import Money
from takings.shop.models import Order
from takings.shop.queries.orders import lines_of, returned_of, taken_of
from takings.shop.rules.booking import booking_of

Progress = Callable[[int, int], None]
WAITING = "escrow:order:"


def _find_waiting(tell: Progress) -> Iterator[Finding]:
    """Compare each order's account with what was paid, given back and earned of it."""
    balances = {row.name: row.balance.micros for row in ledger.balances(prefix=WAITING)}
    paid = Order.objects.filter(paid_at__isnull=False).order_by("pk")
    total = paid.count()
    for done, order in enumerate(paid.iterator(chunk_size=500)):
        left = balances.pop(order.account, 0)
        if (due := _waits(order).micros) != left:
            told = f"{left} micro-units wait, {due} were paid and are neither earned nor back"
            yield Finding(ORDERS_WAIT.invariant, f"account:{order.account}", told)
        tell(done + 1, total)
    for account, left in sorted(balances.items()):
        if left:
            told = f"{left} micro-units wait for an order that was not paid"
            yield Finding(ORDERS_WAIT.invariant, f"account:{account}", told)


def _waits(order: Order) -> Money:
    booked = sum(line.booked_micros for line in lines_of(order)) + order.rounding_micros
    return order.paid.net - order.paid.net_of(taken_of(order)) - Money(booked, order.currency)


def _find_booked(tell: Progress) -> Iterator[Finding]:
    """Work out anew what each order should have booked by now."""
    moved = Order.objects.filter(Q(change_count__gt=0) | Q(parcels__state="earned")).distinct()
    total = moved.count()
    for done, order in enumerate(moved.order_by("pk").iterator(chunk_size=500)):
        returned, lines = returned_of(order), lines_of(order)
        states = [line.state(returned=returned[line.pk]) for line in lines]
        want = booking_of(order.paid, lines=states, taken=order.claimed)
        is_so = order.rounding_micros == want.rounding.micros and all(
            (line.booked_micros, line.seller_micros, line.affiliate_micros)
            == tuple(part.micros for part in (one.total, one.seller, one.affiliate))
            for line in lines
            for one in [want.lines[line.pk]]
        )
        if not is_so:
            told = "its lines are not booked as its terms and its returns say"
            yield Finding(ORDERS_ARE_BOOKED.invariant, f"order:{order.pk}", told)
        tell(done + 1, total)


ORDERS_WAIT = Check(
    "what was paid for orders and is neither earned nor given back waits on their accounts",
    _find_waiting,
)
ORDERS_ARE_BOOKED = Check(
    "each line of an order brought its seller, its affiliate and us what was agreed", _find_booked
)

CHECKS = (ORDERS_WAIT, ORDERS_ARE_BOOKED)
