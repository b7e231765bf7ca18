"""How a page of the feed is continued: the place where it ended, as text for an address."""

import base64
import binascii
import datetime as dt
import struct
import uuid
from dataclasses import dataclass

from takings.core import clock
from takings.core.errors import Invalid

NO_ID = uuid.UUID(int=0)

_PLACE = struct.Struct(">BqBq16s16s")
_VERSION = 1


class BadCursor(Invalid):
    """The cursor of a feed page is not one we gave out."""

    code = "bad_cursor"
    sentence = "This page of the feed does not exist; start again without a cursor."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a feed page ended: the next one holds what sorts after it.

    ``anchor`` is when the first page was made: every later page is ranked as of that instant, so
    a feed that is read for an hour repeats nothing and skips nothing. ``opened_with`` is the post
    the feed was opened with (a shared link), shown first and never again.
    """

    anchor: dt.datetime
    seen: bool = False
    rank: int = 2**62
    video_id: uuid.UUID = NO_ID
    opened_with: uuid.UUID = NO_ID


def write_cursor(place: Place) -> str:
    """Return the place as text for an address."""
    packed = _PLACE.pack(
        _VERSION,
        clock.to_ms(place.anchor),
        place.seen,
        place.rank,
        place.video_id.bytes,
        place.opened_with.bytes,
    )
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(cursor: str) -> Place:
    """Return the place inside a cursor, or refuse with :class:`BadCursor`.

    A cursor is not signed: whatever it says, the feed shows only what this viewer may see.
    """
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        version, anchor_ms, seen, ranked, video, opened = _PLACE.unpack(packed)
        anchor = clock.from_ms(anchor_ms)
    except (ValueError, OverflowError, binascii.Error, struct.error):
        raise BadCursor from None
    if version != _VERSION or seen not in {0, 1}:
        raise BadCursor
    return Place(anchor, bool(seen), ranked, uuid.UUID(bytes=video), uuid.UUID(bytes=opened))
