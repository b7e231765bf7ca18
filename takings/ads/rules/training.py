"""Learning what places do to chances, and whether that is worth anything.

Fitted on the earlier days, calibrated on two later ones by isotonic regression (Zadrozny & Elkan,
KDD 2002), and judged on the last two, of which it has seen nothing: what was learned decides only
if its log-loss there is smaller than that of empirical Bayes by more than chance.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from takings.ads.rules.fitting import Example, fit
from takings.ads.rules.lifts import Lifts
from takings.ads.rules.lines import MILLION, Pricing
from takings.ads.rules.reliability import Bin, Loss, Predict, bins_of, isotonic, losses

LOOKS_BACK = dt.timedelta(days=28)
SETTLED_AFTER = dt.timedelta(days=2)
SETTLED_AFTER_OF: Mapping[Pricing, dt.timedelta] = {Pricing.CPA: dt.timedelta(days=32)}
"""So long after a decision it is known what came of it: a click of a day later, and its order."""
LEARNED_FROM = LOOKS_BACK + max(SETTLED_AFTER_OF.values()) + dt.timedelta(days=1)
LEAST_DAYS, CALIBRATED_DAYS, HELD_OUT_DAYS = 7, 2, 2
FEWEST_EVENTS, FEWEST_HELD_OUT = 200, 30
"""With fewer of what is rarer, the event or its absence, nothing is learned."""
STANDARD_ERRORS = 2


class Verdict(StrEnum):
    """Whether what was learned decides."""

    BETTER = "better"
    NO_BETTER = "no_better"
    TOO_LITTLE = "too_little"


class Judged(NamedTuple):
    """What was learned, on days until when, and how it did on those held out, by tenths of them."""

    verdict: Verdict
    lifts: Lifts
    calibrated_from: dt.date
    held_out_from: dt.date
    loss: Loss
    reliability: tuple[Bin, ...]
    bayes_reliability: tuple[Bin, ...]


def train(examples: Sequence[Example], *, strength: int) -> Judged | None:
    """Learn from examples and judge it; None where there are too few.

    ``strength`` is the weight in impressions that calibration gives to what the factors say. The
    same examples give the same answer, in whatever order they come.
    """
    listed = sorted(examples)
    days = sorted({one.day for one in listed})
    if len(days) < LEAST_DAYS:
        return None
    held_from, calibrated_from = days[-HELD_OUT_DAYS], days[-HELD_OUT_DAYS - CALIBRATED_DAYS]
    fitted = [one for one in listed if one.day < calibrated_from]
    held = [one for one in listed if one.day >= held_from]
    if _rarer(fitted) < FEWEST_EVENTS or _rarer(held) < FEWEST_HELD_OUT:
        return None
    raw = fit(fitted)
    between = [one for one in listed if calibrated_from <= one.day < held_from]
    knots = isotonic(bins_of(between, predict=_by(raw)), strength=strength)
    lifts = Lifts(raw.everywhere_ppm, raw.places, raw.items, knots)
    loss = losses(held, model=_by(lifts), bayes=_base, constant_ppm=_mean_ppm(fitted))
    is_better = loss.bayes - loss.model > STANDARD_ERRORS * loss.error
    return Judged(
        verdict=Verdict.BETTER if is_better else Verdict.NO_BETTER,
        lifts=lifts,
        calibrated_from=calibrated_from,
        held_out_from=held_from,
        loss=loss,
        reliability=bins_of(held, predict=_by(lifts)),
        bayes_reliability=bins_of(held, predict=_base),
    )


def _rarer(examples: Sequence[Example]) -> int:
    events = sum(one.happened for one in examples)
    return min(events, len(examples) - events)


def _mean_ppm(examples: Sequence[Example]) -> int:
    events = sum(one.weight_ppm for one in examples if one.happened)
    return MILLION * events // sum(one.weight_ppm for one in examples)


def _by(lifts: Lifts) -> Predict:
    return lambda one: lifts.at(one.where).chance_ppm(one.base_ppm, own=lifts.own(one.item_id))


def _base(example: Example) -> int:
    return example.base_ppm
