"""VAST of others, read: where the ad's video is, or where to ask next (IAB Tech Lab, VAST 2 to 4).

The XML is read by defusedxml: no entities, no document types. Of an ad we take the video and the
addresses that count what its viewers do; of a wrapper the latter, and where to ask next.
"""

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from takings.core.errors import Invalid

SUFFIX = {"video/mp4": ".mp4", "video/webm": ".webm"}
LONGEST_TITLE = 150
COUNTERS = frozenset({"Impression", "Viewable"})
"""What counts an impression that was seen, and that is what we charge."""
IMPRESSION = "impression"
TRACKED = {
    "start": "started",
    "firstQuartile": "first_quartile",
    "midpoint": "midpoint",
    "thirdQuartile": "third_quartile",
    "complete": "completed",
    "skip": "skipped",
    "mute": "muted",
    "unmute": "unmuted",
    "clickTracking": "clicked",
}
"""VAST's names of what else is told, and ours, as ``rules.showings`` counts it."""
UNKNOWN = "-1"
_MACRO = re.compile(r"(?:\[|%5B)([A-Z]+)(?:\]|%5D)")


class NotVast(Invalid):
    """Entities and document types are refused as well: an ad needs neither."""

    code = "not_vast"
    sentence = "The tag answers with something that is not VAST."


class OldVast(Invalid):
    """VAST 1 is another language."""

    code = "old_vast"
    sentence = "The tag answers in VAST 1; ask its owner for VAST 2 or later."


class EmptyTag(Invalid):
    """There was nothing to show at this moment."""

    code = "empty_tag"
    sentence = "The tag holds no ad at this moment."


class NoMedia(Invalid):
    """Programs that run in a player (VPAID, SIMID) are no videos."""

    code = "no_media"
    sentence = "The tag's ad has no video as MP4 or WebM."


@dataclass(frozen=True, slots=True)
class Counter:
    """An address that counts: impressions, or another event by VAST's name."""

    url: str
    event: str = IMPRESSION


@dataclass(frozen=True, slots=True)
class Media:
    """The video of an ad: where it is, what its file may be called, its title.

    ``counters`` count it, ``landing`` is where a click leads; empty where none is named.
    """

    url: str
    name: str
    title: str
    counters: tuple[Counter, ...] = ()
    landing: str = ""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Where to ask next, and who counts what is found there."""

    url: str
    counters: tuple[Counter, ...] = ()


def read_tag(document: bytes, *, counting: frozenset[str] = COUNTERS) -> Media | Wrapper:
    """Return the video of the first ad, or where the next document is; ``counting`` are elements.

    Refuses: NotVast, OldVast, EmptyTag, NoMedia.
    """
    root = _root(document)
    for ad in _all(root, "Ad"):
        counters = tuple(_counters(ad, counting))
        for wrapper in _all(ad, "Wrapper"):
            return Wrapper(_text(wrapper, "VASTAdTagURI"), counters)
        for in_line in _all(ad, "InLine"):
            return replace(_media(in_line), counters=counters)
    raise EmptyTag


def _counters(ad: ET.Element, counting: frozenset[str]) -> Iterator[Counter]:
    """Yield who counts impressions of a video, and what viewers do with it; nobody for nothing."""
    for one in ad.iter():
        name, url = _name(one), (one.text or "").strip()
        if name in counting:
            yield Counter(url)
        elif url and name == "ClickTracking":
            yield Counter(url, "clickTracking")
    for linear in _all(ad, "Linear"):
        for one in _all(linear, "Tracking"):
            url = (one.text or "").strip()
            if url and one.get("event", "") in TRACKED:
                yield Counter(url, one.get("event", ""))


def fill_macros(address: str, *, at: dt.datetime, draw: int) -> str:
    """Return a counter's address for one impression; what we do not tell is -1.

    ``draw`` is what keeps caches from answering, eight digits.
    """
    known = {"TIMESTAMP": quote(at.isoformat(timespec="seconds")), "CACHEBUSTING": f"{draw:08}"}
    return _MACRO.sub(lambda found: known.get(found[1], UNKNOWN), address)


def _root(document: bytes) -> ET.Element:
    try:
        root: ET.Element = fromstring(document, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError):
        raise NotVast from None
    kind = _name(root)
    if kind == "VideoAdServingTemplate" or root.get("version", "").startswith("1"):
        raise OldVast
    if kind != "VAST":
        raise NotVast
    return root


def _media(in_line: ET.Element) -> Media:
    files = [
        one
        for one in _all(in_line, "MediaFile")
        if one.get("type", "").lower() in SUFFIX
        and one.get("delivery") != "streaming"
        and not one.get("apiFramework")
    ]
    if not files:
        raise NoMedia
    best = max(files, key=_height)
    title = _text(in_line, "AdTitle")[:LONGEST_TITLE] or "Ad from a tag"
    name = f"tag{SUFFIX[best.get('type', '').lower()]}"
    landing = _text(in_line, "ClickThrough")
    return Media((best.text or "").strip(), name, title, landing=landing)


def _height(media: ET.Element) -> int:
    height = media.get("height", "")
    return int(height) if height.isdecimal() and len(height) < 6 else 0  # noqa: PLR2004 - digits


def _all(within: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of this name, whatever their namespace."""
    return [one for one in within.iter() if _name(one) == name]


def _text(within: ET.Element, name: str) -> str:
    return next(((one.text or "").strip() for one in _all(within, name)), "")


def _name(one: ET.Element) -> str:
    return str(one.tag).rpartition("}")[2]
