"""Paper dunes: sheets of coloured paper, cut in waves, drifting past a low sun."""

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

SHEETS = 7
DEPTH = 512  # steps of shade below a sheet's edge …
STEPS = 3  # … three to a pixel
SUN = (345.0, 300.0, 96.0)


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop: each sheet's edge is a sum of two waves that travel at their own pace."""
    sky, colours = _sky(), _palette()
    y = grid()[1] * STEPS
    along = np.linspace(0, 1, WIDTH, dtype=np.float32)
    for phase in phases(count):
        index = sky.copy()
        edges = [_edge(along, sheet, phase) for sheet in range(SHEETS)]
        bottoms = [int(edge.max()) + 1 for edge in edges[1:]] + [HEIGHT]
        for sheet, (edge, bottom) in enumerate(zip(edges, bottoms, strict=True), start=1):
            rows = slice(int(edge.min()), bottom)
            below = y[rows] - edge * STEPS
            shade = np.minimum(below, DEPTH - 1).astype(np.int32) + sheet * DEPTH
            np.copyto(index[rows], shade, where=below >= 0)
        yield paint(index, colours)


def _sky() -> Index:
    x, y = grid()
    away = np.hypot(x - SUN[0], y - SUN[1]) - SUN[2]
    grain = np.random.default_rng(2).random(away.shape)  # dither: no rings in the sky
    level = np.clip(DEPTH - 46 - away * 0.62 + grain * 9, 0, DEPTH - 41)
    level[away < 1] = DEPTH - 20
    level[away < 0] = DEPTH - 1
    sky: Index = level.astype(np.int32)
    return sky


def _edge(along: Field, sheet: int, phase: float) -> Field:
    base = HEIGHT * (0.37 + 0.085 * sheet)
    way = 1 if sheet % 2 else -1
    slow = np.sin(TAU * (along * (0.55 + 0.07 * sheet) + way * phase) + sheet * 1.7)
    quick = np.sin(TAU * (along * (1.25 - 0.06 * sheet) - way * phase) + sheet * 0.9)
    edge: Field = (base + (34 + 3 * sheet) * slow + 13 * quick).astype(np.float32)
    return edge


def _palette() -> Palette:
    lit = ramp("f6b38a f28b70 dc5f6b a8436f 6f3268 402657 1f1a3d", SHEETS)
    behind = np.concatenate([ramp("f7c9a0", 1), lit[:-1]])
    dark = lit * 0.62
    sheets = blend(dark, lit, DEPTH)
    ease = np.minimum(np.arange(DEPTH) * 2.2, DEPTH - 1).astype(int)
    sheets = sheets[:, ease]
    cut = np.linspace(0, 1, 4)[None, :, None]
    sheets[:, :4] = behind[:, None] * (1 - cut) + np.minimum(lit * 1.12, 255)[:, None] * cut
    sky = ramp("e98b74 efa483 f4bb93 f8d3a8 fbe2bb fff3d6", DEPTH)
    sky[DEPTH - 40 :] = (255, 250, 232)
    sky[DEPTH - 20] = sky[[DEPTH - 41, DEPTH - 1]].mean(axis=0)
    return palette(np.concatenate([sky[None], sheets]))


def sound(seconds: float) -> tones.Samples:
    """Return a wide warm chord, a slow melody of bells and a brush on every beat."""
    chord = tuple(tones.note(step, root=110) for step in (0, 3, 5, 7))
    track = tones.pad(seconds, chord) * 0.7
    beat = seconds / 14
    for place, step in ((0, 7), (2, 9), (3, 8), (5, 10), (8, 7), (10, 12), (11, 9), (13, 8)):
        tone = tones.bell(tones.note(step, root=220))
        tones.add(track, tone, at=place * beat, gain=0.22, pan=-0.5 + place / 14)
    for place in range(28):
        loud = 0.16 if place % 4 == 2 else 0.07
        tones.add(track, tones.tick(seed=place), at=place * beat / 2, gain=loud, pan=0.3)
    return tones.room(track, wet=0.35)
