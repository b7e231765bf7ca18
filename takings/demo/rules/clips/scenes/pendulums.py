"""Pendulum wave: thirteen lights, each a little faster than the last, fall in and out of step.

After the demonstration lecture of E. Mach (1867): in one loop, ball ``i`` swings ``4 + i`` times.
"""

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import HEIGHT, TAU, WIDTH, Field, Frame, grid, paint
from takings.demo.rules.clips.colour import Palette, palette, ramp

BALLS = 13
SLOWEST = 4
BEGIN = 0.045  # the loop begins just after all have met: its first frame is the poster
LEVELS = 128
BANDS = 64
SWING = 205.0
RADIUS, TRAIL, HALO = 17.0, 5.0, 58.0
WARM_UP = 40  # frames before the first, so that the trails are there from the start

Window: TypeAlias = tuple[slice, slice]


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop; light fades behind each ball, so its path stays visible for a moment."""
    x, y = grid()
    rows = np.linspace(118, HEIGHT - 118, BALLS)
    swings = SLOWEST + np.arange(BALLS)
    band = (y / HEIGHT * BANDS).astype(np.int32) * LEVELS
    haze = (6 * np.exp(-(((x - WIDTH / 2) / 230) ** 2)) * np.ones_like(y)).astype(np.float32)
    trail = np.zeros((HEIGHT, WIDTH), np.float32)
    colours = _palette()
    before = WIDTH / 2 + SWING * np.sin(TAU * swings * (BEGIN + (-WARM_UP - 1) / count))
    for number in range(-WARM_UP, count):
        trail *= np.float32(0.925)
        light = haze.copy()
        middles = WIDTH / 2 + SWING * np.sin(TAU * swings * (BEGIN + number / count))
        for row, middle, last in zip(rows, middles, before, strict=True):
            core, here = _capsule(row, min(middle, last), max(middle, last), TRAIL)
            np.maximum(trail[here], core * (LEVELS * 0.6), out=trail[here])
            if number >= 0:
                _light_ball(light, row, middle)
        before = middles
        if number >= 0:
            yield paint(np.maximum(trail, light).astype(np.int32) + band, colours)


def _light_ball(light: Field, row: float, middle: float) -> None:
    core, here = _capsule(row, middle, middle, RADIUS)
    np.maximum(light[here], core * (LEVELS - 1), out=light[here])
    halo, here = _capsule(row, middle, middle, HALO)
    np.maximum(light[here], halo * (LEVELS * 0.36), out=light[here])


def _capsule(row: float, left: float, right: float, reach: float) -> tuple[Field, Window]:
    """Return how much of each pixel a bar with round ends covers, and where; a halo fades."""
    rows = slice(int(row - reach) - 1, int(row + reach) + 2)
    columns = slice(max(int(left - reach) - 1, 0), min(int(right + reach) + 2, WIDTH))
    x = np.arange(columns.start, columns.stop, dtype=np.float32) + np.float32(0.5)
    y = np.arange(rows.start, rows.stop, dtype=np.float32) + np.float32(0.5 - row)
    beside = np.maximum(np.maximum(left - x, x - right), 0)
    away = np.sqrt(beside[None, :] ** 2 + y[:, None] ** 2)
    if reach == HALO:
        return (np.clip(1 - away / HALO, 0, 1) ** 2).astype(np.float32), (rows, columns)
    return np.clip(reach - away + 0.5, 0, 1).astype(np.float32), (rows, columns)


def _palette() -> Palette:
    hues = ramp("5ef1d0 4cc3ff 7a8bff b57bff ff77c8 ff8f78 ffc75f", BANDS)
    night = ramp("0a1024 0d0f2b 140d2c", BANDS)
    table = np.empty((BANDS, LEVELS, 3))
    way = np.linspace(0, 1, LEVELS)[:, None]
    for row in range(BANDS):
        lit = night[row] * (1 - way) + hues[row] * way**0.95
        table[row] = lit + np.clip((way - 0.80) / 0.20, 0, 1) * (255 - lit) * 0.30
    return palette(table)


def sound(seconds: float) -> tones.Samples:
    """Return one pluck for each ball that passes the middle to the right."""
    track = tones.pad(seconds, (tones.note(0, root=73.42), tones.note(3, root=73.42))) * 0.35
    for ball in range(BALLS):
        tone = tones.pluck(tones.note(BALLS - ball + 2, root=146.83), bright=0.42)
        for swing in range(SLOWEST + ball):
            when = (swing / (SLOWEST + ball) - BEGIN) * seconds
            tones.add(track, tone, at=when, gain=0.16, pan=0.8 * ball / BALLS - 0.4)
    return tones.room(track, seconds=2.4, wet=0.42)
