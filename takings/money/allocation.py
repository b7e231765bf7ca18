"""Splitting a whole into parts that always sum to it: the largest-remainder method."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Protocol, TypeVar


class _Ordered(Protocol):
    def __lt__(self, other: object, /) -> bool: ...


Key = TypeVar("Key", bound=_Ordered)


def allocate(total: int, weights: Mapping[Key, int | Fraction]) -> dict[Key, int]:
    """Split ``total`` whole units by ``weights`` so that the parts sum to exactly ``total``.

    Each part is first rounded down; the units left over go one each to the largest remainders,
    ties to the smaller key, so the same input always gives the same answer (Hamilton's method).

    >>> allocate(100, {"a": 1, "b": 1, "c": 1})
    {'a': 34, 'b': 33, 'c': 33}

    Raises ``ValueError`` for a negative total or weight, or when nothing has weight.
    """
    if total < 0 or any(weight < 0 for weight in weights.values()):
        message = "neither the total nor a weight may be negative"
        raise ValueError(message)
    whole = sum(weights.values(), Fraction(0))
    if whole == 0:
        message = "nothing has weight, so nothing can be allocated"
        raise ValueError(message)
    scale = lcm(*(Fraction(weight).denominator for weight in weights.values()))
    units = {key: int(weight * scale) for key, weight in weights.items()}
    divisor = int(whole * scale)
    parts = {key: total * unit // divisor for key, unit in units.items()}
    left = total - sum(parts.values())
    ranked = sorted(sorted(units), key=lambda key: -(total * units[key] % divisor))
    for key in ranked[:left]:
        parts[key] += 1
    return parts
