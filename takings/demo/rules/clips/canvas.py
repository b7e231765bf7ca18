"""Frames and the few ways of filling them that are fast enough in numpy.

A frame is RGB ``(height, width, 3)`` at any 9:16 size (the film enlarges it smoothly), or a planar
YUV 4:2:0 picture ``(height × 3/2, width)`` at full size, which :func:`paint` makes straight from a
field of palette indices: no colour conversion, one look-up for each plane.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from takings.demo.rules.clips import lengths
from takings.demo.rules.clips.colour import Palette, palette

WIDTH, HEIGHT, FPS = lengths.WIDTH, lengths.HEIGHT, lengths.FPS
TAU = 2 * np.pi

Frame: TypeAlias = NDArray[np.uint8]
Field: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]
Index: TypeAlias = NDArray[np.signedinteger]


def grid(width: int = WIDTH, height: int = HEIGHT) -> tuple[Field, Field]:
    """Return open grids ``x`` (1, width) and ``y`` (height, 1) of pixel centres, in pixels."""
    x = np.arange(width, dtype=np.float32)[None, :] + np.float32(0.5)
    y = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)
    return x, y


def phases(count: int) -> Iterator[float]:
    """Yield ``count`` moments of a loop: 0 ≤ phase < 1."""
    return (number / count for number in range(count))


def paint(index: Index, colours: Palette) -> Frame:
    """Return the YUV 4:2:0 frame of full-size palette indices, which must be in range."""
    frame = np.empty((HEIGHT * 3 // 2, WIDTH), np.uint8)
    np.take(colours.y, index, out=frame[:HEIGHT], mode="clip")
    sparse = np.ascontiguousarray(index[::2, ::2]).reshape(HEIGHT // 4, WIDTH)
    np.take(colours.u, sparse, out=frame[HEIGHT : HEIGHT * 5 // 4], mode="clip")
    np.take(colours.v, sparse, out=frame[HEIGHT * 5 // 4 :], mode="clip")
    return frame


def layered(layers: Sequence[tuple[Frame, Mask]]) -> tuple[Palette, list[Index]]:
    """Return one palette and each RGB layer as indices of it, from the farthest to the nearest.

    A nearer layer's indices are larger and what its mask leaves out is 0, so the picture of all
    layers is their ``np.maximum``.
    """
    colours, indices, first = [], [], 0
    for picture, mask in layers:
        packed = picture.astype(np.int32) @ np.array((65536, 256, 1), np.int32)
        used, place = np.unique(packed, return_inverse=True)
        indices.append(np.where(mask, place.reshape(mask.shape) + first, 0).astype(np.int32))
        colours.append(np.stack([used >> 16, used >> 8 & 255, used & 255], -1))
        first += len(used)
    return palette(np.concatenate(colours).astype(np.float64)), indices


def stamp(frame: Frame, *, at: tuple[float, float], reach: tuple[float, float]) -> "Patch | None":
    """Return the part of an RGB frame within ``reach`` of the point ``at`` (x, y), if any."""
    height, width = frame.shape[:2]
    left, right = int(max(at[0] - reach[0], 0)), int(min(at[0] + reach[0] + 1, width))
    top, bottom = int(max(at[1] - reach[1], 0)), int(min(at[1] + reach[1] + 1, height))
    if left >= right or top >= bottom:
        return None
    return Patch(frame[top:bottom, left:right], left - at[0] + 0.5, top - at[1] + 0.5)


def inside(frame: Frame, *, at: tuple[float, float], reach: tuple[float, float]) -> "Patch":
    """Return the same of a shape that a scene puts inside its picture; ValueError elsewhere."""
    patch = stamp(frame, at=at, reach=reach)
    if patch is None:
        raise ValueError(at)
    return patch


class Patch:
    """A window of a frame with coordinates relative to the middle of a shape."""

    def __init__(self, pixels: Frame, left: float, top: float) -> None:
        """Keep the window and where it lies from the shape's middle."""
        self.pixels = pixels
        height, width = pixels.shape[:2]
        self.x = (np.arange(width, dtype=np.float32) + np.float32(left))[None, :]
        self.y = (np.arange(height, dtype=np.float32) + np.float32(top))[:, None]

    def blend(self, cover: Field, rgb: tuple[int, int, int] | NDArray[np.float32]) -> None:
        """Lay the colour over the window where ``cover`` (0–1) says so."""
        share = cover[..., None]
        mixed = self.pixels * (1 - share) + np.asarray(rgb, np.float32) * share
        self.pixels[:] = mixed.astype(np.uint8)


def ellipse(
    frame: Frame,
    *,
    at: tuple[float, float],
    radii: tuple[float, float],
    rgb: tuple[int, int, int],
    opacity: float = 1.0,
    soft: float = 1.0,
) -> None:
    """Draw a smooth-edged ellipse on an RGB frame; ``soft`` is the width of its edge in pixels."""
    wider = 1 + soft / (2 * min(radii))
    patch = stamp(frame, at=at, reach=(radii[0] * wider + 1, radii[1] * wider + 1))
    if patch is None:
        return
    away = np.sqrt((patch.x / radii[0]) ** 2 + (patch.y / radii[1]) ** 2)
    cover = np.clip((1 - away) * (min(radii) / soft) + 0.5, 0, 1)
    patch.blend((cover * opacity).astype(np.float32), rgb)


def rounded(
    frame: Frame,
    *,
    at: tuple[float, float],
    size: tuple[float, float],
    corner: float,
    rgb: tuple[int, int, int],
) -> None:
    """Draw a rectangle with round corners on an RGB frame; ``at`` is its middle."""
    patch = stamp(frame, at=at, reach=(size[0] / 2 + 1, size[1] / 2 + 1))
    if patch is None:
        return
    beside = np.maximum(np.abs(patch.x) - (size[0] / 2 - corner), 0)
    above = np.maximum(np.abs(patch.y) - (size[1] / 2 - corner), 0)
    away = np.sqrt(beside**2 + above**2) - corner
    patch.blend(np.clip(0.5 - away, 0, 1).astype(np.float32), rgb)


def splat(x: Field, y: Field, weight: Field, *, size: tuple[int, int]) -> Field:
    """Return a field of ``size`` (width, height) with each point's light on its four pixels."""
    width, height = size
    left, top = np.floor(x), np.floor(y)
    inside = (left >= 0) & (left < width - 1) & (top >= 0) & (top < height - 1)
    left, top, weight = left[inside], top[inside], weight[inside]
    right, down = x[inside] - left, y[inside] - top
    corner = top.astype(np.intp) * width + left.astype(np.intp)
    cells = np.concatenate([corner, corner + 1, corner + width, corner + width + 1])
    shares = np.concatenate(
        [
            weight * (1 - right) * (1 - down),
            weight * right * (1 - down),
            weight * (1 - right) * down,
            weight * right * down,
        ]
    )
    light = np.bincount(cells, weights=shares, minlength=width * height)
    return light.reshape(height, width).astype(np.float32)
