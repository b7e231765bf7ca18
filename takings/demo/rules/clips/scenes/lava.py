"""Lava: warm drops rise, cool, sink and melt into one another (metaballs; J. F. Blinn, 1982)."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import HEIGHT, TAU, WIDTH, Field, Frame, grid, paint, phases
from takings.demo.rules.clips.colour import Palette, palette, ramp

WIDE, HIGH = WIDTH // 4, HEIGHT // 4
LEVELS, BANDS = 1024, 48
SURFACE = 290  # the level at which glass ends and wax begins
DROPS = (  # radius, across, wander, how far it rises, laps, start
    (23, 0.34, 0.10, 0.42, 1, 0.00),
    (17, 0.66, 0.13, 0.44, 1, 0.42),
    (14, 0.50, 0.22, 0.46, 2, 0.15),
    (20, 0.72, 0.08, 0.36, 1, 0.71),
    (12, 0.26, 0.12, 0.45, 2, 0.60),
    (10, 0.58, 0.24, 0.40, 2, 0.88),
    (15, 0.44, 0.16, 0.47, 1, 0.27),
)


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop: the field is drawn small, enlarged smoothly, and cut at full size."""
    x, y = grid(WIDE, HIGH)
    band = (grid()[1] / HEIGHT * BANDS).astype(np.int32) * LEVELS + np.zeros((1, WIDTH), np.int32)
    pools = 1.5 * np.exp((y - HIGH) / 11) + 1.0 * np.exp(-y / 8)
    still = (pools + 0 * x).astype(np.float32)
    colours = _palette()
    for phase in phases(count):
        field = still.copy()
        for drop in DROPS:
            field += _drop(x, y, drop, phase)
        level = np.float32(LEVELS - 1) * (1 - 1 / (1 + field))
        image = Image.fromarray(level.astype(np.float32))
        large = np.asarray(image.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR))
        yield paint(large.astype(np.int32) + band, colours)


def _drop(
    x: Field, y: Field, drop: tuple[float, float, float, float, int, float], phase: float
) -> Field:
    radius, across, wander, rise, laps, start = drop
    turn = TAU * (laps * phase + start)
    middle = WIDE * (across + wander * np.sin(turn * 1.0 + start * 9))
    row = HIGH * (0.5 + rise * np.cos(turn))
    size = np.float32(radius * radius * (1 + 0.10 * np.sin(2 * turn)) * 0.50)
    dx, dy = x - np.float32(middle), y - np.float32(row)
    field: Field = size / (dx * dx + dy * dy * np.float32(0.86) + 14)
    return field


def _palette() -> Palette:
    glass = ramp("2b0f3f 3a1250 4d1259 6a1458", BANDS)
    wax_edge = ramp("ff5e8a ff5a5f ff7a3d ff9d2e", BANDS)
    wax_core = ramp("ffb3a7 ffb36b ffd05e fff0a0", BANDS)
    level = np.arange(LEVELS)[None, :, None]
    cut = np.clip((level - SURFACE) / 9, 0, 1)
    glow = np.clip(level / SURFACE, 0, 1) ** 2.6 * 0.55
    deep = np.clip((level - SURFACE) / 480, 0, 1) ** 0.8
    outside = glass[:, None] * (1 - glow) + wax_edge[:, None] * glow
    inside = wax_edge[:, None] * (1 - deep) + wax_core[:, None] * deep
    return palette(outside * (1 - cut) + inside * cut)


def sound(seconds: float) -> tones.Samples:
    """Return a slow bass, a warm chord and round bubbles that rise a fifth at a time."""
    track = tones.pad(seconds, (110.0, 164.81, 196.0, 261.63), bright=0.42) * 0.7
    for beat in range(4):
        root = (55.0, 55.0, 65.41, 48.99)[beat]
        tones.add(track, tones.thump(root, 0.9), at=beat * seconds / 4, gain=0.5)
    for place, step in enumerate((5, 8, 10, 7, 9, 12, 10, 8, 6, 9, 11, 8)):
        tone = tones.drop(tones.note(step, root=110), seconds=0.6)
        at = (place + 0.3 * (place % 2)) * seconds / 12
        tones.add(track, tone, at=at, gain=0.28, pan=0.6 * np.sin(place * 1.9))
    return tones.room(track, seconds=2.0, wet=0.38)
