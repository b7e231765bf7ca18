"""HLS playlists (RFC 8216): reading a rendition's, writing the master."""

import re
from dataclasses import dataclass
from fractions import Fraction

from takings.videos.rules.ladder import Size

_EXTINF = re.compile(r"^#EXTINF:([0-9.]+),.*\n(?:#.*\n)*([0-9]+\.m4s)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Variant:
    """One line of the master playlist; rates in bit/s, measured on the finished segments."""

    name: str
    size: Size
    frames_per_second: int
    codecs: str
    peak_bps: int
    average_bps: int


def read_segments(playlist: str) -> list[tuple[str, Fraction]]:
    """Return each segment's file name and seconds, in order."""
    return [(name, Fraction(seconds)) for seconds, name in _EXTINF.findall(playlist)]


def bit_rates(segments: list[tuple[int, Fraction]]) -> tuple[int, int]:
    """Return (peak, average) bit/s of segments given as (bytes, seconds).

    A last segment far shorter than the others would fake a peak, so rates are taken over at least
    one second.
    """
    peak = max(size * 8 / max(seconds, Fraction(1)) for size, seconds in segments)
    whole = sum(size for size, _ in segments) * 8
    return round(peak), round(whole / max(sum(seconds for _, seconds in segments), Fraction(1)))


def codecs(init: bytes, *, has_audio: bool) -> str:
    """Return the CODECS value (RFC 6381) of an initialisation segment, from its ``avcC`` box."""
    at = init.index(b"avcC") + 5  # four letters, one byte of version
    video = f"avc1.{init[at : at + 3].hex()}"
    return f"{video},mp4a.40.2" if has_audio else video


def master_playlist(variants: list[Variant]) -> str:
    """Return the master playlist, best first."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for variant in variants:
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={variant.peak_bps}"
            f",AVERAGE-BANDWIDTH={variant.average_bps}"
            f',CODECS="{variant.codecs}"'
            f",RESOLUTION={variant.size.width}x{variant.size.height}"
            f",FRAME-RATE={variant.frames_per_second}.000"
        )
        lines.append(f"{variant.name}/index.m3u8")
    return "\n".join(lines) + "\n"
