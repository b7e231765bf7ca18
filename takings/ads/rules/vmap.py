"""Where ads stand in a video, as another player reads it: VMAP 1.0 (IAB Tech Lab).

The prefix is written out as ``vmap:``, for there are players that look for this very word.
"""

import xml.etree.ElementTree as ET

from takings.ads.rules.markup import element, empty, group, written
from takings.ads.rules.players import Embed
from takings.ads.rules.serving import NoAd
from takings.ads.rules.tokens import Placement
from takings.ads.rules.vast import Version

NAMESPACE = "http://www.iab.net/videosuite/vmap"


_OFFSETS = {Placement.PRE: "start", Placement.MID: "50%", Placement.POST: "end"}
"""When each place is due, in the words of VMAP."""


def places_in(embed: Embed) -> list[Placement]:
    """Return where ads may stand: around every video, and within one that may be interrupted."""
    return [one for one in _OFFSETS if one is not Placement.MID or embed.has(one)]


def no_breaks(why: NoAd) -> bytes:
    """Return a document without a place for ads; its comment says why."""
    return empty(_root(), why)


def ad_breaks(embed: Embed, *, site: str, version: Version) -> bytes:
    """Return the places for ads in a video; each leads to an ad that is chosen when it is due."""
    tag_url = f"{site}/vast?video={embed.video_id}&v={version}"
    return written(_root(*(_place(one, tag_url, version) for one in places_in(embed))))


def _root(*parts: ET.Element) -> ET.Element:
    root = group("vmap:VMAP", *parts, version="1.0")
    root.set("xmlns:vmap", NAMESPACE)
    return root


def _place(one: Placement, tag_url: str, version: Version) -> ET.Element:
    url = f"{tag_url}&break={one.word}"
    tag = element("vmap:AdTagURI", url, templateType=f"vast{version[0]}")
    source = group("vmap:AdSource", tag, id=one.word, allowMultipleAds="false")
    source.set("followRedirects", "true")
    place = group("vmap:AdBreak", source, timeOffset=_OFFSETS[one], breakType="linear")
    place.set("breakId", one.word)
    return place
