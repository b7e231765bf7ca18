"""Fitting what places do to chances: a logistic regression on top of empirical Bayes, in numpy.

Each decision brings, as its offset, the rate that was counted of its ad when it was decided; what
is learned is what the place does to those odds. Weights are drawn to zero (ridge), and each field
is solved at once by Newton's rule, in turn, until nothing moves: a decision has one value of each
field, so within a field nothing hangs together. Floats end here: factors are whole millionths.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import exp
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from takings.ads.rules.lifts import CROSSED, Lifts, Where, own_key
from takings.ads.rules.lines import MILLION

EVERYWHERE = "everywhere"
PULL, CROSSED_PULL = 10.0, 20.0
"""Weights are drawn to zero as by so many events that came as counted anywhere."""
LEAST_LIFT, MOST_LIFT = 0.02, 2.3
"""A weight that changes odds by less than 2 % is left out; none changes them more than tenfold."""
SWEEPS, SETTLED = 50, 1e-3
"""At most so many turns, until no weight moves odds by a tenth of a percent."""

_Floats = NDArray[np.float64]
_Key = tuple[str, ...]


class Example(NamedTuple):
    """One decision of which it is known what came of it.

    It stands for ``weight_ppm`` / 1,000,000; ``base_ppm`` was counted of its ad anywhere.
    """

    day: dt.date
    item_id: UUID
    where: Where
    base_ppm: int
    weight_ppm: int
    happened: bool


class _Column:
    """One field: which value each example has, and the weight of each value."""

    def __init__(self, keys: Sequence[_Key], *, pull: float) -> None:
        self.keys = sorted(set(keys))
        self.pull = pull
        self.weights = np.zeros(len(self.keys))
        place = {key: number for number, key in enumerate(self.keys)}
        self._codes = np.fromiter((place[key] for key in keys), np.int64, len(keys))

    def step(self, missing: _Floats, certain: _Floats) -> _Floats:
        """Move the weights by Newton's rule; return how each example's margin moved."""
        size = len(self.keys)
        slope = np.bincount(self._codes, missing, size) - self.pull * self.weights
        bend = np.bincount(self._codes, certain, size) + self.pull
        moved = np.clip(slope / bend, -1, 1)
        self.weights += moved
        self.moved = float(np.abs(moved).max())
        return moved[self._codes]


def fit(examples: Sequence[Example], *, sweeps: int = SWEEPS) -> Lifts:
    """Return what places do to odds, without knots.

    A line item's rate anywhere is fitted too and left out: by now it is counted better.
    """
    base = np.array([one.base_ppm for one in examples], np.float64).clip(1, MILLION - 1) / MILLION
    counts = np.array([one.weight_ppm for one in examples], np.float64)
    counts /= counts.mean()  # what stands for others tells no more than itself
    happened = np.array([one.happened for one in examples], np.float64)
    margin = np.log(base / (1 - base))
    columns = list(_columns(examples))
    for _ in range(sweeps):
        for column in columns:
            chance = 1 / (1 + np.exp(-margin))
            margin += column.step(counts * (happened - chance), counts * chance * (1 - chance))
        if max(column.moved for column in columns) < SETTLED:
            break
    return _lifts(columns)


def _columns(examples: Sequence[Example]) -> Iterator[_Column]:
    yield _Column([(EVERYWHERE, "")] * len(examples), pull=PULL)
    for name in Where._fields:
        yield _Column([(name, getattr(one.where, name)) for one in examples], pull=PULL)
    own = [str(one.item_id) for one in examples]
    yield _Column([(item,) for item in own], pull=PULL)
    for name in CROSSED:
        values = [getattr(one.where, name) for one in examples]
        keys = [(item, name, value) for item, value in zip(own, values, strict=True)]
        yield _Column(keys, pull=CROSSED_PULL)


def _lifts(columns: Sequence[_Column]) -> Lifts:
    places: dict[str, dict[str, int]] = defaultdict(dict)
    items: dict[UUID, dict[str, int]] = defaultdict(dict)
    for column in columns:
        for key, weight in zip(column.keys, column.weights.tolist(), strict=True):
            if abs(weight) < LEAST_LIFT or len(key) == 1:
                continue
            factor = round(MILLION * exp(max(-MOST_LIFT, min(weight, MOST_LIFT))))
            *item, name, value = key
            if item:
                items[UUID(item[0])][own_key(name, value)] = factor
            else:
                places[name][value] = factor
    everywhere = places.pop(EVERYWHERE, {})
    return Lifts(everywhere.get("", MILLION), dict(places), dict(items))
