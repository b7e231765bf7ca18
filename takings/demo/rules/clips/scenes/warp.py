"""Warp: stars stream past on the way into a turning galaxy."""

from collections.abc import Callable, Iterator

import numpy as np
from PIL import Image

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
    splat,
)
from takings.demo.rules.clips.colour import Palette, palette, ramp

STARS = 620
LEVELS, HAZES, TURNS = 64, 64, 256
TRAIL = 12  # frames before the first, so that the trails are there from the start
STREAK = np.linspace(0, 1, 28, dtype=np.float32)[None, :]
CENTRE = HEIGHT * 0.46


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop: a star's depth runs a whole number of times through it."""
    chance = np.random.default_rng(21)
    angle = (chance.random(STARS) * TAU).astype(np.float32)[:, None]
    spread = (12 + 165 * np.sqrt(chance.random(STARS))).astype(np.float32)[:, None]
    start, laps = chance.random((STARS, 1)), chance.integers(1, 4, (STARS, 1))
    colours, galaxy = _palette(), _galaxy()
    light = np.zeros((HEIGHT, WIDTH), np.float32)
    for number in range(-TRAIL, count):
        phase = number / count
        light *= np.float32(0.80)
        near = 1 - (start + laps * phase) % 1.0
        away = spread / (near + 0.05 + laps / count * 1.1 * STREAK)
        turn = angle + np.float32(0.25 * np.sin(TAU * phase))
        bright = np.minimum((1 - near) * 60 + 5, 46) * np.abs(away[:, -1:] - away[:, :1])
        bright = np.minimum(bright / STREAK.size, 40) * np.ones_like(STREAK)
        x, y = WIDTH / 2 + away * np.cos(turn), CENTRE + away * np.sin(turn)
        flat = (part.ravel().astype(np.float32) for part in (x, y, bright))
        light += splat(*flat, size=(WIDTH, HEIGHT))
        if number >= 0:
            level = np.minimum(light, LEVELS - 1).astype(np.int32)
            yield paint(level + galaxy(phase), colours)


def _galaxy() -> Callable[[float], Index]:
    """Return the picture of the turning galaxy at a phase: its arms are logarithmic spirals."""
    x, y = grid()
    u, v = (x - WIDTH / 2) / WIDTH, (y - CENTRE) / WIDTH * 0.86
    away = np.hypot(u, v) + 0.012
    arm = (2 * np.arctan2(v, u) + 5.2 * np.log(away) + 0.9 * _cloud()) / TAU
    where = (arm % 1 * TURNS).astype(np.int32) % TURNS
    strength = (HAZES * 0.50 * np.exp(-away * 2.3) * np.minimum(away * 7, 1)).astype(np.float32)
    grain = np.random.default_rng(3).random(away.shape)  # dither: no bands in the dark
    core = 0.80 * np.exp(-away * 9) + 0.22 * np.exp(-away * 2.2) + 0.03
    ground = (core * HAZES + grain).astype(np.float32)
    wave = ((0.5 + 0.5 * np.cos(TAU * np.arange(2 * TURNS) / TURNS)) ** 1.6).astype(np.float32)

    def at(phase: float) -> Index:
        shift = round(TURNS * (1 - phase)) % TURNS
        level = wave[shift : shift + TURNS][where]
        level *= strength
        level += ground
        return np.minimum(level.astype(np.int32), HAZES - 1) * LEVELS

    return at


def _cloud() -> Field:
    """Return smooth noise in four octaves, about −1 … 1."""
    chance = np.random.default_rng(8)
    cloud = np.zeros((HEIGHT, WIDTH), np.float32)
    for octave in range(4):
        cells = chance.random((9 * 2**octave, 5 * 2**octave), dtype=np.float32) - np.float32(0.5)
        image = Image.fromarray(cells).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        cloud += np.asarray(image) * np.float32(2 * 0.55**octave)
    return cloud


def _palette() -> Palette:
    nebula = ramp("04040f 0a0b26 151347 2c1d6e 5a2b8c 9a3f98 dd6a94 ffb59c", HAZES)
    way = np.linspace(0, 1, LEVELS)[None, :, None] ** 0.8
    star = ramp("8fb7ff bfd6ff ffffff", LEVELS)[None]
    return palette(nebula[:, None] * (1 - way) + star * way)


def sound(seconds: float) -> tones.Samples:
    """Return an engine's hum, wind that comes in waves, and far glints."""
    chord = tuple(tones.note(step, root=55) for step in (0, 3, 5, 8))
    track = tones.pad(seconds, chord, bright=0.5) * 0.8
    wind = tones.wash(seconds, low=300, high=2600, seed=9)
    swell = 0.5 - 0.5 * np.cos(TAU * np.arange(len(track)) / len(track) * 2)
    track += wind * (0.03 + 0.11 * swell[:, None] ** 2).astype(np.float32)
    for place, step in enumerate((10, 12, 14, 11, 13, 15, 12, 10)):
        tone = tones.bell(tones.note(step, root=220))
        tones.add(track, tone, at=(place + 0.5) * seconds / 8, gain=0.09, pan=(-1) ** place * 0.7)
    return tones.room(track, seconds=3.0, wet=0.5)
