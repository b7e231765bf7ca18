"""Advertisement of Northwind Tea (a made-up brand): a cup, its steam, five words."""

from collections.abc import Iterator

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import (
    HEIGHT,
    TAU,
    WIDTH,
    Field,
    Frame,
    ellipse,
    grid,
    inside,
    phases,
    rounded,
)
from takings.demo.rules.clips.colour import hex_rgb, ramp
from takings.demo.rules.clips.lettering import Face, write

CREAM, TEA, LEAF = hex_rgb("fbf1dc"), hex_rgb("c9762b"), hex_rgb("2f6f5e")
CUP = (WIDTH / 2, 700.0)
STEAM = (WIDTH / 2, 470.0, 150.0, 196.0)  # middle, and half of width and height


def draw(count: int) -> Iterator[Frame]:
    """Yield the loop: only the steam moves, and the tea a little."""
    still = _still()
    for phase in phases(count):
        frame = still.copy()
        sway = 3 * np.sin(TAU * phase)
        ellipse(frame, at=(CUP[0] + sway, CUP[1] - 74), radii=(104, 15), rgb=TEA)
        ellipse(
            frame, at=(CUP[0] - 34 + sway, CUP[1] - 79), radii=(40, 4), rgb=(240, 178, 96), soft=4
        )
        patch = inside(frame, at=STEAM[:2], reach=STEAM[2:])
        patch.blend(_steam(patch.x, patch.y, phase), CREAM)
        yield frame


def _steam(x: Field, y: Field, phase: float) -> Field:
    """Return three veils: each row of a veil is a soft hump whose middle wanders upwards."""
    height = np.clip((STEAM[3] - y) / (2 * STEAM[3]), 0, 1)  # 0 at the cup, 1 at the top
    cover = np.zeros((y.shape[0], x.shape[1]), np.float32)
    for veil, (start, pace) in enumerate(((-42.0, 1), (4.0, 2), (40.0, 1))):
        turn = TAU * (1.3 * height - pace * phase) + veil * 2.1
        middle = start * (1 - 0.3 * height) + (10 + 46 * height) * np.sin(turn) * height**0.5
        width = 7 + 20 * height + 5 * np.sin(turn * 2)
        hump = np.maximum(1 - ((x - middle) / (2 * width)) ** 2, 0) ** 3
        cover += (hump * 0.34 * np.sin(np.pi * height) ** 0.8).astype(np.float32)
    return np.minimum(cover, 0.8)


def _still() -> Frame:
    x, y = grid()
    ground = ramp("123c38 17524a 1f6a5b 2c7f68", HEIGHT)
    frame = np.broadcast_to(ground[:, None], (HEIGHT, WIDTH, 3)).copy()
    glow = np.exp(-(((x - WIDTH / 2) / 260) ** 2 + ((y - 560) / 300) ** 2))[..., None]
    frame += glow * np.array((44, 38, 12)) + np.random.default_rng(1).random(frame.shape) - 0.5
    picture = np.clip(frame, 0, 255).astype(np.uint8)
    _draw_cup(picture)
    write(picture, "Northwind", at=(WIDTH / 2, 130), face=Face(84, bold=1), rgb=CREAM)
    write(picture, "TEA", at=(WIDTH / 2, 202), face=Face(34, tracking=20), rgb=hex_rgb("f2c879"))
    write(picture, "A quiet cup, sent by post.", at=(WIDTH / 2, 885), face=Face(33), rgb=CREAM)
    return picture


def _draw_cup(picture: Frame) -> None:
    middle, row = CUP
    ellipse(picture, at=(middle, row + 110), radii=(214, 28), rgb=(8, 40, 36), opacity=0.5, soft=22)
    ellipse(picture, at=(middle, row + 98), radii=(196, 22), rgb=hex_rgb("e9d9b8"))
    ellipse(picture, at=(middle, row + 92), radii=(196, 21), rgb=CREAM)
    ellipse(picture, at=(middle, row + 92), radii=(120, 11), rgb=hex_rgb("e4d3b0"), soft=3)
    for radius, rgb in ((56.0, CREAM), (33.0, hex_rgb("1f6657"))):
        ellipse(picture, at=(middle + 128, row - 14), radii=(radius, radius * 0.92), rgb=rgb)
    below = picture[int(row) - 30 :]  # only the lower half of the bowl's ellipse is seen
    ellipse(below, at=(middle, 10), radii=(128, 112), rgb=CREAM)
    rounded(picture, at=(middle, row - 50), size=(256, 60), corner=4, rgb=CREAM)
    shade = inside(picture, at=(middle - 62, row + 4), reach=(60, 84))
    fall = np.clip(1 - (shade.x / 58) ** 2 - (shade.y / 80) ** 2, 0, 1) * 0.5
    shade.blend(fall.astype(np.float32), (255, 255, 255))
    ellipse(picture, at=(middle, row - 76), radii=(128, 23), rgb=hex_rgb("f4e6c8"))
    ellipse(picture, at=(middle, row - 74), radii=(114, 18), rgb=hex_rgb("8d4a1a"))
    for line in range(3):
        at = (middle - 8 + line * 7, row + 14 + line * 17)
        rounded(picture, at=at, size=(62 - line * 12, 6), corner=3, rgb=LEAF)


def sound(seconds: float) -> tones.Samples:
    """Return a warm chord, a simmer, and the brand's four notes."""
    track = tones.pad(seconds, (130.81, 196.0, 246.94, 329.63), bright=0.3) * 0.5
    track += tones.wash(seconds, low=1500, high=5200, seed=3) * np.float32(0.012)
    for beat, step in ((0.5, 5), (1.5, 8), (2, 7), (3, 10), (5, 8), (6, 7), (7, 5)):
        tone = tones.bell(tones.note(step, root=261.63))
        tones.add(track, tone, at=beat * seconds / 8, gain=0.24, pan=0.1 * (beat - 3))
    return tones.room(track, wet=0.35)
