"""What may come in: names, first bytes, and what a first look through the file has found."""

from dataclasses import dataclass
from typing import Final

from takings.videos.rules import refusals
from takings.videos.rules.refusals import (
    MAX_BYTES,
    MAX_DURATION_MS,
    MAX_PICTURES_PER_SECOND,
    MAX_SIDE_PIXELS,
    MIN_DURATION_MS,
    MIN_SIDE_PIXELS,
)

SUFFIXES: Final = (".mp4", ".m4v", ".mov", ".webm", ".mkv")
SNIFF_BYTES: Final = 12
MISSING_MS: Final = 1000  # less is how containers round
_MATROSKA = b"\x1a\x45\xdf\xa3"
_MOV_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
PICTURE_CODECS: Final = frozenset(
    {"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "h263", "prores", "mjpeg"}
)
SOUND_CODECS: Final = frozenset(
    {"aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb"}
)


def check_name(name: str) -> None:
    """Refuse with ``NotAVideoName`` unless the name ends like a video's."""
    if not name.lower().endswith(SUFFIXES):
        raise refusals.NotAVideoName(name=name[:80])


def check_bytes(size: int) -> None:
    """Refuse with ``EmptyFile`` or ``TooLarge``."""
    if size <= 0:
        raise refusals.EmptyFile
    if size > MAX_BYTES:
        megabyte = 1024 * 1024
        raise refusals.TooLarge(megabytes=-(-size // megabyte), limit=MAX_BYTES // megabyte)


def sniff_container(head: bytes) -> str:
    """Return FFmpeg's demuxer for these first bytes: ``mov`` or ``matroska``.

    Only these two are ever opened, so a playlist, an image or a script under a video's name never
    reaches a demuxer that follows references. Refuses ``EmptyFile`` and ``NotAVideo``.
    """
    if not head:
        raise refusals.EmptyFile
    if head.startswith(_MATROSKA):
        return "matroska"
    if head[4:8] in _MOV_BOXES:
        return "mov"
    raise refusals.NotAVideo


def is_known_sound(codec: str) -> bool:
    """Return whether we decode this sound codec."""
    return codec in SOUND_CODECS or codec.startswith("pcm_")


def check_pictures(*, codec: str, width: int, height: int) -> None:
    """Refuse picture codecs and sizes that we do not decode; asked before any decoding."""
    if codec not in PICTURE_CODECS:
        raise refusals.UnknownPictures(codec=codec)
    check_picture_size(width=width, height=height)


def check_picture_size(*, width: int, height: int) -> None:
    """Refuse with ``TooManyPixels`` or ``TooFewPixels``."""
    if max(width, height) > MAX_SIDE_PIXELS:
        raise refusals.TooManyPixels(width=width, height=height, limit=MAX_SIDE_PIXELS)
    if min(width, height) < MIN_SIDE_PIXELS:
        raise refusals.TooFewPixels(width=width, height=height, limit=MIN_SIDE_PIXELS)


def check_still_short(at_ms: int) -> None:
    """Refuse with ``TooLong`` when a picture or sound lies beyond the limit."""
    if at_ms > MAX_DURATION_MS + refusals.DURATION_SLACK_MS:
        raise refusals.TooLong(limit=MAX_DURATION_MS // 1000)


def check_packet_count(count: int) -> None:
    """Refuse with ``TooManyPictures`` a stream of more pieces than the longest clip may have."""
    if count > MAX_PICTURES_PER_SECOND * (MAX_DURATION_MS // 1000):
        raise refusals.TooManyPictures(limit=MAX_PICTURES_PER_SECOND)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass through the packets found.

    ``duration_ms`` is how long the pictures last, ``found_ms`` until when any stream reaches,
    ``promised_ms`` until when the header says they do (0: it does not say).
    """

    pictures: int
    duration_ms: int
    found_ms: int
    promised_ms: int


def check_survey(survey: Survey) -> None:
    """Refuse a file that is too short, too dense, or lacks the end that its header promises."""
    check_still_short(survey.duration_ms)
    if not survey.pictures:
        raise refusals.NoPictures
    if survey.pictures > MAX_PICTURES_PER_SECOND * max(1, survey.duration_ms / 1000):
        raise refusals.TooManyPictures(limit=MAX_PICTURES_PER_SECOND)
    missing_ms = survey.promised_ms - survey.found_ms
    if missing_ms > MISSING_MS and missing_ms * 20 > survey.promised_ms:  # and over 5 %
        raise refusals.CutOff(
            found=f"{survey.found_ms / 1000:.1f}", promised=f"{survey.promised_ms / 1000:.1f}"
        )
    if survey.duration_ms < MIN_DURATION_MS:
        raise refusals.TooShort


def cpu_seconds_allowed(duration_ms: int) -> int:
    """Return the processor time a clip may take: six times the worst clip measured (noise)."""
    return 60 + 30 * -(-duration_ms // 1000)
