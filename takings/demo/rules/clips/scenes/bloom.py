"""Bloom: a sunflower's spiral (phyllotaxis), whose florets open and close in turning waves.

The k-th floret lies at the golden angle × k and at a radius of √k (H. Vogel, 1979).
"""

from collections.abc import Iterator

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import (
    HEIGHT,
    TAU,
    WIDTH,
    Field,
    Frame,
    Index,
    grid,
    paint,
    phases,
)
from takings.demo.rules.clips.colour import Palette, blend, palette, ramp

FLORETS = 1500
SPREAD = 14.6
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
HUES, EDGE = 64, 16


def draw(count: int) -> Iterator[Frame]:
    """Yield one wave twice: every pixel knows its nearest floret once; only the sizes move."""
    once = list(_wave(count // 2))
    yield from once
    yield from once


def _wave(count: int) -> Iterator[Frame]:
    number = np.arange(FLORETS) + 0.5
    radius, angle = SPREAD * np.sqrt(number), number * GOLDEN_ANGLE
    at = np.stack([WIDTH / 2 + radius * np.cos(angle), HEIGHT * 0.5 + radius * np.sin(angle)], -1)
    nearest, away = _nearest(at)
    colours = _palette()
    for phase in phases(count):
        wave = np.sin(radius / 62 - TAU * phase) + 0.8 * np.sin(3 * angle + TAU * phase)
        grown = np.clip(0.54 + 0.30 * wave, 0.10, 1)
        size = (SPREAD * (0.12 + 0.80 * grown) * np.clip(radius / 120, 0.62, 1)).astype(np.float32)
        hue = np.clip((radius / 545 + 0.10 * wave) * HUES, 0, HUES - 1).astype(np.intp)
        cover = np.clip((size[nearest] - away) * 8 + 8, 0, EDGE - 1).astype(np.intp)
        yield paint((hue * EDGE)[nearest] + cover, colours)


def _nearest(at: Field) -> tuple[Index, Field]:
    x, y = grid()
    nearest = np.zeros((HEIGHT, WIDTH), np.intp)
    away = np.full((HEIGHT, WIDTH), 1e9, np.float32)
    reach = int(SPREAD * 1.7)
    for k, (middle, row) in enumerate(at):
        here = np.s_[
            max(int(row) - reach, 0) : max(int(row) + reach, 0),
            max(int(middle) - reach, 0) : max(int(middle) + reach, 0),
        ]
        new = np.hypot(x[:, here[1]] - np.float32(middle), y[here[0]] - np.float32(row))
        closer = new < away[here]
        away[here][closer] = new[closer]
        nearest[here][closer] = k
    return nearest, away


def _palette() -> Palette:
    petals = ramp("fff4c2 ffd166 ff9f5a f76c6c d64f8a 8f49a6 4c4aa3", HUES)
    ground = ramp("14333a 102a38 0c2032 09182a", HUES)
    return palette(blend(ground, petals, EDGE))


def sound(seconds: float) -> tones.Samples:
    """Return a kalimba that climbs the spiral and falls again, twice in a loop."""
    track = tones.pad(seconds, (tones.note(0, root=98), tones.note(3, root=98))) * 0.3
    steps = (0, 3, 5, 7, 9, 10, 9, 7, 5, 8, 7, 3, 0, 2, 5, 4)
    beat = seconds / 32
    for place in range(32):
        step = steps[place % 16] + (2 if place >= 16 and place % 3 == 0 else 0)
        tone = tones.pluck(tones.note(step, root=196), seconds=0.9, bright=0.25)
        side = 0.5 * np.sin(TAU * place / 16)
        tones.add(track, tone, at=place * beat, gain=0.3 if place % 4 == 0 else 0.2, pan=side)
    return tones.room(track, wet=0.3)
