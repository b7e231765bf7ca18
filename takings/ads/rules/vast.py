"""An ad as another player reads it: VAST 4.2, or 3.0 and 2.0 for older ones (IAB Tech Lab).

The three differ in the order of elements, which their schemas fix, and in what they can say.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from takings.ads.rules.leases import LEASE_LIFE
from takings.ads.rules.lines import Pricing
from takings.ads.rules.markup import element, empty, group, written
from takings.ads.rules.pricing import KINDS
from takings.ads.rules.serving import NoAd, Offer, said_free
from takings.ads.rules.tokens import Decision
from takings.events.rules.batches import EventType

NAMESPACE = "http://www.iab.com/VAST"
HLS, MP4 = "application/x-mpegURL", "video/mp4"
SKIPPABLE_AFTER_MS = 5_000
"""A viewer can skip an ad after so long, when it is longer than that."""


class Version(StrEnum):
    """The versions we write."""

    FOUR = "4.2"
    THREE = "3.0"
    TWO = "2.0"


_SPOKEN = {"13": Version.FOUR, "11": Version.FOUR, "7": Version.THREE, "3": Version.THREE}
_SPOKEN |= {"2": Version.TWO}
"""The numbers of the macro ``[VASTVERSIONS]``, best first. A player of 4.0 (7) gets 3.0: what we
write is 4.1 and later."""


class Report(StrEnum):
    """What a player tells; the value is the last word but one of the address it asks for."""

    IMPRESSION = "impression"
    VIEWABLE = "viewable"
    START = "start"
    FIRST_QUARTILE = "firstQuartile"
    MIDPOINT = "midpoint"
    THIRD_QUARTILE = "thirdQuartile"
    COMPLETE = "complete"
    MUTE = "mute"
    UNMUTE = "unmute"
    SKIP = "skip"
    CLICK = "clickTracking"


ERROR = "error"
"""Told in the same way, with the code of what went wrong; it is no event of a viewing."""
EVENT_OF: dict[Report, EventType] = {
    Report.IMPRESSION: "ad_impression",
    Report.VIEWABLE: "ad_viewable",
    Report.START: "ad_start",
    Report.FIRST_QUARTILE: "ad_first_quartile",
    Report.MIDPOINT: "ad_midpoint",
    Report.THIRD_QUARTILE: "ad_third_quartile",
    Report.COMPLETE: "ad_end",
    Report.MUTE: "ad_mute",
    Report.UNMUTE: "ad_unmute",
    Report.SKIP: "ad_skip",
    Report.CLICK: "ad_click",
}
"""The collector's type of each report."""
_TRACKED = tuple(
    report for report in Report if report not in {Report.IMPRESSION, Report.VIEWABLE, Report.CLICK}
)
_IN_LINE = {
    Version.FOUR: "AdSystem Error Impression Pricing ViewableImpression AdServingId AdTitle"
    " Advertiser Creatives Description Expires",
    Version.THREE: "AdSystem AdTitle Description Advertiser Pricing Error Impression Creatives"
    " Extensions",
    Version.TWO: "AdSystem AdTitle Description Error Impression Creatives Extensions",
}
_LINEAR = {
    Version.FOUR: "TrackingEvents Duration MediaFiles VideoClicks",
    Version.THREE: "Duration TrackingEvents VideoClicks MediaFiles",
    Version.TWO: "Duration TrackingEvents VideoClicks MediaFiles",
}


@dataclass(frozen=True, slots=True)
class Picture:
    """How large an ad is: the upright pixels of its largest rendition, and all of it in one file.

    ``whole_bytes`` is 0 while that file is not written.
    """

    width: int
    height: int
    whole_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Filling:
    """One ad to be shown: the signed decision, and where its media and reports are.

    ``media_url`` is its HLS, ``whole_url`` all of it in one file of MP4; what is empty is not
    offered.
    """

    decision: Decision
    token: str
    offer: Offer
    picture: Picture
    media_url: str
    site: str
    pricing: Pricing = Pricing.VCPM
    whole_url: str = ""

    def report_url(self, report: Report) -> str:
        """Return the address that tells us so."""
        return f"{self.site}/vast/{report}/{self.token}"


def read_version(*, asked: str, spoken: str) -> Version:
    """Return the version to answer in: the one asked for, else the best that is spoken, else 4.2.

    ``asked`` is such as ``4``, ``4.1`` or ``3.0``; ``spoken`` the numbers of ``[VASTVERSIONS]``,
    apart by commas. A macro that the player left as it is says nothing.
    """
    for version in Version:
        if asked.partition(".")[0] == version[0]:
            return version
    known = {number.strip() for number in spoken.split(",")}
    return next((version for number, version in _SPOKEN.items() if number in known), Version.FOUR)


def no_ad(why: NoAd, *, version: Version) -> bytes:
    """Return a document without an ad; its comment says why."""
    return empty(_root(version), why)


def one_ad(filling: Filling, *, version: Version) -> bytes:
    """Return a document with one ad."""
    root = _root(version)
    ad = ET.SubElement(root, "Ad", id=str(filling.decision.decision_id))
    in_line = ET.SubElement(ad, "InLine")
    _fill(in_line, [*_told(filling), _creatives(filling, version)], order=_IN_LINE[version])
    return written(root)


def _root(version: Version) -> ET.Element:
    root = ET.Element("VAST", version=version)
    if version is Version.FOUR:
        root.set("xmlns", NAMESPACE)
    return root


def _fill(parent: ET.Element, parts: Iterable[ET.Element], *, order: str) -> None:
    """Put the parts that there are and this version knows into their places."""
    by_tag = {part.tag: part for part in parts}
    parent.extend(by_tag[tag] for tag in order.split() if tag in by_tag)


def _told(filling: Filling) -> list[ET.Element]:
    """Return what is told of the ad besides its picture, in no order."""
    offer, is_free = filling.offer, filling.pricing is Pricing.FREE
    viewable = filling.report_url(Report.VIEWABLE)
    return [
        element("AdSystem", "Takings"),
        element("AdTitle", offer.headline),
        element("Advertiser", offer.brand),
        element("AdServingId", str(filling.decision.decision_id)),
        element(
            "Description",
            said_free(offer.brand) if is_free else f"{offer.brand} paid for this ad.",
        ),
        element("Error", f"{filling.site}/vast/{ERROR}/{filling.token}?code=[ERRORCODE]"),
        element("Expires", str(int(LEASE_LIFE.total_seconds()))),
        element("Impression", filling.report_url(Report.IMPRESSION)),
        *_pricing(filling),
        group("ViewableImpression", element("Viewable", viewable)),
        _extensions(viewable),
    ]


def _pricing(filling: Filling) -> list[ET.Element]:
    """Return what the ad costs, in VAST's words; it has none for conversions, nor for nothing."""
    if filling.pricing in {Pricing.CPA, Pricing.FREE}:
        return []
    price = filling.decision.price
    cost = f"{(price * KINDS[filling.pricing].per).decimal().normalize():f}"
    model = filling.pricing.removeprefix("v")  # nor one for viewable thousands
    return [element("Pricing", cost, model=model, currency=price.currency)]


def _extensions(viewable: str) -> ET.Element:
    """Return where players of 3.0 and 2.0, which know no such report, find its address."""
    extension = group("Extension", element("Viewable", viewable))
    extension.set("type", "viewability")
    return group("Extensions", extension)


def _creatives(filling: Filling, version: Version) -> ET.Element:
    creative_id = str(filling.offer.creative_id)
    linear = ET.Element("Linear")
    if filling.offer.duration_ms > SKIPPABLE_AFTER_MS and version is not Version.TWO:
        linear.set("skipoffset", _time(SKIPPABLE_AFTER_MS))
    _fill(linear, _shown(filling, version), order=_LINEAR[version])
    creative = group("Creative", linear)
    creative.set("id", creative_id)
    creative.set("adId" if version is Version.FOUR else "AdID", creative_id)
    if version is Version.FOUR:
        creative.append(element("UniversalAdId", creative_id, idRegistry="unknown"))
    return group("Creatives", creative)


def _shown(filling: Filling, version: Version) -> list[ET.Element]:
    """Return the picture, its length, what is told while it plays, and where a click leads."""
    tracked = [one for one in _TRACKED if one is not Report.SKIP or version is not Version.TWO]
    clicks = [
        element("ClickThrough", f"{filling.site}/vast/click/{filling.token}"),
        element("ClickTracking", filling.report_url(Report.CLICK)),
    ]
    if version is Version.FOUR:
        clicks.reverse()
    reports = (element("Tracking", filling.report_url(one), event=one) for one in tracked)
    return [
        element("Duration", _time(filling.offer.duration_ms)),
        group("MediaFiles", *_media(filling)),
        group("TrackingEvents", *reports),
        group("VideoClicks", *clicks),
    ]


def _media(filling: Filling) -> Iterator[ET.Element]:
    """Yield the files that are offered: a stream of several sizes, and one that loads as a whole.

    The rate of the latter is what it has on average, in kilobits a second.
    """
    picture = filling.picture
    size = {"width": str(picture.width), "height": str(picture.height)}
    if filling.media_url:
        yield element("MediaFile", filling.media_url, delivery="streaming", type=HLS, **size)
    if filling.whole_url:
        kbps = str(-(-picture.whole_bytes * 8 // filling.offer.duration_ms))
        yield element(
            "MediaFile", filling.whole_url, delivery="progressive", type=MP4, bitrate=kbps, **size
        )


def _time(ms: int) -> str:
    """Return ``HH:MM:SS.mmm``.

    >>> _time(3_661_500)
    '01:01:01.500'
    """
    seconds, milliseconds = divmod(ms, 1_000)
    minutes, seconds = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{milliseconds:03}"
