"""Names, types and caching of the media files that may be asked for, and byte ranges of them."""

import re
import uuid
from dataclasses import dataclass
from typing import Final

from takings.core.errors import Invalid, NotFound

MASTER: Final = "master.m3u8"
POSTER: Final = "poster.webp"
PREVIEW: Final = "preview.webp"
WHOLE: Final = "whole.mp4"  # all of an ad in one file, for players that play no HLS
CAPTIONS: Final = "captions.vtt"
WITH_BREAKS: Final = "breaks/master.m3u8"  # the same with places for ads in it
MADE: Final = "made.json"  # what the transcoder says of its work; never served
# The only names that exist. Anything else, and so every path trick, is no file at all.
_SERVED = re.compile(
    r"(?:master\.m3u8|whole\.mp4|poster\.webp|preview\.webp|captions\.vtt"
    r"|breaks/(?:master|[0-9]{1,4}p/index)\.m3u8"
    r"|[0-9]{1,4}p/(?:index\.m3u8|init\.mp4|[0-9]{1,5}\.m4s))",
    re.ASCII,
)
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)", re.ASCII)
_TYPES: Final = {
    "m3u8": "application/vnd.apple.mpegurl",
    "m4s": "video/iso.segment",
    "mp4": "video/mp4",
    "webp": "image/webp",
    "vtt": "text/vtt; charset=utf-8",
}


class NoSuchFile(NotFound):
    """No media file has this name."""

    code = "no_such_file"
    sentence = "There is no such file."


class BadRange(Invalid):
    """The range lies outside the file (HTTP 416)."""

    code = "bad_range"
    sentence = "The file has {size} bytes; the range asked for lies outside."


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


def check_file_name(name: str) -> str:
    """Return a name that may be served, or refuse with :class:`NoSuchFile`."""
    if not _SERVED.fullmatch(name):
        raise NoSuchFile
    return name


def media_url(video_id: uuid.UUID, name: str = MASTER) -> str:
    """Return the address of one media file of a video."""
    return f"/media/{video_id}/{name}"


def without_breaks(name: str) -> str:
    """Return the file that a list with places for ads is made of; others are their own.

    >>> without_breaks("breaks/720p/index.m3u8")
    '720p/index.m3u8'
    """
    return name.removeprefix("breaks/")


def rendition_of(name: str) -> str:
    """Return which rendition's list with places for ads this is; empty for every other file.

    >>> rendition_of("breaks/720p/index.m3u8")
    '720p'
    """
    folder, _, _ = without_breaks(name).rpartition("/")
    return folder if name != without_breaks(name) else ""


def content_type(name: str) -> str:
    """Return the media type of a served file."""
    return _TYPES[name.rpartition(".")[2]]


def cache_control(name: str, *, is_open_to_all: bool) -> str:
    """Return the caching rule: what only some may see is kept by nobody without asking again.

    Segments of open videos never change, yet stay cached for an hour only, so that a removal
    takes hold; lists, pictures and captions may be replaced and are asked for each minute.
    """
    if not is_open_to_all:
        return "private, no-cache"
    if name.endswith((".m4s", ".mp4")):
        return "public, max-age=3600, immutable"
    return "public, max-age=60"


def read_range(header: str, *, size: int) -> Span | None:
    """Return the span asked for by a ``Range`` header (RFC 9110 § 14), None when to ignore it.

    Only single ranges are served; several, or another unit, are answered with the whole file, as
    the standard allows. Refuses :class:`BadRange` when nothing of the file lies inside.
    """
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise BadRange(size=size)
        return Span(max(0, size - int(last)), size - 1)
    if int(first) >= size:
        raise BadRange(size=size)
    if last and int(last) < int(first):
        return None
    return Span(int(first), min(int(last), size - 1) if last else size - 1)
