"""How an amount is taken from several: the first ones first, and never a cent more or less."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from takings.core.errors import Invalid
from takings.money import Money, format_money

T = TypeVar("T")


class BadSplit(Invalid):
    """A split is whole cents of what is held, and all of it."""

    code = "bad_split"
    sentence = "The creator gets nothing to {held}, in whole cents; the brand gets the rest."


def spread(amounts: Sequence[Money], *, creator: Money) -> list[Money]:
    """Return what the creator gets of each amount, the first ones first, so that it sums.

    Refuses: BadSplit.

    >>> halves = [Money(3_000_000, "USD"), Money(2_000_000, "USD")]
    >>> [one.micros for one in spread(halves, creator=Money(3_500_000, "USD"))]
    [3000000, 500000]
    """
    nothing = creator * 0
    held = sum(amounts, nothing)
    if not nothing <= creator <= held or creator.split_payable()[1]:
        raise BadSplit(held=format_money(held))
    return [part for _, part in take_first([(None, one) for one in amounts], wanted=creator)]


def take_first(rooms: Iterable[tuple[T, Money]], *, wanted: Money) -> Iterator[tuple[T, Money]]:
    """Yield how much of ``wanted`` each room gives, the first as much as it has."""
    left = wanted
    for name, room in rooms:
        part = min(left, room)
        left -= part
        yield name, part
