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
    units = _whole_weights(list(weights.values()))
    if total < 0 or min(units, default=0) < 0:
        message = "neither the total nor a weight may be negative"
        raise ValueError(message)
    divisor = sum(units)
    if divisor == 0:
        message = "nothing has weight, so nothing can be allocated"
        raise ValueError(message)
    divided = [divmod(total * unit, divisor) for unit in units]
    parts = {key: part for key, (part, _) in zip(weights, divided, strict=True)}
    left = total - sum(parts.values())
    if left:
        remainders = [remainder for _, remainder in divided]
        for key in _largest(remainders, keys=list(weights), count=left):
            parts[key] += 1
    return parts


def _largest(remainders: list[int], *, keys: list[Key], count: int) -> list[Key]:
    """Return the keys of so many of the largest remainders, ties to the smaller key.

    Only the numbers are sorted, and the few keys whose remainder is the last that gets a unit:
    comparing keys is what costs.
    """
    last = sorted(remainders, reverse=True)[count - 1]
    pairs = list(zip(keys, remainders, strict=True))
    chosen = [key for key, remainder in pairs if remainder > last]
    tied = sorted(key for key, remainder in pairs if remainder == last)
    return chosen + tied[: count - len(chosen)]


def _whole_weights(weights: list[int | Fraction]) -> list[int]:
    """Bring the weights over one denominator; whole numbers, the usual case, are taken as is."""
    scale = lcm(*{weight.denominator for weight in weights})
    if scale == 1:
        return [weight.numerator for weight in weights]
    return [weight.numerator * (scale // weight.denominator) for weight in weights]
