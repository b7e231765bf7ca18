"""Where ads stand in a video, as another player reads it: VMAP 1.0 (IAB Tech Lab).

The prefix is written out as ``vmap:``, for there are players that look for this very word.
"""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from takings.ads.rules.markup import element, empty, group, written
from takings.ads.rules.players import Embed
from takings.ads.rules.serving import NoAd
from takings.ads.rules.vast import Version

NAMESPACE = "http://www.iab.net/videosuite/vmap"
LONG_MS = 60_000
"""A video of a minute or more is interrupted once, in its middle."""


@dataclass(frozen=True, slots=True)
class Break:
    """A place for one ad: ``name`` is ours, ``offset`` says when, in the words of VMAP."""

    name: str
    offset: str


BEFORE, MIDDLE, AFTER = Break("pre", "start"), Break("mid", "50%"), Break("post", "end")


def breaks_of(duration_ms: int) -> list[Break]:
    """Return where ads stand in a video of this length."""
    return [BEFORE, MIDDLE, AFTER] if duration_ms >= LONG_MS else [BEFORE, AFTER]


def no_breaks(why: NoAd) -> bytes:
    """Return a document without a place for ads; its comment says why."""
    return empty(_root(), why)


def ad_breaks(embed: Embed, *, site: str, version: Version) -> bytes:
    """Return the places for ads in a video; each leads to an ad that is chosen when it is due."""
    tag_url = f"{site}/vast?video={embed.video_id}&v={version}"
    return written(_root(*(_place(one, tag_url, version) for one in breaks_of(embed.duration_ms))))


def _root(*parts: ET.Element) -> ET.Element:
    root = group("vmap:VMAP", *parts, version="1.0")
    root.set("xmlns:vmap", NAMESPACE)
    return root


def _place(one: Break, tag_url: str, version: Version) -> ET.Element:
    tag = element("vmap:AdTagURI", tag_url, templateType=f"vast{version[0]}")
    source = group("vmap:AdSource", tag, id=one.name, allowMultipleAds="false")
    source.set("followRedirects", "true")
    place = group("vmap:AdBreak", source, timeOffset=one.offset, breakType="linear")
    place.set("breakId", one.name)
    return place
