"""What a view counts for: its one outcome, the counts of a day, and their digest."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

VIEW_TYPES = ("start", "heartbeat", "progress", "end")
"""Events that make a showing a view; its watch time is the largest ``watched_ms`` among them."""


class Outcome(StrEnum):
    """What became of a view; the first that applies, in this order, and always exactly one."""

    DUPLICATE = "duplicate"  # one view id claimed by two viewers or two videos: none counts
    UNKNOWN_VIDEO = "unknown_video"  # no published post with this id
    BOT = "bot"  # a declared robot or headless browser (MRC: general invalid traffic)
    BLOCKED = "blocked"  # from a network on the operator's list
    DATA_CENTRE = "data_centre"  # from a network of machines (MRC: the same)
    IMPOSSIBLE = "impossible"  # watched for longer than time passed, or ended before it began
    BUSY_VIEWER = "busy_viewer"  # of a viewer with more showings than a person sees in a day
    EVERYWHERE = "everywhere"  # of a viewer who watched in more players at once than the policy's
    BUSY_NETWORK = "busy_network"  # of a network with more showings than it has people
    FARM = "farm"  # of a video whose viewers came from one network
    OWN_VIEW = "own_view"  # watched by the uploader
    LATE = "late"  # arrived after the policy's window
    PROMOTED = "promoted"  # somebody paid for showing it
    OTHER_SURFACE = "other_surface"  # shown where views do not count
    OTHER_COUNTRY = "other_country"  # watched where views do not count
    DISLIKED = "disliked"  # marked “not interested” afterwards
    TOO_SHORT = "too_short"  # under the policy's seconds and under its share of the length
    REPEAT = "repeat"  # beyond the policy's number per viewer and video
    QUALIFIED = "qualified"


@dataclass(frozen=True, slots=True, order=True)
class DailyCount:
    """How many views of one video in one country on one UTC day had this outcome."""

    day: dt.date
    country: str
    video_id: uuid.UUID
    outcome: str
    views: int
    watched_ms: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts, and exactly what they were counted from.

    ``snapshot_id`` names the version of the lake (0: nothing was ever written); counting the same
    snapshot again gives the same ``digest``.
    """

    snapshot_id: int
    digest: str
    rows: tuple[DailyCount, ...]


@dataclass(frozen=True, slots=True, order=True)
class ViewerWatched:
    """What one viewer watched of one video on one UTC day in one country, of views that count."""

    viewer_id: uuid.UUID
    day: dt.date
    country: str
    video_id: uuid.UUID
    views: int
    watched_ms: int


@dataclass(frozen=True, slots=True)
class View:
    """One showing and what became of it. ``viewer`` is a pseudonym that lasts one day.

    ``evidence`` is the number that broke a limit: how often the view was claimed, the showings of
    its viewer or network that day, the milliseconds its viewer watched, the viewers of its farm.
    """

    view_id: uuid.UUID
    video_id: uuid.UUID
    day: dt.date
    country: str
    viewer: str
    started_at: dt.datetime
    watched_ms: int
    outcome: str
    evidence: int = 0


def digest_counts(rows: Iterable[DailyCount]) -> str:
    """Return the SHA-256 of the counts as sorted lines: equal counts, equal digest."""
    digest = hashlib.sha256()
    for row in sorted(rows):
        line = (row.day, row.country, row.video_id, row.outcome, row.views, row.watched_ms)
        digest.update("\t".join(map(str, line)).encode() + b"\n")
    return digest.hexdigest()


def mask_viewer(*, viewer_id: uuid.UUID, day: dt.date, key: str) -> str:
    """Return the viewer's pseudonym of this day: recognisable within it, unlinkable beyond."""
    salt = hashlib.sha256(f"viewer-of-day:{key}:{day}".encode()).digest()
    return hashlib.blake2b(viewer_id.bytes, key=salt, digest_size=5).hexdigest()
