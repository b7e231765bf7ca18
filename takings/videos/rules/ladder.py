"""Which sizes a clip is encoded in, at which frame rate and loudness."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

SHORT_SIDE, LONG_SIDE = 1080, 1920
RUNGS: Final = (1080, 720, 480)
FRAME_RATES: Final = (24, 25, 30, 50, 60)
SEGMENT_SECONDS: Final = 2
POSTER_WIDTH: Final = 480
# Peak kbit/s from this short side up; measured with x264 veryfast CRF 23 on phone footage.
_PEAK_KBPS: Final = ((1080, 5000), (720, 2600), (540, 1500), (480, 1100), (360, 700), (0, 400))
TARGET_LUFS: Final = -14.0
MAX_GAIN_DB: Final = 20.0
SILENT_LUFS: Final = -69.0  # EBU R 128's gate is at -70: below, nothing was heard


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of a picture, upright."""

    width: int
    height: int

    @property
    def short_side(self) -> int:
        """The smaller of the two."""
        return min(self.width, self.height)


@dataclass(frozen=True, slots=True)
class Rendition:
    """One rung of the ladder; ``name`` is its folder, such as ``720p``."""

    name: str
    size: Size
    peak_kbps: int


def fit(size: Size, *, short_side: int = SHORT_SIDE, long_side: int = LONG_SIDE) -> Size:
    """Return the largest even size of the same shape inside the box, never larger than given."""
    longer = max(size.width, size.height)
    scale = min(Fraction(1), Fraction(short_side, size.short_side), Fraction(long_side, longer))
    return Size(_even(size.width * scale), _even(size.height * scale))


def ladder(source: Size, *, frames_per_second: int) -> tuple[Rendition, ...]:
    """Return the renditions of a clip, largest first.

    The first is the source fitted into 1080×1920 (or 1920×1080); below it come those of 720 and
    480 that are at least a fifth smaller, because a rung close to its neighbour only costs.
    """
    top = fit(source)
    sizes = [top]
    for rung in RUNGS:
        if rung * 5 <= sizes[-1].short_side * 4:
            sizes.append(fit(top, short_side=rung, long_side=LONG_SIDE))
    return tuple(
        Rendition(f"{size.short_side}p", size, _peak_kbps(size, frames_per_second))
        for size in sizes
    )


def snap_rate(rate: Fraction | None) -> int:
    """Return the standard frame rate nearest in proportion; 30 when unknown.

    A whole number of frames fills a 2-second segment exactly, so keyframes align everywhere.
    """
    if rate is None or rate <= 0:
        return 30
    return min(FRAME_RATES, key=lambda standard: max(standard / rate, rate / standard))


def gain_db(loudness_lufs: float | None) -> float:
    """Return the gain that brings a clip to -14 LUFS, within ±20 dB; 0 for silence.

    -14 LUFS is what YouTube, TikTok and Spotify play at; measured after ITU-R BS.1770-4.
    """
    if loudness_lufs is None or loudness_lufs <= SILENT_LUFS:
        return 0.0
    return max(-MAX_GAIN_DB, min(MAX_GAIN_DB, TARGET_LUFS - loudness_lufs))


def _even(pixels: Fraction | int) -> int:
    return max(16, round(Fraction(pixels) / 2) * 2)  # 16: the least that H.264 codes


def _peak_kbps(size: Size, frames_per_second: int) -> int:
    kbps = next(kbps for side, kbps in _PEAK_KBPS if size.short_side >= side)
    return kbps * 3 // 2 if frames_per_second > 30 else kbps  # noqa: PLR2004 - the usual rate
