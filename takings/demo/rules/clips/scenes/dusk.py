"""Dusk: a city in four layers slides by behind a train window, the nearer the faster."""

from collections.abc import Iterator

import numpy as np

from takings.demo.rules.clips import tones
from takings.demo.rules.clips.canvas import (
    HEIGHT,
    WIDTH,
    Frame,
    Mask,
    ellipse,
    layered,
    paint,
)
from takings.demo.rules.clips.colour import hex_rgb, ramp

LAYERS = (  # pixels per frame, base colour, tallest, shortest, widest, lit windows per hundred
    (3, "6d4f86", 330, 120, 70, 0),
    (4, "4a3670", 300, 70, 84, 26),
    (7, "251d47", 250, 30, 110, 34),
)
NEAREST = 12  # pixels per frame of the poles and wires beside the track
GROUND = 815
POLES = 4
WINDOWS = ("ffd98a", "ffc56b", "ffe9b8", "9fd8ff")


def draw(count: int) -> Iterator[Frame]:
    """Yield the ride; each layer is one long picture that comes round with the loop."""
    chance = np.random.default_rng(41)
    wires = _wires(count * NEAREST)
    night = np.broadcast_to(np.array((24, 18, 44), np.uint8), (*wires.shape, 3))
    skylines = [_skyline(chance, layer, count * layer[0]) for layer in LAYERS]
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    colours, (sky, *moving) = layered([(_sky(), everywhere), *skylines, (night, wires)])
    paces = [*(layer[0] for layer in LAYERS), NEAREST]
    rounds = [np.concatenate([layer, layer[:, :WIDTH]], axis=1) for layer in moving]
    tops = [int(layer.any(axis=1).argmax()) for layer in moving]
    for number in range(count):
        index = sky.copy()
        for pace, layer, top in zip(paces, rounds, tops, strict=True):
            view = layer[top:, number * pace : number * pace + WIDTH]
            np.maximum(index[top:], view, out=index[top:])
        yield paint(index, colours)


def _sky() -> Frame:
    colours = ramp("221c4e 4a2f75 8f4684 d9657c f79a6f fcc98b fde3b0", HEIGHT)
    rows = np.clip(np.arange(HEIGHT) * 1.16, 0, HEIGHT - 1).astype(int)
    chance = np.random.default_rng(5)
    grain = chance.random((HEIGHT, WIDTH, 1)) - 0.5  # dither: no bands in the sky
    frame: Frame = np.clip(colours[rows][:, None] + grain, 0, 255).astype(np.uint8)
    for _star in range(70):
        at = (float(chance.uniform(0, WIDTH)), float(chance.uniform(0, 300)))
        loud = float(chance.uniform(0.2, 0.8)) * (1 - at[1] / 330)
        ellipse(frame, at=at, radii=(1.3, 1.3), rgb=(255, 244, 230), opacity=loud)
    moon = (388.0, 208.0)
    for reach, opacity in ((150.0, 0.10), (96.0, 0.12)):
        ellipse(
            frame, at=moon, radii=(reach, reach), rgb=(255, 226, 190), opacity=opacity, soft=reach
        )
    ellipse(frame, at=moon, radii=(52, 52), rgb=(255, 243, 220))
    for dx, dy, radius in ((-16, -12, 11), (14, 8, 8), (-6, 20, 6), (20, -18, 5)):
        at = (moon[0] + dx, moon[1] + dy)
        ellipse(frame, at=at, radii=(radius, radius), rgb=(246, 224, 196), soft=2)
    return frame


def _skyline(
    chance: np.random.Generator, layer: tuple[int, str, int, int, int, int], width: int
) -> tuple[Frame, Mask]:
    _pace, colour, tallest, shortest, widest, lit = layer
    base = np.array(hex_rgb(colour), float)
    fade = np.interp(np.arange(HEIGHT), (GROUND - tallest, HEIGHT), (1.0, 0.62))[:, None]
    colours = np.broadcast_to((base * fade)[:, None], (HEIGHT, width, 3)).astype(np.uint8).copy()
    mask = np.zeros((HEIGHT, width), bool)
    mask[GROUND:] = True
    left = 0
    while left < width:
        wide = int(chance.integers(widest // 2, widest))
        wide = wide if width - left - wide > widest // 2 else width - left
        roof = GROUND - int(chance.integers(shortest, tallest))
        mask[roof:, left : left + wide] = True
        _crown(chance, mask, left, wide, roof)
        if lit:
            _light_windows(chance, colours, (left, wide, roof), lit)
        left += wide
    return colours, mask


def _crown(chance: np.random.Generator, mask: Mask, left: int, wide: int, roof: int) -> None:
    shape = int(chance.integers(0, 4))
    if shape == 0:
        for step in range(1, 5):
            mask[
                roof - step * 7 : roof, left + step * wide // 10 : left + wide - step * wide // 10
            ] = True
    elif shape == 1:
        mast = left + wide // 2
        mask[roof - 52 : roof, mast : mast + 3] = True
    elif shape == 2:
        slope = np.arange(wide) * 30 // wide
        for column in range(wide):
            mask[roof - slope[column] : roof, left + column] = True


def _light_windows(
    chance: np.random.Generator, colours: Frame, house: tuple[int, int, int], lit: int
) -> None:
    left, wide, roof = house
    size = 5 if lit < 30 else 7
    for row in range(roof + 12, len(colours) - 130, size * 2 + 4):
        for column in range(left + 8, left + wide - size - 6, size * 2 + 2):
            if chance.integers(100) < lit:
                colour = hex_rgb(WINDOWS[int(chance.integers(0, len(WINDOWS)))])
                dim = chance.uniform(0.55, 1.0)
                window = colours[row : row + size + 2, column : column + size]
                window[:] = window * (1 - dim) + np.array(colour) * dim


def _wires(width: int) -> Mask:
    along = np.arange(width) / width * POLES % 1
    mask = np.zeros((HEIGHT, width), bool)
    for base in (560, 590):
        sag = base + 70 * (4 * (along - 0.5) ** 2 - 1) * -1
        rows = sag.astype(int)
        for thick in range(3):
            mask[rows + thick, np.arange(width)] = True
    for pole in range(POLES):
        left = pole * width // POLES
        mask[500:, left : left + 12] = True
        mask[540:548, max(left - 26, 0) : left + 38] = True
    return mask


def sound(seconds: float) -> tones.Samples:
    """Return slow keys in a jazz chord, and the train: two pairs of wheels over each joint."""
    track = tones.pad(seconds, (98.0, 123.47, 146.83, 185.0), bright=0.3) * 0.5
    melody = ((0, 6), (1.5, 7), (2, 5), (4, 8), (5, 7), (5.5, 5), (6, 4), (7, 6))
    for beat, step in melody:
        tone = tones.bell(tones.note(step, root=196))
        tones.add(track, tone, at=beat * seconds / 8, gain=0.26, pan=0.25 - beat / 16)
    for beat in range(12):
        for offset, loud in ((0, 0.30), (0.11, 0.22)):
            at = beat * seconds / 12 + offset
            tones.add(track, tones.thump(62, 0.16), at=at, gain=loud, pan=-0.2)
            tones.add(track, tones.tick(fade=45, seed=beat), at=at, gain=loud * 0.35, pan=0.2)
    track += tones.wash(seconds, low=80, high=500, seed=6) * np.float32(0.03)
    return tones.room(track, seconds=1.6, wet=0.3)
