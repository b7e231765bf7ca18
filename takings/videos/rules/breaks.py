"""Places for ads in a video, and how its playlists name them: HLS interstitials.

draft-pantos-hls-rfc8216bis, appendix D. A player asks for the list of a place when it is due: what
a viewer is shown is decided late, and the playlist is the same for everybody.
"""

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from takings.policies.rules import BreakRule
from takings.videos.rules.ladder import SEGMENT_SECONDS

PRE: Final = "pre"
MID: Final = "mid"
POST: Final = "post"
_CUES: Final = {PRE: "PRE,ONCE", MID: "ONCE", POST: "POST,ONCE"}
_SEGMENT_MS: Final = SEGMENT_SECONDS * 1000
_BEGINS_AT = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
"""Places are told by the clock, and a video has none: it begins at an instant that is any."""
_FILE = re.compile(r'^(#EXT-X-MAP:URI="|(?=[^#\n]))', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Break:
    """A place for one ad, so far into the video; ``name`` is one of the three above."""

    name: str
    at_ms: int


def breaks_of(duration_ms: int, *, rule: BreakRule, has_mid_rolls: bool) -> tuple[Break, ...]:
    """Return the places in a video of this length; ``has_mid_rolls`` is what its creator chose.

    The middle is where a segment begins, so that nothing is cut.
    """
    middle_ms = duration_ms // 2 // _SEGMENT_MS * _SEGMENT_MS
    places = {
        Break(PRE, 0): duration_ms >= rule.pre_from_ms,
        Break(MID, middle_ms): duration_ms >= rule.mid_from_ms and has_mid_rolls,
        Break(POST, duration_ms): duration_ms >= rule.post_from_ms,
    }
    return tuple(place for place, exists in places.items() if exists)


def with_breaks(
    playlist: str, breaks: Iterable[Break], *, video_id: uuid.UUID, rendition: str
) -> str:
    """Return a rendition's playlist as it lies two folders beside it, with places for ads."""
    moved = _FILE.sub(rf"\g<1>../../{rendition}/", playlist)
    head, first, segments = moved.partition("#EXTINF:")
    tags = [f"#EXT-X-PROGRAM-DATE-TIME:{_date(0)}", *(_tag(one, video_id) for one in breaks)]
    return "".join([head, *(f"{tag}\n" for tag in tags), first, segments])


def _tag(place: Break, video_id: uuid.UUID) -> str:
    """Return the tag of a place: nobody jumps over it, but an ad may be skipped once it may be.

    With the restriction ``SKIP``, players could not skip it at all (hls.js 1.7, shaka 5.2).
    """
    address = f"/ads/list?video={video_id}&break={place.name}&_HLS_interstitial_id={place.name}"
    return (
        f'#EXT-X-DATERANGE:ID="{place.name}",CLASS="com.apple.hls.interstitial"'
        f',START-DATE="{_date(place.at_ms)}",CUE="{_CUES[place.name]}"'
        f',X-ASSET-LIST="{address}",X-RESUME-OFFSET=0,X-RESTRICT="JUMP"'
    )


def _date(at_ms: int) -> str:
    instant = _BEGINS_AT + dt.timedelta(milliseconds=at_ms)
    return f"{instant:%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03}Z"
