"""Ribbons: bundles of fine threads fall like water, twist, and catch the light where they turn."""

from collections.abc import Iterator

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import HEIGHT, TAU, WIDTH, Field, Frame, grid, paint, phases
from takings.demo.rules.clips.colour import Palette, palette, ramp

THREADS = 44
BUNDLES = ((0.30, 0.20, 1, 0.0), (0.54, 0.26, 2, 0.37), (0.72, 0.18, 1, 0.71))
LEVELS, BANDS = 128, 64


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop; a thread crosses each row once, so its light lands on two pixels of it."""
    x, y = grid()
    band = np.clip((0.55 * x / WIDTH + 0.45 * y / HEIGHT) * BANDS, 0, BANDS - 1).astype(np.int32)
    hue, colours = band * LEVELS, _palette()
    down = y / np.float32(HEIGHT)
    threads = np.linspace(-1, 1, THREADS, dtype=np.float32)[None, :]
    for phase in phases(count):
        paths = [_bundle(down, threads, bundle, phase) for bundle in BUNDLES]
        light = _light(np.concatenate(paths, axis=1))
        level = np.minimum(light * 36, LEVELS - 1)
        yield paint(level.astype(np.int32) + hue, colours)


def _bundle(
    down: Field, threads: Field, bundle: tuple[float, float, int, float], phase: float
) -> Field:
    middle, reach, pace, shift = bundle
    turn = np.float32(TAU * (phase + shift))
    centre = (
        middle + 0.13 * np.sin(TAU * down * 0.8 + turn) + 0.05 * np.sin(TAU * down * 1.9 - turn)
    )
    twist = np.sin(TAU * down * (0.6 + 0.25 * pace) - pace * turn)
    fan = 0.06 * np.sin(3.1 * threads + TAU * down * 1.3 + turn)
    path: Field = WIDTH * (centre + reach * twist * threads + fan)
    return path


def _light(paths: Field) -> Field:
    left = np.floor(paths)
    share = paths - left
    cell = left.astype(np.intp) + 2 + np.arange(HEIGHT)[:, None] * (WIDTH + 4)
    inside = (left >= -1) & (left < WIDTH)
    cell, share = cell[inside], share[inside]
    cells, shares = np.concatenate([cell, cell + 1]), np.concatenate([1 - share, share])
    light = np.bincount(cells, weights=shares, minlength=HEIGHT * (WIDTH + 4))
    return light.reshape(HEIGHT, WIDTH + 4)[:, 2:-2].astype(np.float32)


def _palette() -> Palette:
    threads = ramp("39e0d0 3f9bff 7d6bff d65bff ff5d8f ff9a5a ffd166", BANDS)[:, None]
    night = ramp("0a0d22 100b26 170a24", BANDS)[:, None]
    way = np.linspace(0, 1, LEVELS)[None, :, None]
    lit = night * (1 - way**0.62) + threads * way**0.62
    return palette(lit + (255 - lit) * np.clip(way - 0.6, 0, 1) * 1.9)


def sound(seconds: float) -> tones.Samples:
    """Return three voices in the ratio 2 : 3 : 4, one for each bundle."""
    track = tones.pad(seconds, tuple(tones.note(k, root=82.41) for k in (0, 2, 5))) * 0.45
    melody = (5, 7, 9, 8, 12, 10, 9, 7)
    for voice, turns in enumerate((8, 12, 16)):
        for place in range(turns):
            tone = tones.pluck(tones.note(melody[place % 8] + voice, root=164.81), bright=0.6)
            at = (place + 0.3 * voice) / turns * seconds
            tones.add(track, tone, at=at, gain=0.13, pan=(voice - 1) * 0.7)
    return tones.room(track, seconds=2.2, wet=0.4)
