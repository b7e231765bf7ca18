"""Splitting a whole into parts that always sum to it: the largest-remainder method."""

from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from _typeshed import SupportsRichComparison

Key = TypeVar("Key", bound="SupportsRichComparison")


def allocate(total: int, weights: Mapping[Key, int | Fraction]) -> dict[Key, int]:
    """Split ``total`` whole units by ``weights`` so that the parts sum to exactly ``total``.

    Each part is first rounded down; the units left over go one each to the largest remainders,
    ties to the smaller key, so the same input always gives the same answer (Hamilton's method).

    >>> allocate(100, {"a": 1, "b": 1, "c": 1})
    {'a': 34, 'b': 33, 'c': 33}

    Raises ``ValueError`` for a negative total or weight, or when nothing has weight.
    """
    units = _whole_weights(weights)
    if total < 0 or any(unit < 0 for unit in units.values()):
        message = "neither the total nor a weight may be negative"
        raise ValueError(message)
    divisor = sum(units.values())
    if divisor == 0:
        message = "nothing has weight, so nothing can be allocated"
        raise ValueError(message)
    parts: dict[Key, int] = {}
    remainders: dict[Key, int] = {}
    for key, unit in units.items():
        parts[key], remainders[key] = divmod(total * unit, divisor)
    left = total - sum(parts.values())
    if left:
        ranked = sorted(remainders)
        ranked.sort(key=remainders.__getitem__, reverse=True)  # stable: ties keep key order
        for key in ranked[:left]:
            parts[key] += 1
    return parts


def _whole_weights(weights: Mapping[Key, int | Fraction]) -> dict[Key, int]:
    """Bring the weights over one denominator; whole numbers, the usual case, are taken as is."""
    scale = lcm(*{weight.denominator for weight in weights.values()})
    return {
        key: weight.numerator * (scale // weight.denominator) for key, weight in weights.items()
    }
