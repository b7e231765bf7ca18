"""How the feed is ranked, what it says about each post, and how a page is continued. No Django."""

import base64
import binascii
import datetime as dt
import struct
import uuid
from dataclasses import dataclass
from math import log10

from takings.core import clock
from takings.core.errors import Invalid

CANDIDATES = 2_000
"""The feed ranks the newest 2 000 posts; older ones stay on their creators' pages."""
TENFOLD_LIKES_S = 12 * 3_600
"""Ten times the likes weigh as much as being twelve hours fresher."""
FOLLOWED_S = 2 * 86_400
"""A post of a followed creator weighs as much as one two days fresher."""
PAGE_SIZE = 8
NO_ID = uuid.UUID(int=0)
FRESH = dt.timedelta(days=1)

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


def rank(*, published_s: int, likes: int, following: bool) -> int:
    """Return a post's rank in seconds; the feed query computes the same in SQL."""
    bonus = int(TENFOLD_LIKES_S * log10(1 + likes))
    return published_s + bonus + (FOLLOWED_S if following else 0)


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


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the rank of one post in one viewer's feed rests on."""

    handle: str
    published_at: dt.datetime
    likes: int
    following: bool
    seen: bool


def explain(grounds: Grounds, *, at: dt.datetime) -> str:
    """Return the one sentence that tells a viewer why this post is here.

    It names the strongest ground of the rank, in the order of its weight.
    """
    if grounds.seen:
        return "You have watched this before; nothing unwatched is left ahead of it."
    if grounds.following:
        return f"From @{grounds.handle}, whom you follow."
    if at - grounds.published_at < FRESH:
        return "New in the last 24 hours."
    if grounds.likes:
        people = "one viewer" if grounds.likes == 1 else f"{grounds.likes} viewers"
        return f"Liked by {people}, and you have not watched it yet."
    day = grounds.published_at
    return f"Published on {day.day} {day:%B}, and you have not watched it yet."
