"""Bid requests as we send them to partners: OpenRTB 2.6 (IAB Tech Lab).

One place, at a first price. What could tell who watches is sent only where they said yes to us and
to the partner; nobody of whom we know that they are a child, or object, is spoken of at all.
"""

import ipaddress
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

import msgspec
from babel.core import get_global

from takings.ads.rules.consent import Signals, Use, allowed_use
from takings.ads.rules.limits import NO_LIMITS, Limits
from takings.ads.rules.lines import UNSAID
from takings.ads.rules.partners import Partner
from takings.ads.rules.supply import Seller
from takings.ads.rules.targeting import Context
from takings.core import ids

VERSION = "2.6"
PLACE = "1"
"""The id of the one impression in each request."""
LONGEST_AD_S = 120
_FIRST_PRICE = 1
_MEDIA = ["video/mp4", "video/webm"]
_PROTOCOLS = [2, 3, 7, 11, 13, 5, 6, 8, 12, 14]
"""VAST 2.0 to 4.2, each as an ad and as a wrapper (AdCOM 1.0)."""
_START = {"pre": 0, "mid": -1, "post": -2}
_IN_STREAM, _STANDALONE, _IN_FEED = 1, 4, 5
_OF_USERS = 5
"""User-generated content (AdCOM 1.0)."""
_DEVICE = {"phone": 4, "tablet": 5, "desktop": 2, "tv": 3}
_GONE = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}
"""Codes of countries that have another one now."""
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches, as far as a request tells; ``signals`` are what they allow."""

    viewer_id: uuid.UUID
    country: str
    language: str = ""
    device: str = ""
    agent: str = ""
    address: str = ""
    signals: Signals = field(default_factory=Signals)
    is_private: bool = False
    region: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """What is for sale: a place beside a video of ours; ``site`` is the domain of others' pages."""

    id: uuid.UUID
    placement: str
    video_id: uuid.UUID | None
    floor_micros: int
    context: Context = field(default_factory=Context)
    limits: Limits = NO_LIMITS
    site: str = ""


def use_by(partner: Partner, watcher: Watcher, *, vendor_id: int) -> Use:
    """Return what may be told to a partner: what is allowed to us, and to it."""
    if watcher.is_private or watcher.signals.objects:
        return Use.NOTHING
    theirs = allowed_use(watcher.signals, vendor_id=partner.access.vendor_id)
    return min(allowed_use(watcher.signals, vendor_id=vendor_id), theirs)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, what it may tell, and how long it waits, in milliseconds."""

    seller: Seller
    use: Use
    within_ms: int


def bid_request(place: Place, *, partner: Partner, watcher: Watcher, asking: Asking) -> bytes:
    """Return the request to one partner."""
    seller, use = asking.seller, asking.use
    request = {
        "id": str(place.id),
        "imp": [_impression(place, partner)],
        "site": _site(place, seller),
        "device": _device(watcher, use),
        "user": _user(partner, watcher, use),
        "regs": _regulations(watcher.signals),
        "at": _FIRST_PRICE,
        "tmax": asking.within_ms,
        "cur": [partner.dearest.currency],
        "wseat": [partner.access.seat] if partner.access.seat else None,
        "bcat": sorted(_blocked_categories(place, partner)) or None,
        "badv": sorted(partner.blocks.domains | place.limits.blocked_domains) or None,
        "source": _source(place, seller),
    }
    return _encoder.encode(_said(request))


def _blocked_categories(place: Place, partner: Partner) -> frozenset[str]:
    """Return what the operator, the place and the creator of the video keep away."""
    of_creator = place.context.blocked_categories - {UNSAID}
    return partner.blocks.categories | place.limits.blocked_categories | of_creator


def _impression(place: Place, partner: Partner) -> dict[str, object]:
    longest_s = place.limits.longest_ms // 1_000 or LONGEST_AD_S
    is_feed = place.placement not in _START
    offered = [one.offered() for one in partner.deals]
    video = {
        "mimes": _MEDIA,
        "minduration": -(-place.limits.shortest_ms // 1_000) or 1,
        "maxduration": min(longest_s, LONGEST_AD_S),
        "protocols": _PROTOCOLS,
        "startdelay": _START.get(place.placement),
        "plcmt": _STANDALONE if is_feed else _IN_STREAM,
        "placement": _IN_FEED if is_feed else _IN_STREAM,
        "linearity": 1,
        "skip": 1,
    }
    return _said(
        {
            "id": PLACE,
            "video": _said(video),
            "bidfloor": Decimal(place.floor_micros).scaleb(-3),
            "bidfloorcur": partner.dearest.currency,
            "secure": 1,
            "pmp": {"private_auction": 0, "deals": offered} if offered else None,
        }
    )


def _site(place: Place, seller: Seller) -> dict[str, object]:
    """Return where the ad is shown; on pages of others we are still who may sell it."""
    content = {
        "id": str(place.video_id) if place.video_id else None,
        "kwarray": sorted(place.context.keywords) or None,
        "context": _OF_USERS if place.video_id else None,
    }
    return _said(
        {
            "domain": place.site or seller.domain or None,
            "inventorypartnerdomain": (seller.domain or None) if place.site else None,
            "publisher": _said({"id": seller.id, "name": seller.name, "domain": seller.domain}),
            "content": _said(content) or None,
        }
    )


def _device(watcher: Watcher, use: Use) -> dict[str, object]:
    """Return the device: always its kind, and more only with a yes. An address is cut short."""
    geo = {
        "country": _alpha3().get(watcher.country),
        "region": watcher.region.partition("-")[2] or None if use is Use.PROFILE else None,
    }
    told: dict[str, object] = {
        "devicetype": _DEVICE.get(watcher.device),
        "language": watcher.language or None,
        "geo": _said(geo) or None,
        "lmt": int(use < Use.PROFILE),
    }
    if use is Use.PROFILE:
        told |= {"ua": watcher.agent or None, **_cut(watcher.address)}
    return _said(told)


@cache
def _alpha3() -> dict[str, str]:
    """Return the ISO 3166-1 code of three letters of each country, which the standard wants."""
    known = get_global("territory_aliases").items()
    return {
        names[0]: code
        for code, names in known
        if len(code) == len("DEU") and code.isalpha() and code not in _GONE and len(names) == 1
    }


def _cut(address: str) -> dict[str, object]:
    """Return the network of an address: /24 of IPv4, /48 of IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return {}
    name, kept = ("ip", 24) if isinstance(ip, ipaddress.IPv4Address) else ("ipv6", 48)
    network = ipaddress.ip_network((ip, kept), strict=False)
    return {name: str(network.network_address)}


def _user(partner: Partner, watcher: Watcher, use: Use) -> dict[str, object] | None:
    """Return the viewer: their consent, and with a yes an id that no other partner knows."""
    known = str(ids.derived("viewer of a partner", partner.id, watcher.viewer_id))
    told = {
        "id": known if use is Use.PROFILE else None,
        "consent": watcher.signals.tc or None,
    }
    return _said(told) or None


def _regulations(signals: Signals) -> dict[str, object] | None:
    told = {
        "gdpr": None if signals.gdpr is None else int(signals.gdpr),
        "us_privacy": signals.us_privacy or None,
        "gpp": signals.gpp or None,
        "gpp_sid": sorted(signals.sections) or None,
    }
    return _said(told) or None


def _source(place: Place, seller: Seller) -> dict[str, object]:
    """Return who sells: the chain is complete, for we alone are paid. Without a name, no chain."""
    node = {"asi": seller.domain, "sid": seller.id, "rid": str(place.id), "hp": 1}
    chain = {"complete": 1, "ver": "1.0", "nodes": [node]} if seller.domain else None
    return _said({"fd": 1, "tid": str(place.id), "schain": chain})


def _said(told: Mapping[str, object]) -> dict[str, object]:
    """Leave out what is not known: absent means unknown."""
    return {name: value for name, value in told.items() if value is not None}
