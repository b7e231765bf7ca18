"""Codes that make goods cheaper: what a seller says of one, and what it takes off each line."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from takings.core.errors import Invalid
from takings.money import Money, Rate, allocate

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,23}")
LEAST_BP, MOST_BP, MOST_USES = 100, 9_000, 100_000


class BadCode(Invalid):
    """A code is read out and typed in."""

    code = "bad_discount_code"
    sentence = "A code has 3 to 24 letters from A to Z, digits or hyphens."


class BadDiscount(Invalid):
    """Goods are made cheaper, not given away."""

    code = "bad_discount"
    sentence = "Take off either 1 to 90 %, or an amount in whole payable units."


class BadSpan(Invalid):
    """A code that is over before it begins is of no use."""

    code = "bad_discount_span"
    sentence = "A code ends after it begins, and can be used 1 to 100,000 times."


@dataclass(frozen=True, slots=True)
class DiscountDraft:
    """What a seller says of a code: either ``percent_bp`` or ``amount`` is taken off the goods.

    It counts from ``starts_at`` until just before ``ends_at`` (``None``: it does not end), for the
    first ``most_uses`` orders (``None``: for any number).
    """

    code: str
    starts_at: dt.datetime
    percent_bp: int | None = None
    amount: Money | None = None
    ends_at: dt.datetime | None = None
    most_uses: int | None = None

    @property
    def name(self) -> str:
        """The code as it is kept."""
        return clean_code(self.code)

    def check(self) -> None:
        """Refuse what cannot be used. Refuses: BadCode, BadDiscount, BadSpan."""
        if not CODE.fullmatch(self.name):
            raise BadCode
        if (self.percent_bp is None) == (self.amount is None):
            raise BadDiscount
        if self.percent_bp is not None and not LEAST_BP <= self.percent_bp <= MOST_BP:
            raise BadDiscount
        if self.amount is not None and (self.amount.micros <= 0 or self.amount.split_payable()[1]):
            raise BadDiscount
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise BadSpan
        if self.most_uses is not None and not 1 <= self.most_uses <= MOST_USES:
            raise BadSpan


def clean_code(text: str) -> str:
    """Return a code as it is kept, however it was typed.

    >>> clean_code(" spring-10 ")
    'SPRING-10'
    """
    return text.strip().upper()


def taken_off(
    prices: Mapping[int, Money], *, percent: Rate | None, amount: Money | None, unit: int
) -> dict[int, Money]:
    """Return what a code takes off each line: in whole payable units, and never all of it.

    An amount is spread in the ratio of the prices; of each line one payable ``unit`` is left.

    >>> eur = lambda cents: Money(cents * 10_000, "EUR")
    >>> prices = {1: eur(1_000), 2: eur(500)}
    >>> off = taken_off(prices, percent=Rate.of_bp(1_550), amount=None, unit=10_000)
    >>> [one.micros for one in off.values()]
    [1550000, 770000]
    >>> off = taken_off(prices, percent=None, amount=eur(400), unit=10_000)
    >>> [one.micros for one in off.values()]
    [2670000, 1330000]
    """
    room = {line: max(price.micros // unit - 1, 0) for line, price in prices.items()}
    if percent is not None:
        cut = {
            line: min(price.times(percent, rounding="down").micros // unit, room[line])
            for line, price in prices.items()
        }
    elif amount is not None and any(room.values()):
        cut = dict(allocate(min(amount.micros // unit, sum(room.values())), room))
    else:
        cut = dict.fromkeys(prices, 0)
    return {line: Money(count * unit, prices[line].currency) for line, count in cut.items()}
