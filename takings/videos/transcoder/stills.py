"""The poster and the small animated preview, taken from pictures that pass by anyway."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from takings.videos.rules import files
from takings.videos.rules.ladder import POSTER_WIDTH

_PREVIEW_PICTURES = 12
_PREVIEW_WIDTH = 200
_PREVIEW_PICTURE_MS = 250
_DULL_DEVIATION = 12  # luma steps: black, or one flat colour, or nearly


class Stills:
    """Collects pictures evenly spread over a clip."""

    def __init__(self, *, seconds: Fraction) -> None:
        """Spread the collection over so many seconds."""
        self._every = seconds / _PREVIEW_PICTURES
        self._next = Fraction(0)
        self._small: list[Image.Image] = []
        self._poster: Image.Image | None = None
        self._is_settled = False

    def look(self, picture: av.VideoFrame, at: Fraction) -> None:
        """Keep the picture if its time has come.

        The first becomes the poster, so that playing starts without a jump, unless it is dull and
        a later one is not.
        """
        if at < self._next:
            return
        self._next += self._every
        self._small.append(_image(picture, _PREVIEW_WIDTH))
        if not self._is_settled:
            self._is_settled = not _is_dull(self._small[-1])
            if self._poster is None or self._is_settled:
                self._poster = _image(picture, POSTER_WIDTH)

    def save(self, folder: Path) -> None:
        """Write ``poster.webp`` and ``preview.webp``."""
        if self._poster is None:
            return
        self._poster.save(folder / files.POSTER, quality=80, method=4)
        self._small[0].save(
            folder / files.PREVIEW,
            save_all=True,
            append_images=self._small[1:],
            duration=_PREVIEW_PICTURE_MS,
            loop=0,
            quality=60,
            method=3,
        )


def _image(picture: av.VideoFrame, width: int) -> Image.Image:
    width = min(width, picture.width)
    height = max(1, round(picture.height * width / picture.width))
    small = picture.reformat(width=width, height=height, format="rgb24")
    return Image.fromarray(small.to_ndarray())


def _is_dull(image: Image.Image) -> bool:
    return float(np.asarray(image.convert("L")).std()) < _DULL_DEVIATION
