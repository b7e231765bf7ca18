"""Moiré: two sets of rings slide over each other; what moves is neither of them."""

from collections.abc import Iterator

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import HEIGHT, TAU, WIDTH, Frame, Index, paint, phases
from takings.demo.rules.clips.colour import Palette, hex_rgb, palette

GAP = 32.0  # pixels from ring to ring
REACH = (150, 230)  # how far the middles wander, across and down
LEVELS = 16  # of smoothness at an edge
COLOURS = ("f6ead2", "e2483d", "1d3f5e", "12202f")  # neither, first, second, both


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop: two windows on one large picture, and a table of their four colours."""
    rings = _rings()
    second = rings * LEVELS
    colours = _palette()
    for phase in phases(count):
        turn = TAU * phase
        a = _window(rings, 0.50 * np.sin(turn), 0.42 * np.cos(turn))
        b = _window(second, -0.62 * np.sin(turn + 0.9), -0.55 * np.cos(2 * turn))
        yield paint(a + b, colours)


def _rings() -> Index:
    high, wide = HEIGHT + 2 * REACH[1], WIDTH + 2 * REACH[0]
    x = np.arange(wide * 2, dtype=np.float32)[None, :] / 2 - wide / 2
    y = np.arange(high * 2, dtype=np.float32)[:, None] / 2 - high / 2
    away = np.sqrt(x * x + y * y) % np.float32(GAP)
    edge = np.minimum(np.abs(away - GAP / 4), np.abs(away - GAP * 3 / 4))
    inside = np.abs(away - GAP / 2) < GAP / 4
    cover = np.clip(0.5 + np.where(inside, edge, -edge), 0, 1)
    rings: Index = np.round(cover * (LEVELS - 1)).astype(np.int32)
    return rings


def _window(rings: Index, across: float, down: float) -> Index:
    """Return the view from a place within ±1 of the middle; half a pixel is the finest step."""
    left = round((1 + across) * REACH[0] * 2)
    top = round((1 + down) * REACH[1] * 2)
    return rings[top : top + 2 * HEIGHT : 2, left : left + 2 * WIDTH : 2]


def _palette() -> Palette:
    neither, first, second, both = (np.array(hex_rgb(colour), float) for colour in COLOURS)
    a = np.linspace(0, 1, LEVELS)[None, :, None]
    b = np.linspace(0, 1, LEVELS)[:, None, None]
    top = neither * (1 - a) + first * a
    bottom = second * (1 - a) + both * a
    return palette(top * (1 - b) + bottom * b)


def sound(seconds: float) -> tones.Samples:
    """Return two patterns, of twelve and of fourteen steps, that drift as the rings do."""
    track = tones.silence(seconds)
    low, high = (0, 3, 0, 5, 0, 3), (7, 9, 10, 9, 12, 10, 9)
    for place in range(12):
        tone = tones.marimba(tones.note(low[place % 6], root=110))
        tones.add(track, tone, at=place / 12 * seconds, gain=0.5, pan=-0.5)
    for place in range(28):
        tone = tones.marimba(tones.note(high[place % 7], root=220), seconds=0.4)
        tones.add(track, tone, at=place / 28 * seconds, gain=0.26, pan=0.5)
    for place in range(24):
        if place % 3 == 0:
            tones.add(track, tones.thump(55), at=place / 24 * seconds, gain=0.55)
        loud = 0.2 if place % 3 == 2 else 0.08
        tones.add(track, tones.tick(seed=place), at=place / 24 * seconds, gain=loud, pan=0.1)
    return tones.room(track, seconds=0.9, wet=0.2)
