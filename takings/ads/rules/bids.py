"""Our bids, as OpenRTB 2.6 wants them written."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from takings.ads.rules.leases import LEASE_LIFE
from takings.ads.rules.limits import advertiser_domain
from takings.ads.rules.openrtb import PROTOCOL, Impression
from takings.ads.rules.vast import SKIPPABLE_AFTER_MS, Filling, Version, one_ad

SEAT = "takings"
"""Whose bids these are: Prebid.js believes bids of a seat that it calls a bidder."""
_VIDEO_MARKUP, _SKIPPABLE = 2, 16
_encoder = msgspec.json.Encoder(decimal_format="number")
Bid = dict[str, object]


def write_bid(filling: Filling, *, impression: Impression, chance_ppm: int) -> Bid:
    """Return a bid: the VAST itself, at what a thousand impressions are expected to bring.

    That is the price of the signed decision times the chance that what it pays for happens.
    There is nothing to be told of a win: what the player reports of the ad is what is charged.
    """
    offer, version = filling.offer, impression.version
    cpm = Decimal(filling.decision.price.micros * chance_ppm).scaleb(-9)
    is_skippable = offer.duration_ms > SKIPPABLE_AFTER_MS and version is not Version.TWO
    return {
        "id": str(filling.decision.decision_id),
        "impid": impression.id,
        "price": Decimal(f"{cpm.normalize():f}"),
        "adm": one_ad(filling, version=version).decode(),
        "cat": list(offer.categories),
        "adomain": [offer.advertiser or advertiser_domain(offer)],
        "cid": str(offer.campaign_id),
        "crid": str(offer.creative_id),
        "attr": [_SKIPPABLE] if is_skippable else [],
        "mtype": _VIDEO_MARKUP,
        "protocol": PROTOCOL[version],
        "dur": -(-offer.duration_ms // 1_000),
        "w": filling.picture.width,
        "h": filling.picture.height,
        "exp": int(LEASE_LIFE.total_seconds()),
    }


def write_response(bids: Sequence[Bid], *, request_id: str, currency: str) -> bytes:
    """Return the answer to a request that we bid on."""
    seatbid = [{"seat": SEAT, "bid": bids}]
    return _encoder.encode({"id": request_id, "cur": currency, "seatbid": seatbid})
