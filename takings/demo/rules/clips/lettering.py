"""Letters on a frame, in the typeface that comes inside Pillow (Aileron, CC0)."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from takings.demo.rules.clips.canvas import Field, Frame, stamp


@dataclass(frozen=True, slots=True)
class Face:
    """How letters look: their size, how much bolder and how far apart, all in pixels."""

    size: int
    bold: int = 0
    tracking: int = 0


def write(
    frame: Frame,
    text: str,
    *,
    at: tuple[float, float],
    rgb: tuple[int, int, int],
    face: "Face",
) -> None:
    """Write one line on an RGB frame, its middle ``at``."""
    cover = _letters(text, face)
    patch = stamp(frame, at=at, reach=(cover.shape[1] / 2, cover.shape[0] / 2))
    if patch is not None:
        height, width = patch.pixels.shape[:2]
        whole = np.zeros((height, width), np.float32)
        part = cover[:height, :width]
        whole[: part.shape[0], : part.shape[1]] = part
        patch.blend(whole, rgb)


def _letters(text: str, face: Face) -> Field:
    size, bold, tracking = face.size, face.bold, face.tracking
    font = ImageFont.load_default(size)
    advances = [font.getlength(letter) + tracking for letter in text]
    width = int(font.getlength(text) if not tracking else sum(advances) - tracking) + 2 * bold + 2
    image = Image.new("L", (width, int(size * 1.4)))
    pen = ImageDraw.Draw(image)
    if tracking:
        for letter, left in zip(text, np.cumsum([0, *advances[:-1]]), strict=True):
            pen.text((left + bold, size * 0.1), letter, fill=255, font=font, stroke_width=bold)
    else:
        pen.text((bold, size * 0.1), text, fill=255, font=font, stroke_width=bold)
    return np.asarray(image, np.float32) / np.float32(255)
