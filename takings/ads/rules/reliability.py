"""How far predictions are from what was seen: by tenths of them, and as one number (log-loss).

Whole numbers but for the logarithms, whose sums are rounded to billionths.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import fsum, log, sqrt
from typing import NamedTuple

from takings.ads.rules.fitting import Example
from takings.ads.rules.lines import MILLION

BINS = 10
NANO = 1_000_000_000
Predict = Callable[[Example], int]


class Bin(NamedTuple):
    """So many ``decisions`` of which about as much was predicted, and what was seen of them."""

    predicted_ppm: int
    seen_ppm: int
    decisions: int


class Loss(NamedTuple):
    """Mean log-loss in billionths of a nat: smaller is better.

    ``error`` is the standard error of the difference between the first two.
    """

    model: int
    bayes: int
    constant: int
    error: int


def bins_of(examples: Sequence[Example], *, predict: Predict) -> tuple[Bin, ...]:
    """Return bins of a tenth of the decisions each, those with the lowest predictions first.

    What has the same prediction is in one bin, so there may be fewer, and the last is smaller.
    """
    alike: defaultdict[int, list[Example]] = defaultdict(list)
    for one in examples:
        alike[predict(one)].append(one)
    bins: list[Bin] = []
    part: list[tuple[int, Example]] = []
    for predicted, same in sorted(alike.items()):
        part += [(predicted, one) for one in same]
        if len(part) * BINS >= len(examples):
            bins.append(_bin(part))
            part = []
    return (*bins, _bin(part)) if part else tuple(bins)


def _bin(part: Sequence[tuple[int, Example]]) -> Bin:
    whole = sum(one.weight_ppm for _, one in part)
    predicted = sum(chance * one.weight_ppm for chance, one in part) // whole
    seen = sum(one.weight_ppm for _, one in part if one.happened) * MILLION // whole
    return Bin(predicted, seen, len(part))


def isotonic(bins: Sequence[Bin], *, strength: int) -> tuple[tuple[int, int], ...]:
    """Return the rising line through bins, as knots; neighbours that do not rise are made one.

    Pool adjacent violators (Ayer et al. 1955). What was seen is believed as if ``strength`` more
    had been seen as predicted.
    """
    blocks: list[Bin] = []
    for one in bins:
        added = one.seen_ppm * one.decisions + one.predicted_ppm * strength
        block = Bin(one.predicted_ppm, max(1, added // (one.decisions + strength)), one.decisions)
        while blocks and (blocks[-1][0] >= block[0] or blocks[-1][1] >= block[1]):
            block = _joined(blocks.pop(), block)
        blocks.append(block)
    return tuple((block.predicted_ppm, block.seen_ppm) for block in blocks)


def _joined(one: Bin, other: Bin) -> Bin:
    count = one.decisions + other.decisions
    return Bin(
        (one.predicted_ppm * one.decisions + other.predicted_ppm * other.decisions) // count,
        (one.seen_ppm * one.decisions + other.seen_ppm * other.decisions) // count,
        count,
    )


def losses(
    examples: Sequence[Example], *, model: Predict, bayes: Predict, constant_ppm: int
) -> Loss:
    """Return how far three kinds of predictions are from what came, each decision by its weight."""
    weights = [one.weight_ppm / MILLION for one in examples]
    whole = fsum(weights)
    of_model = [_loss(model(one), one) for one in examples]
    of_bayes = [_loss(bayes(one), one) for one in examples]
    of_constant = [_loss(constant_ppm, one) for one in examples]

    def mean(each: Sequence[float]) -> float:
        return fsum(one * weight for one, weight in zip(each, weights, strict=True)) / whole

    gains = [before - now for before, now in zip(of_bayes, of_model, strict=True)]
    gain = mean(gains)
    spread = ((one - gain) * weight for one, weight in zip(gains, weights, strict=True))
    error = sqrt(fsum(one**2 for one in spread)) / whole
    told = (mean(of_model), mean(of_bayes), mean(of_constant), error)
    return Loss(*(round(NANO * one) for one in told))


def _loss(chance_ppm: int, example: Example) -> float:
    """Return the log-loss of one prediction; nothing is quite certain."""
    chance = max(1, min(chance_ppm, MILLION - 1)) / MILLION
    return -log(chance if example.happened else 1 - chance)
