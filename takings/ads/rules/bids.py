"""Our bids, as OpenRTB 2.6 wants them written."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from takings.ads.rules.deals import Deal
from takings.ads.rules.leases import LEASE_LIFE
from takings.ads.rules.limits import advertiser_domain
from takings.ads.rules.openrtb import PROTOCOL, SEAT, Impression
from takings.ads.rules.vast import SKIPPABLE_AFTER_MS, Filling, Version, one_ad

_VIDEO_MARKUP, _SKIPPABLE = 2, 16
_encoder = msgspec.json.Encoder(decimal_format="number")
Bid = dict[str, object]


def write_bid(
    filling: Filling, *, impression: Impression, chance_ppm: int, deal: Deal | None = None
) -> Bid:
    """Return a bid: the VAST itself, at what a thousand impressions are expected to bring.

    That is the price of the signed decision times the chance that what it pays for happens; on a
    deal with a fixed price it is that one.
    There is nothing to be told of a win: what the player reports of the ad is what is charged.
    """
    offer, version = filling.offer, impression.version
    cpm = Decimal(filling.decision.price.micros * chance_ppm).scaleb(-9)
    if deal is not None and deal.is_preferred:
        cpm = deal.price.decimal()
    is_skippable = offer.duration_ms > SKIPPABLE_AFTER_MS and version is not Version.TWO
    on_deal = {} if deal is None else {"dealid": deal.code}
    return on_deal | {
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
