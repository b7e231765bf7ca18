"""``POST /openrtb2/auction``: our ads in the auctions that sites hold, as raw ASGI.

Prebid.js and servers of listed sites ask for bids on places at our videos. A bid is an ad chosen as
in ``/vast``, with its money promised; whoever takes it plays the document inside.
"""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from django.conf import settings

from takings.ads.edge.filling import filling_of
from takings.ads.edge.players import read_player
from takings.ads.edge.remembered import Remembered
from takings.ads.edge.routes import (
    AdEdge,
    Headers,
    Message,
    NoSuchRoute,
    Receive,
    Send,
    edge,
    is_robot,
)
from takings.ads.edge.server import Chosen
from takings.ads.edge.stock import Spot
from takings.ads.edge.vast import Answer, origin_of, shared_headers
from takings.ads.queries.embedding import creative_picture, embedded
from takings.ads.rules.bids import Bid, write_bid, write_response
from takings.ads.rules.consent import allowed_use
from takings.ads.rules.limits import advertiser_domain
from takings.ads.rules.lines import MILLION
from takings.ads.rules.openrtb import (
    DEALS_ONLY,
    AgreedDeal,
    BidRequest,
    Impression,
    deal_for,
    impression_hindrance,
    int_micros,
    limits_of,
    playable,
    read_bid_request,
    request_hindrance,
)
from takings.ads.rules.partners import Outcome
from takings.ads.rules.players import NO_SUCH_VIDEO, Embed, site_hindrance
from takings.ads.rules.serving import NO_CAMPAIGN, ROBOT, NoAd
from takings.ads.rules.targeting import read_client
from takings.ads.rules.vast import Filling
from takings.core import clock
from takings.core.errors import Refusal, TooMuch, Unavailable
from takings.events.edge.requests import Gone, read_body
from takings.events.rules.batches import BodyTooLarge
from takings.policies.queries import policy_at

AUCTION = "/openrtb2/auction"
OK, NO_CONTENT = 200, 204
MILLISECOND = dt.timedelta(milliseconds=1)
VERSION = (b"x-openrtb-version", b"2.6")
JSON = (b"content-type", b"application/json")


class PostOnly(Refusal):
    """Bids are asked for with a body."""

    code = "post_only"
    sentence = "Ask for bids with POST."


class BidRequestTooLarge(TooMuch):
    """A request names a handful of places."""

    code = "bid_request_too_large"
    sentence = "A bid request may have at most {most} bytes."


STATUS: dict[type, int] = {PostOnly: 405, NoSuchRoute: 404, TooMuch: 413, Unavailable: 503}
OTHERWISE = 400


class BidEdge:
    """The route for auctions of others, on this process's ad server."""

    def __init__(self, *, ads: AdEdge) -> None:
        """Ask nothing yet."""
        self._ads = ads
        self._embeds = Remembered(_embedded)
        self._pictures = Remembered(creative_picture)

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive, at=clock.now())
        except Gone:
            return
        except Refusal as refusal:
            answer = _refused(refusal)
        headers = [*answer.headers, VERSION, *shared_headers(origin_of(scope))]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Message, receive: Receive, *, at: dt.datetime) -> Answer:
        if scope["path"] != AUCTION:
            raise NoSuchRoute
        if scope["method"] == "OPTIONS":  # a browser asks whether its page may
            allowed = [
                (b"access-control-allow-methods", b"POST"),
                (b"access-control-allow-headers", b"content-type, x-openrtb-version"),
            ]
            return Answer(NO_CONTENT, allowed)
        if scope["method"] != "POST":
            raise PostOnly
        try:
            body = await read_body(scope, receive)
        except BodyTooLarge as refusal:
            raise BidRequestTooLarge(**refusal.facts) from None
        request = read_bid_request(body)
        found = await self._bid(request, _asker(scope, request), at=at)
        if isinstance(found, NoAd):
            return Answer(NO_CONTENT, [(b"x-no-bid-reason", found.code.encode())])
        return Answer(OK, [JSON], found)

    async def _bid(self, request: BidRequest, scope: Message, *, at: dt.datetime) -> bytes | NoAd:
        """Return our bids, or why there are none: of several places, why not on the last."""
        currency = policy_at(at=at).currency
        why = _hindrance(scope) or request_hindrance(request, currency=currency)
        why = why or await self._video_hindrance(request.video_id, at=at)
        if why is not None:
            return why
        use = allowed_use(request.signals, vendor_id=settings.TCF_VENDOR_ID, age=request.age(at=at))
        viewer = read_player(scope, at=at, use=use).viewer
        client = read_client(dict(cast("Headers", scope["headers"])))
        spot = Spot(viewer, request.video_id, at, client)
        # At once, for partners outside are asked on each place, and the caller's time is short.
        found = await asyncio.gather(
            *(
                self._bid_on(one, request=request, scope=scope, spot=spot, currency=currency)
                for one in request.imp
            )
        )
        bids = [bid for bid in found if not isinstance(bid, NoAd)]
        if not bids:
            return next(reversed([why for why in found if isinstance(why, NoAd)]))
        return write_response(bids, request_id=request.id, currency=currency)

    async def _video_hindrance(self, video_id: uuid.UUID | None, *, at: dt.datetime) -> NoAd | None:
        """Return why there are no ads at this video; None when there may be."""
        if video_id is None or await self._embeds.answer(video_id, at=at) is None:
            return NO_SUCH_VIDEO
        return None

    async def _bid_on(
        self,
        impression: Impression,
        *,
        request: BidRequest,
        scope: Message,
        spot: Spot,
        currency: str,
    ) -> Bid | NoAd:
        """Choose an ad for one place, with its money promised, perhaps one of a partner's."""
        await self._ads.ready_server()  # from then on it knows the deals
        partners = self._ads.partners
        agreed = impression.agreed(partners.site_deals, currency=currency)
        why = impression_hindrance(impression, currency=currency, has_deal=bool(agreed))
        if why is not None:
            return why
        for one in agreed:
            partners.note_site_deal(one.deal, Outcome.ASKED, at=spot.at)
        limits = replace(limits_of(request, impression, agreed=agreed), is_offer=True)
        chosen = await self._ads.choose(
            replace(spot, limits=limits),
            scope,
            signals=request.signals_for_others(at=spot.at),
            within_ms=request.left_ms(passed_ms=(clock.now() - spot.at) // MILLISECOND),
        )
        if isinstance(chosen, NoAd):
            return chosen
        picture = await self._pictures.answer(chosen.offer.creative_id, at=spot.at)
        if picture is None:  # removed a moment ago; what was promised for it goes back by itself
            return NO_CAMPAIGN
        filling = playable(filling_of(chosen, picture), impression)
        if isinstance(filling, NoAd):
            return filling
        return self._write(chosen, filling, impression, agreed=agreed)

    def _write(
        self,
        chosen: Chosen,
        filling: Filling,
        impression: Impression,
        *,
        agreed: Sequence[AgreedDeal],
    ) -> Bid | NoAd:
        """Write a bid, on the deal that is best for the site, or on the open place."""
        chance_ppm, decision = chosen.won.chance_ppm, chosen.decision
        worth = decision.price.micros * chance_ppm // MILLION
        domain = chosen.offer.advertiser or advertiser_domain(chosen.offer)
        found = deal_for(agreed, worth_micros=worth, advertiser=domain)
        if found is None:
            if impression.is_private or worth < int_micros(impression.floor):
                return DEALS_ONLY
            return write_bid(filling, impression=impression, chance_ppm=chance_ppm)
        self._ads.partners.note_site_deal(
            found.deal, Outcome.OFFERED, at=decision.issued_at, decision_id=decision.decision_id
        )
        return write_bid(filling, impression=impression, chance_ppm=chance_ppm, deal=found.deal)


def _embedded(video_id: uuid.UUID) -> Embed | None:
    return embedded(video_id=video_id, at=clock.now())


def _hindrance(scope: Message) -> NoAd | None:
    """Return why whoever asks gets no bid, whatever it asks for."""
    if is_robot(cast("Headers", scope["headers"])):
        return ROBOT
    origin = origin_of(scope)
    return site_hindrance(origin=origin, own=settings.PUBLIC_URL, sites=settings.EMBED_SITES)


def _asker(scope: Message, request: BidRequest) -> Message:
    """Return who asks: a browser speaks for itself, a server for the device that it names."""
    device = request.device
    if origin_of(scope) or device is None or not device.ua:
        return scope
    headers = [(b"user-agent", device.ua), (b"origin", request.origin)]
    headers.append((b"accept-language", device.language or ""))
    told = [(name, value.encode("latin-1", "replace")) for name, value in headers]
    return {**scope, "headers": told, "client": (device.ip or device.ipv6 or "", 0)}


def _refused(refusal: Refusal) -> Answer:
    status = next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), OTHERWISE)
    headers = [JSON, (b"allow", b"POST")]
    body = json.dumps({"code": refusal.code, "sentence": str(refusal)}).encode()
    return Answer(status, headers, body)


app = BidEdge(ads=edge).app
