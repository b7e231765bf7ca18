"""What pages show of parcels, put together."""

import datetime as dt
from dataclasses import dataclass

from takings.money import Money
from takings.shop.models import (
    Order,
    OrderLine,
    Parcel,
    ParcelState,
    Return,
    ReturnState,
    Review,
    Step,
)
from takings.shop.queries.orders import (
    amount_of,
    may_return_until,
    open_return,
    returned_count,
)
from takings.shop.rules.booking import total_of


@dataclass(frozen=True, slots=True)
class LinePage:
    """A line; ``left`` pieces of it are still the buyer's, and so many ``keys``."""

    line: OrderLine
    left: int
    can_fetch: bool
    review: Review | None
    keys: tuple[str, ...] = ()

    @property
    def counts(self) -> range:
        """How many may go back."""
        return range(self.left + 1)


@dataclass(frozen=True, slots=True)
class ParcelPage:
    """A parcel, what happened to it, and what may be done with it now."""

    parcel: Parcel
    lines: tuple[LinePage, ...]
    steps: tuple[Step, ...]
    returns: tuple[tuple[Return, Money], ...]
    return_until: dt.datetime | None
    total: Money

    @property
    def can_cancel(self) -> bool:
        """Whether it was paid and is not on its way."""
        return self.parcel.state == ParcelState.TO_SHIP

    @property
    def can_confirm(self) -> bool:
        """Whether it is on its way."""
        return self.parcel.state == ParcelState.SHIPPED

    @property
    def asked(self) -> Return | None:
        """What the seller has not answered."""
        found = (one for one, _ in self.returns if one.state == ReturnState.ASKED)
        return next(found, None)


def parcel_page(parcel: Parcel, *, at: dt.datetime) -> ParcelPage:
    """Return what a page shows of a parcel."""
    arrived = parcel.state in {ParcelState.DELIVERED, ParcelState.EARNED}
    until = may_return_until(parcel)
    lines = parcel.lines.select_related("variant__product", "review", "parcel__order")
    rows = list(lines.order_by("pk"))
    return ParcelPage(
        parcel=parcel,
        lines=tuple(_line(line, arrived=arrived) for line in rows),
        steps=tuple(parcel.steps.all()),
        returns=tuple((one, amount_of(one)) for one in parcel.returns.all()),
        return_until=until if until and at <= until and open_return(parcel) is None else None,
        total=total_of((line.gross for line in rows), currency=parcel.order.currency),
    )


def buyers_parcels(*, order: Order, at: dt.datetime) -> list[ParcelPage]:
    """Return the parcels of an order as its buyer sees them."""
    found = order.parcels.select_related("order", "seller__shop").order_by("pk")
    return [parcel_page(one, at=at) for one in found]


def _line(line: OrderLine, *, arrived: bool) -> LinePage:
    left = line.quantity - returned_count(line)
    variant = line.variant
    can_fetch = bool(variant and variant.product.file_digest and arrived and left)
    keys = tuple(one.content for one in line.licence_keys.all()[:left])
    return LinePage(line, left, can_fetch, getattr(line, "review", None), keys)
