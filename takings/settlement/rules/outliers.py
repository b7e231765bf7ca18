"""What an operator should look at before a close: whose share of the money moved a lot."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

WHOLE_BP = 10_000
MOVED_BP = 500
"""Five points of a hundred: less moves every month without a reason worth asking for."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A creator's share of all that creators earned, in basis points: last time and now."""

    creator_id: int
    before_bp: int
    now_bp: int


def share_bp(part: int, *, whole: int) -> int:
    """Return a part in basis points of the whole, rounded down; of nothing it is nothing.

    >>> share_bp(1, whole=3), share_bp(0, whole=0)
    (3333, 0)
    """
    return part * WHOLE_BP // whole if whole else 0


def moved_shares(
    before: Mapping[int, int], now: Mapping[int, int], *, least_bp: int = MOVED_BP
) -> Iterator[Moved]:
    """Yield whose share of the sum moved by ``least_bp`` or more, the farthest first.

    Both map creators to micro-units of one currency. Nothing is compared with a month of nothing.
    """
    whole_before, whole = sum(before.values()), sum(now.values())
    if not whole_before or not whole:
        return
    moved = [
        Moved(
            creator_id,
            share_bp(before.get(creator_id, 0), whole=whole_before),
            share_bp(now.get(creator_id, 0), whole=whole),
        )
        for creator_id in before.keys() | now.keys()
    ]
    far = [one for one in moved if abs(one.now_bp - one.before_bp) >= least_bp]
    yield from sorted(far, key=lambda one: (-abs(one.now_bp - one.before_bp), one.creator_id))
