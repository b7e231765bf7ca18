"""Why a final line is not what was estimated: views that came or went, money, rounding."""

from collections.abc import Iterator
from dataclasses import dataclass

from takings.money import Money, format_money


@dataclass(frozen=True, slots=True)
class PoolThen:
    """What a pool held at a time, and for how many counted views."""

    total: Money
    views: int


def why_final(views: tuple[int, int], before: PoolThen | None, after: PoolThen | None) -> str:
    """Return in words why a line changed; ``views`` are its own, estimated and final.

    The pools are None where nothing was kept of them.

    >>> was, now = PoolThen(Money(4_000_000, "USD"), 10), PoolThen(Money(5_000_000, "USD"), 13)
    >>> why_final((3, 6), was, now)
    '3 more views counted, the pool went from $4.00 to $5.00'
    >>> why_final((3, 3), was, now)[:51]
    'other views of the country went from 7 to 10, the p'
    >>> why_final((3, 2), was, PoolThen(was.total, 9))
    '1 view counted no more'
    >>> why_final((3, 3), was, was)
    'rounding'
    """
    reasons = [*_own(views), *_pool(views, before, after)]
    return ", ".join(reasons) or "rounding"


def _own(views: tuple[int, int]) -> Iterator[str]:
    more = views[1] - views[0]
    plural = "view" if abs(more) == 1 else "views"
    if more > 0:
        yield f"{more:,} more {plural} counted"
    if more < 0:
        yield f"{-more:,} {plural} counted no more"


def _pool(views: tuple[int, int], before: PoolThen | None, after: PoolThen | None) -> Iterator[str]:
    if before is None or after is None:
        return
    others = before.views - views[0], after.views - views[1]
    if others[0] != others[1]:
        yield f"other views of the country went from {others[0]:,} to {others[1]:,}"
    if before.total != after.total:
        amounts = (format_money(pool.total, exact=True) for pool in (before, after))
        yield "the pool went from {} to {}".format(*amounts)
