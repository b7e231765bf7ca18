"""Who gets what of an order, and what is taken of each when some of it goes back to the buyer.

All of it is a function of where the order stands, never of the way there: so refunds, returns and
disputes may come in any order, and what is undone leaves no trace (bugs 10 and 19 of our peers).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from takings.invoicing.rules import tax_within
from takings.money import Money, Rate, allocate


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed when a line was ordered; both rates are of its price without tax.

    ``refund_fee`` is the part of its commission that the platform keeps, at the seller's cost, when
    a line goes back after it was earned: never more than ``refund_fee_cap``, if there is one.
    """

    commission: Rate
    affiliate: Rate
    refund_fee: Rate
    refund_fee_cap: Money | None = None


@dataclass(frozen=True, slots=True)
class LineState:
    """A line of an order: goods, or the shipping of a parcel.

    ``gross`` was paid for it, ``net`` of that is no tax; ``returned`` (gross) goes back by returns
    that were agreed. ``kept`` (gross) was not returned when it was earned; ``None``: it is not yet.
    """

    id: int
    gross: Money
    net: Money
    returned: Money
    kept: Money | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class Parts:
    """What is booked of a line: ``total`` left escrow for it, the rest of it is the platform's."""

    total: Money
    seller: Money
    affiliate: Money

    @property
    def from_seller(self) -> Money:
        """What is the seller's and the platform's."""
        return self.total - self.affiliate


@dataclass(frozen=True, slots=True)
class Booking:
    """What is to be booked of an order: by line, and what rounding taxes to cents leaves over."""

    lines: Mapping[int, Parts]
    rounding: Money


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid for an order in all, and what of it is tax."""

    gross: Money
    tax: Money

    @property
    def net(self) -> Money:
        """What is no tax."""
        return self.gross - self.tax

    def net_of(self, gone: Money) -> Money:
        """Return what leaves escrow when so much goes back in all; payments reckons the same."""
        return gone - tax_within(tax=self.tax, gross=self.gross, part=gone)


def share_net(paid: Paid, *, grosses: Mapping[int, Money]) -> dict[int, Money]:
    """Return what of each line is no tax, to the micro-unit."""
    parts = allocate(paid.net.micros, {line: one.micros for line, one in grosses.items()})
    return {line: Money(micros, paid.gross.currency) for line, micros in parts.items()}


def spread(lines: Sequence[LineState], *, taken: Money) -> dict[int, Money]:
    """Return what of each line's price is gone when ``taken`` went back to the buyer in all.

    First what was agreed to go back; what was taken beyond that (a bank, an operator) is taken of
    all that is left, in the ratio of what is left.
    """
    gone = {line.id: line.returned for line in lines}
    beyond = taken - sum(gone.values(), Money.zero(taken.currency))
    left = {line.id: (line.gross - line.returned).micros for line in lines}
    if beyond <= Money.zero(taken.currency) or not any(left.values()):
        return gone
    parts = allocate(beyond.micros, left)
    return {line: had + Money(parts[line], taken.currency) for line, had in gone.items()}


def booking_of(paid: Paid, *, lines: Sequence[LineState], taken: Money) -> Booking:
    """Return what of an order is to be booked, and to whom, when so much was taken back in all."""
    gone = spread(lines, taken=taken)
    nothing = Money.zero(taken.currency)
    total_gone = sum(gone.values(), nothing)
    worth = [_worth(line, line.gross - gone[line.id]) for line in lines]
    rounding = paid.net - paid.net_of(total_gone) - sum(worth, nothing)
    return Booking({line.id: parts_of(line, gone=gone[line.id]) for line in lines}, rounding)


def parts_of(line: LineState, *, gone: Money) -> Parts:
    """Return what of a line is to be booked: nothing until it is earned.

    Each part is cut once to a whole micro-unit, the affiliate's first, and follows from what is
    left of the line alone: it never grows when something goes back.

    >>> bp, usd = Rate.of_bp, lambda units: Money(units * 10**6, "USD")
    >>> terms = Terms(bp(600), bp(0), refund_fee=bp(2_000), refund_fee_cap=usd(5))
    >>> line = LineState(1, usd(200), usd(200), usd(0), usd(200), terms)
    >>> parts_of(line, gone=usd(0)).seller.micros, parts_of(line, gone=usd(200)).seller.micros
    (188000000, -2400000)
    """
    nothing = Money.zero(line.gross.currency)
    if line.kept is None:
        return Parts(nothing, nothing, nothing)
    total, affiliate, seller = _cut(line, line.gross - gone)
    total_then, affiliate_then, seller_then = _cut(line, line.kept)
    commission_lost = (total_then - affiliate_then - seller_then) - (total - affiliate - seller)
    fee = max(commission_lost, nothing).times(line.terms.refund_fee, rounding="down")
    if line.terms.refund_fee_cap is not None:
        fee = min(fee, line.terms.refund_fee_cap)
    return Parts(total, seller - fee, affiliate)


def _cut(line: LineState, kept: Money) -> tuple[Money, Money, Money]:
    """Return what so much of a line's price is worth, the affiliate's part of it, the seller's."""
    terms, total = line.terms, _worth(line, kept)
    affiliate = total.times(terms.affiliate, rounding="down")
    sellers = terms.affiliate.rest().ratio
    rate = Rate((sellers - terms.commission.ratio) / sellers)
    return total, affiliate, (total - affiliate).times(rate, rounding="down")


def _worth(line: LineState, kept: Money) -> Money:
    return Money(line.net.micros * kept.micros // line.gross.micros, kept.currency)


def part_of_price(gross: Money, *, quantity: int, before: int, count: int, unit: int) -> Money:
    """Return what ``count`` of a line's pieces cost, when ``before`` of them went back already.

    In whole payable units, and so that all pieces come to the whole price.

    >>> [part_of_price(Money(1_000_000, "EUR"), quantity=3, before=one, count=1, unit=10_000).micros
    ...  for one in range(3)]
    [330000, 330000, 340000]
    """
    until = gross.micros * (before + count) // quantity // unit * unit
    since = gross.micros * before // quantity // unit * unit
    return Money(until - since, gross.currency)


def total_of(amounts: Iterable[Money], *, currency: str) -> Money:
    """Return the sum of amounts of one currency, also of none."""
    return sum(amounts, Money.zero(currency))
