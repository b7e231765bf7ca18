"""Advertisement of Northwind Tea (a made-up brand): leaves sail down past a tin."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import (
    HEIGHT,
    TAU,
    WIDTH,
    Frame,
    ellipse,
    inside,
    phases,
    rounded,
    stamp,
)
from takings.demo.rules.clips.colour import hex_rgb, ramp
from takings.demo.rules.clips.lettering import Face, write

LEAVES = 19
TIN = slice(380, 820)  # rows
WORDS = (slice(70, 270), slice(870, 920))
GREENS = ("4f8a3c", "6ea648", "8fbf5a", "3d7a4a", "b3c76a")
INK, GOLD = hex_rgb("173b33"), hex_rgb("d9a441")


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop: leaves behind the tin, the tin, leaves before it, and the words on top."""
    behind = _ground()
    tin = behind.copy()
    _draw_tin(tin)
    shown = (tin != behind).any(axis=-1, keepdims=True)[TIN]
    words = _words()
    leaves = [_leaf(number) for number in range(LEAVES)]
    for phase in phases(count):
        frame = behind.copy()
        for leaf in leaves:
            if not leaf.near:
                _draw_leaf(frame, leaf, phase)
        np.copyto(frame[TIN], tin[TIN], where=shown)
        for leaf in leaves:
            if leaf.near:
                _draw_leaf(frame, leaf, phase)
        for rows in WORDS:
            np.minimum(frame[rows], words[rows], out=frame[rows])
        yield frame


class Leaf(NamedTuple):
    """How one leaf falls: when it starts, in which lane (0–1), its length in pixels, its colour."""

    start: float
    lane: float
    length: float
    colour: str
    near: bool


def _leaf(number: int) -> Leaf:
    lane = number * 0.618 % 1
    near = number % 3 == 0
    length = (30 + 22 * (number * 0.37 % 1)) * (1.3 if near else 0.85)
    return Leaf(number / LEAVES, lane, length, GREENS[number % len(GREENS)], near)


def _draw_leaf(frame: Frame, leaf: Leaf, phase: float) -> None:
    fall = (leaf.start + phase) % 1.0
    sway = TAU * (2 * phase + leaf.start * 3)
    at = (
        WIDTH * (0.03 + 0.94 * leaf.lane) + 44 * np.sin(sway),
        (HEIGHT + 2 * leaf.length) * fall - leaf.length,
    )
    turn = 0.5 + 0.9 * np.cos(sway) + leaf.lane * 5
    slim = 0.30 + 0.10 * np.sin(TAU * (3 * phase + leaf.lane))
    along_x, along_y = np.cos(turn), np.sin(turn)
    wide = leaf.length * max(abs(along_x), slim + 0.1) + 2
    tall = leaf.length * max(abs(along_y), slim + 0.1) + 2
    patch = stamp(frame, at=at, reach=(wide, tall))
    if patch is None:
        return
    along = patch.x * along_x + patch.y * along_y
    beside = patch.y * along_x - patch.x * along_y
    half = leaf.length * slim * (1 - (along / leaf.length) ** 2)
    cover = np.clip(half - np.abs(beside) + 0.5, 0, 1)
    light = np.array(hex_rgb(leaf.colour), np.float32)
    sides = np.where((beside > 0)[..., None], light * 0.78, light)
    patch.blend(cover.astype(np.float32), sides.astype(np.float32))


def _ground() -> Frame:
    sky = ramp("f7ecd0 f3e2bd ecd3a4", HEIGHT)
    picture = np.broadcast_to(sky[:, None], (HEIGHT, WIDTH, 3)).astype(np.uint8).copy()
    ellipse(picture, at=(WIDTH / 2, 560), radii=(238, 238), rgb=hex_rgb("f8c98b"))
    return picture


def _words() -> Frame:
    """Return the words dark on white: the darker of picture and words is the picture with words."""
    page = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    write(page, "First flush", at=(WIDTH / 2, 128), face=Face(80, bold=1), rgb=INK)
    write(page, "is here.", at=(WIDTH / 2, 212), face=Face(80, bold=1), rgb=INK)
    write(page, "Picked in April. In your cup in May.", at=(WIDTH / 2, 896), face=Face(28), rgb=INK)
    return page


def _draw_tin(picture: Frame) -> None:
    middle = WIDTH / 2
    rounded(picture, at=(middle, 604), size=(252, 400), corner=26, rgb=hex_rgb("1f5a4c"))
    rounded(picture, at=(middle, 436), size=(268, 84), corner=22, rgb=hex_rgb("2a6f5d"))
    rounded(picture, at=(middle, 478), size=(268, 6), corner=3, rgb=INK)
    for left, wide, opacity, rgb in (
        (186, 26, 0.16, (255, 255, 255)),
        (372, 22, 0.20, (0, 20, 20)),
    ):
        shine = inside(picture, at=(left, 598), reach=(wide, 198))
        fall = np.clip(1 - (shine.x / wide) ** 2, 0, 1) * opacity + 0 * shine.y
        shine.blend(fall.astype(np.float32), rgb)
    rounded(picture, at=(middle, 630), size=(200, 232), corner=14, rgb=hex_rgb("f8eed6"))
    for line in range(3):
        at = (middle - 10 + line * 10, 560 + line * 16)
        rounded(picture, at=at, size=(84 - line * 14, 7), corner=3.5, rgb=GOLD)
    write(picture, "Northwind", at=(middle, 650), face=Face(38, bold=1), rgb=INK)
    write(picture, "TEA", at=(middle, 694), face=Face(20, tracking=10), rgb=INK)


def sound(seconds: float) -> tones.Samples:
    """Return a bright, light walk of plucks that ends on the brand's four notes."""
    track = tones.pad(seconds, (146.83, 220.0, 293.66), bright=0.3) * 0.3
    steps = (5, 7, 8, 10, 8, 7, 9, 7, 5, 7, 8, 10, 12, 10, 8, 10)
    for place, step in enumerate(steps):
        tone = tones.pluck(tones.note(step, root=146.83), bright=0.4)
        tones.add(track, tone, at=place * seconds / 16, gain=0.26, pan=0.5 * np.sin(place))
        tones.add(track, tones.tick(seed=place), at=(place + 0.5) * seconds / 16, gain=0.08)
    return tones.room(track, seconds=1.2, wet=0.28)
