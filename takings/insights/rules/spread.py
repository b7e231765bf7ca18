"""How earnings are spread over creators: how many earned how much, and what the top has of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from takings.money import Money, currency
from takings.money.formatting import format_money

STEPS = 9
"""From the smallest payable unit to 10⁹ of them: ten million dollars, a billion yen."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """So many creators earned from ``least`` up to ten times it; together ``amount``."""

    label: str
    words: str
    creators: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Top:
    """What the best paid part of the creators has of all money."""

    name: str
    creators: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of one period in one currency; all buckets together are all creators."""

    creators: int
    total: Money
    median: Money
    most: Money
    tops: tuple[Top, ...]
    buckets: tuple[Bucket, ...]


def bounds(code: str) -> tuple[int, ...]:
    """Return where buckets begin, in micro-units: at one, then at each power of ten of a cent.

    >>> bounds("USD")[:3], bounds("JPY")[:3]
    ((1, 10000, 100000), (1, 1000000, 10000000))
    """
    unit = currency(code).unit_micros
    return (1, *(unit * 10**power for power in range(STEPS + 1)))


def buckets(found: Mapping[int, tuple[int, int]], *, code: str) -> tuple[Bucket, ...]:
    """Return the buckets from the first to the last that holds somebody.

    ``found`` maps a bucket's number, counted as ``bounds`` counts, to creators and micro-units.
    """
    if not found:
        return ()
    starts = (0, *bounds(code))
    return tuple(
        Bucket(
            label=_label(number, starts, code),
            words=_words(number, starts, code),
            creators=found.get(number, (0, 0))[0],
            amount=Money(found.get(number, (0, 0))[1], code),
        )
        for number in range(min(found), max(found) + 1)
    )


def top_count(creators: int, *, percent: int) -> int:
    """Return how many creators are the top so many percent, at least one of any.

    >>> top_count(250, percent=1), top_count(3, percent=1), top_count(0, percent=50)
    (3, 1, 0)
    """
    return (creators * percent + 99) // 100


def spread_chart(spread: Spread) -> dict[str, object]:
    """Return the props of the histogram; its steps are powers of ten."""
    return {
        "kind": "bar",
        "title": "How many creators earned how much; each bar reaches to ten times its amount",
        "unit": "creators",
        "x": [one.label for one in spread.buckets],
        "series": [
            {"name": "Creators", "look": "plain", "values": [b.creators for b in spread.buckets]}
        ],
        "height": 240,
        "table": False,
    }


def countries_chart(
    parts: Sequence[tuple[str, Money]], *, code: str, look: str
) -> dict[str, object]:
    """Return the props of a bar for each country's money to creators."""
    return {
        "kind": "bar",
        "title": "To creators, by country",
        "currency": code,
        "x": [name for name, _ in parts],
        "series": [{"name": "To creators", "look": look, "values": [m.micros for _, m in parts]}],
        "height": 240,
        "table": False,
    }


def _label(number: int, starts: Sequence[int], code: str) -> str:
    if number <= 1:
        return "0" if number == 0 else f"under {_money(starts[2], code)}"
    return _money(starts[number], code)


def _words(number: int, starts: Sequence[int], code: str) -> str:
    if number == 0:
        return "Nothing"
    if number == 1:
        return f"Something under {_money(starts[2], code)}"
    if number == len(starts) - 1:
        return f"{_money(starts[number], code)} and more"
    return f"{_money(starts[number], code)} to under {_money(starts[number + 1], code)}"


def _money(micros: int, code: str) -> str:
    return format_money(Money(micros, code))
