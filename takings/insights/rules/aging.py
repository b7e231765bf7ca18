"""How long money has been payable: what was released last is what is left."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EDGES_DAYS = (30, 60, 90)
NAMES = ("up to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days")


@dataclass(frozen=True, slots=True)
class Became:
    """So much became payable at an instant."""

    at: dt.datetime
    micros: int


def aged(*, balance: int, became: Iterable[Became], at: dt.datetime) -> Sequence[int]:
    """Return a payable balance by age: micro-units for each of :data:`NAMES`.

    Payouts take the oldest first, so what is left is what became payable last. What no release
    explains (an opening balance, a returned payout) counts as the oldest. Nothing that is owed to
    us (a balance below zero) is aged.
    """
    left = max(balance, 0)
    buckets = [0] * len(NAMES)
    for one in sorted(became, key=lambda one: one.at, reverse=True):
        part = min(left, one.micros)
        buckets[_bucket((at - one.at).days)] += part
        left -= part
    buckets[-1] += left
    return buckets


def between(standing: Sequence[int]) -> Sequence[int]:
    """Return a balance by age from what of it stands: now, and since each of :data:`EDGES_DAYS`.

    >>> between([100, 60, 60, 10])
    [40, 0, 50, 10]
    """
    return [now - then for now, then in zip(standing, [*standing[1:], 0], strict=True)]


def _bucket(days: int) -> int:
    return sum(days > edge for edge in EDGES_DAYS)
