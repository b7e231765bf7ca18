"""Origami: a sheet of folded triangles breathes; each face shows how it turns to the light."""

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
from takings.demo.rules.clips.colour import Palette, palette, ramp

SIDE = 90.0  # of a triangle, in pixels
SHADES, HUES = 64, 24
LIGHT = np.array([-0.42, -0.62, 0.66])


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop: corners rise and fall, the pattern of edges stays where it is."""
    corners, faces = _sheet()
    owner = _owners(corners, faces)
    middle = corners[faces].mean(axis=1)
    hue = np.clip((middle[:, 1] / HEIGHT * 0.8 + middle[:, 0] / WIDTH * 0.2) * HUES, 0, HUES - 1)
    colours = _palette()
    for phase in phases(count):
        shade = _shades(corners, faces, _heights(corners, phase))
        face = hue.astype(np.int32) * SHADES + shade
        yield paint(face[owner], colours)


def _sheet() -> tuple[Field, Index]:
    """Return corners (n, 2) of a grid of equilateral triangles, a little shaken, and faces."""
    chance = np.random.default_rng(51)
    tall = SIDE * np.sqrt(3) / 2
    rows, columns = int(HEIGHT / tall) + 4, int(WIDTH / SIDE) + 4
    corners = np.array(
        [
            [(column - 1 + 0.5 * (row % 2)) * SIDE, (row - 1) * tall]
            for row in range(rows)
            for column in range(columns)
        ]
    )
    corners += chance.uniform(-0.17, 0.17, corners.shape) * SIDE
    faces = []
    for row in range(rows - 1):
        for column in range(columns - 1):
            a, b = row * columns + column, (row + 1) * columns + column
            if row % 2:
                faces += [(a, a + 1, b + 1), (a, b + 1, b)]
            else:
                faces += [(a, a + 1, b), (a + 1, b + 1, b)]
    return corners.astype(np.float32), np.array(faces)


def _owners(corners: Field, faces: Index) -> Index:
    """Return for each pixel the face it lies in."""
    x, y = grid()
    owner = np.zeros((HEIGHT, WIDTH), np.int32)
    for number, face in enumerate(faces):
        points = corners[face]
        left, top = np.maximum(np.floor(points.min(axis=0)).astype(int), 0)
        right, bottom = np.ceil(points.max(axis=0)).astype(int) + 1
        here = np.s_[top : max(bottom, 0), left : max(right, 0)]
        px, py = x[:, here[1]], y[here[0]]
        inside = np.ones((py.shape[0], px.shape[1]), bool)
        for k in range(3):
            (x0, y0), (x1, y1) = points[k], points[(k + 1) % 3]
            inside &= (x1 - x0) * (py - y0) - (y1 - y0) * (px - x0) >= 0
        owner[here][inside] = number
    return owner


def _heights(corners: Field, phase: float) -> Field:
    x, y = corners[:, 0] / WIDTH, corners[:, 1] / WIDTH
    wave = np.sin(TAU * (0.9 * x + 0.7 * y - phase)) + 0.7 * np.sin(
        TAU * (1.1 * y - 0.6 * x + phase)
    )
    fold = 0.8 * np.sin(TAU * phase * 2 + np.arange(len(x)) * 2.4)
    heights: Field = ((wave + fold * 0.55) * 24).astype(np.float32)
    return heights


def _shades(corners: Field, faces: Index, heights: Field) -> Index:
    points = np.concatenate([corners, heights[:, None]], axis=1)[faces]
    normal = np.cross(points[:, 1] - points[:, 0], points[:, 2] - points[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    lit = normal @ LIGHT
    shades: Index = np.clip((lit * 1.25 - 0.10) * SHADES, 0, SHADES - 1).astype(np.int32)
    return shades


def _palette() -> Palette:
    bright = ramp("fff1c9 ffd6a5 ffa8a0 e58ac0 a58be0 7bb8e8 8fe3d2", HUES)[:, None]
    dark = ramp("c46a5a a94a6a 7a3b80 4a3a88 2f4a90 1f5f84 176a70", HUES)[:, None]
    way = np.linspace(0, 1, SHADES)[None, :, None]
    return palette(dark * (1 - way) + bright * way)


def sound(seconds: float) -> tones.Samples:
    """Return a koto's falling figure over a low drone."""
    scale = (0, 1, 5, 7, 8)  # the Japanese “in” scale
    drone = (tones.note(0, root=73.42, scale=scale), tones.note(3, root=73.42, scale=scale))
    track = tones.pad(seconds, drone, bright=0.45) * 0.35
    figure = (12, 11, 10, 8, 10, 8, 7, 5, 9, 8, 7, 5, 7, 5, 3, 5)
    for place, step in enumerate(figure):
        tone = tones.pluck(tones.note(step, root=146.83, scale=scale), seconds=1.5, bright=0.66)
        late = 0.06 * (place % 4 == 1)
        at = place * seconds / 16 + late
        tones.add(track, tone, at=at, gain=0.3 if place % 4 == 0 else 0.2, pan=0.5 - place / 16)
    return tones.room(track, seconds=2.0, wet=0.33)
