"""Palettes: colours blended in OKLab, so that a ramp has no muddy middle.

OKLab: Björn Ottosson, “A perceptual color space for image processing”, 2020.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Colours: TypeAlias = NDArray[np.float64]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_BT709 = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class Palette:
    """A look-up table of colours: as RGB (n, 3), and as BT.709 video levels ``y``, ``u``, ``v``."""

    rgb: NDArray[np.uint8]
    y: NDArray[np.uint8]
    u: NDArray[np.uint8]
    v: NDArray[np.uint8]


def hex_rgb(text: str) -> tuple[int, int, int]:
    """Return ``(255, 128, 0)`` for ``"ff8000"``."""
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def ramp(stops: str, steps: int = 256) -> Colours:
    """Return ``steps`` RGB colours (0–255) evenly along the stops of ``"0b1026 ff8a5c fff1d0"``."""
    given = np.array([hex_rgb(stop) for stop in stops.split()], np.float64)
    lab = _to_oklab(given)
    along = np.linspace(0, len(given) - 1, steps)
    mixed = np.stack([np.interp(along, np.arange(len(given)), lab[:, i]) for i in range(3)], -1)
    return _from_oklab(mixed)


def blend(first: Colours, second: Colours, steps: int) -> Colours:
    """Return ``(len(first), steps, 3)``: each colour of ``first`` on its way to ``second``'s."""
    a, b = _to_oklab(first), _to_oklab(second)
    way = np.linspace(0, 1, steps)[None, :, None]
    return _from_oklab(a[:, None] * (1 - way) + b[:, None] * way)


def palette(colours: Colours) -> Palette:
    """Return the palette of RGB colours (any shape ending in 3, flattened)."""
    rgb = np.clip(colours.reshape(-1, 3), 0, 255)
    luma = rgb @ _BT709
    blue = (rgb[:, 2] - luma) / 1.8556
    red = (rgb[:, 0] - luma) / 1.5748
    return Palette(
        rgb=np.round(rgb).astype(np.uint8),
        y=np.round(16 + luma * 219 / 255).astype(np.uint8),
        u=np.round(128 + blue * 224 / 255).astype(np.uint8),
        v=np.round(128 + red * 224 / 255).astype(np.uint8),
    )


def _to_oklab(rgb: Colours) -> Colours:
    share = rgb / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    lab: Colours = np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
    return lab


def _from_oklab(lab: Colours) -> Colours:
    lms = (lab @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_TO_LMS).T, 0, 1)
    share = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return share * 255
