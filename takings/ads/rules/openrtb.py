"""Bid requests as others send them: OpenRTB 2.6 (IAB Tech Lab), as far as we read it.

What is not named here is ignored, as the standard asks. Money is CPM, in exact decimals.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Annotated

import msgspec

from takings.ads.rules.consent import ADULT, Signals
from takings.ads.rules.deals import Deal
from takings.ads.rules.limits import Limits
from takings.ads.rules.serving import NoAd
from takings.ads.rules.vast import HLS, MP4, Filling, Version, read_version
from takings.core.errors import Invalid

MOST_IMPRESSIONS = 20
MOST_DEALS = 50
SEAT = "takings"
"""Whose bids ours are: Prebid.js believes bids of a seat that it calls a bidder."""
ANSWER_MS = 30
DEAREST_CPM = Decimal(1_000_000)
STREAMED = frozenset({HLS.lower(), "application/vnd.apple.mpegurl"})
"""Both names of HLS."""
PROTOCOL = {Version.TWO: 2, Version.THREE: 3, Version.FOUR: 13}
"""The numbers of the versions of VAST that we write (AdCOM 1.0)."""
_SPOKEN = frozenset({2, 3, 7, 11, 13})
_MILLION = 1_000_000

TEST = NoAd("test_request", "This is a test request, and every ad of ours is meant.")
NOT_VIDEO = NoAd("not_video", "The ads of this platform are videos.")
WRONG_MEDIA = NoAd(
    "wrong_media", f"The ads of this platform are HLS or MP4; “mimes” must name {HLS} or {MP4}."
)
WRONG_VERSION = NoAd("wrong_version", "“protocols” must name VAST 2, 3 or 4, not only wrappers.")
OTHER_CURRENCY = NoAd("other_currency", "The ads of this platform are priced in its own currency.")
DEALS_ONLY = NoAd("deals_only", "This platform has no deal with this seller.")

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Text = str | None
Number = int | None


class BadBidRequest(Invalid):
    """The request is not of the standard's shape."""

    code = "bad_bid_request"
    sentence = "This is no bid request of OpenRTB 2.6: {flaw}."


class BadBidFloor(Invalid):
    """A floor is money."""

    code = "bad_bid_floor"
    sentence = "The floor of impression “{impression}” must be a CPM from 0 to {most}."


class Video(msgspec.Struct):
    """The player of an impression; lengths are in seconds."""

    mimes: list[str]
    minduration: Number = None
    maxduration: Number = None
    protocols: list[int] | None = None


class OfferedDeal(msgspec.Struct):
    """A deal that a site offers: for whose ads, and from which price for a thousand on."""

    id: Id
    bidfloor: Decimal | None = None
    bidfloorcur: str = "USD"
    wseat: list[str] | None = None
    wadomain: list[str] | None = None


class Deals(msgspec.Struct):
    """The deals of a place, and whether nothing else is taken there."""

    private_auction: Number = None
    deals: Annotated[list[OfferedDeal], msgspec.Meta(max_length=MOST_DEALS)] | None = None


@dataclass(frozen=True, slots=True)
class AgreedDeal:
    """A deal that we may bid on: from which price on, and for which advertisers; none: for all."""

    deal: Deal
    floor_micros: int
    domains: frozenset[str] = frozenset()


class Impression(msgspec.Struct):
    """One place for an ad."""

    id: Id
    video: Video | None = None
    pmp: Deals | None = None
    bidfloor: Decimal | None = None
    bidfloorcur: str = "USD"

    @property
    def floor(self) -> Decimal:
        """The least CPM; 0 without one. Refuses: BadBidFloor."""
        return _checked(self.bidfloor, self.id)

    @property
    def is_private(self) -> bool:
        """Whether only bids on deals are taken."""
        return self.pmp is not None and self.pmp.private_auction == 1

    def agreed(self, known: Mapping[str, Deal], *, currency: str) -> list[AgreedDeal]:
        """Return which deals of a place we may bid on; ``known`` are those with sites.

        Left out is what is not ours, or asks for more than was agreed. Refuses: BadBidFloor.
        """
        found = []
        for given in (self.pmp and self.pmp.deals) or ():
            floor = int_micros(_checked(given.bidfloor, self.id))
            deal = known.get(given.id)
            is_other = bool(given.wseat and SEAT not in given.wseat)
            is_other |= bool(floor) and given.bidfloorcur != currency
            if deal is None or is_other or (deal.is_preferred and floor > deal.price_micros):
                continue
            domains = frozenset(one.lower() for one in given.wadomain or ())
            found.append(AgreedDeal(deal, max(floor, deal.price_micros), domains))
        return found

    @property
    def version(self) -> Version:
        """The best version of VAST that the player speaks."""
        spoken = (self.video and self.video.protocols) or []
        return read_version(asked="", spoken=",".join(map(str, spoken)))


class Content(msgspec.Struct):
    """The video that the ad is shown with: the id is ours."""

    id: str = ""


class Site(msgspec.Struct):
    """The site or app that asks."""

    domain: Text = None
    page: Text = None
    content: Content | None = None


class Device(msgspec.Struct):
    """Whose device it is; told by servers, for a browser speaks for itself."""

    ua: Text = None
    language: Text = None
    ip: Text = None
    ipv6: Text = None
    dnt: Number = None
    lmt: Number = None


class Told(msgspec.Struct):
    """Consent where versions before 2.6 have it."""

    gdpr: Number = None
    consent: Text = None
    us_privacy: Text = None


class User(msgspec.Struct):
    """The viewer: only consent and the year of birth are read."""

    consent: Text = None
    yob: Number = None
    ext: Told | None = None


class Regulations(msgspec.Struct):
    """Which laws apply."""

    coppa: Number = None
    gdpr: Number = None
    us_privacy: Text = None
    gpp: Text = None
    gpp_sid: list[int] | None = None
    ext: Told | None = None


class BidRequest(msgspec.Struct):
    """What is for sale, to whom it is shown, and what the seller does not want."""

    id: Id
    imp: Annotated[list[Impression], msgspec.Meta(min_length=1, max_length=MOST_IMPRESSIONS)]
    site: Site | None = None
    app: Site | None = None
    device: Device | None = None
    user: User | None = None
    regs: Regulations | None = None
    cur: list[str] | None = None
    bcat: list[str] | None = None
    badv: list[str] | None = None
    tmax: Number = None
    test: Number = None

    @property
    def video_id(self) -> uuid.UUID | None:
        """The video that is shown; None where none of ours can be meant."""
        place = self.site or self.app
        try:
            return uuid.UUID(place.content.id) if place and place.content else None
        except (TypeError, ValueError):
            return None

    @property
    def origin(self) -> str:
        """Which site asks, as a browser would name it; empty for an app."""
        if self.site is None:
            return ""
        scheme, slashes, rest = (self.site.page or "").partition("://")
        if slashes:
            return f"{scheme}://{rest.partition('/')[0]}"
        return f"https://{self.site.domain}" if self.site.domain else ""

    @property
    def signals(self) -> Signals:
        """What the viewer allows."""
        regs, user, device = (
            self.regs or Regulations(),
            self.user or User(),
            self.device or Device(),
        )
        law, old = regs.ext or Told(), user.ext or Told()
        gdpr = law.gdpr if regs.gdpr is None else regs.gdpr
        return Signals(
            gdpr=None if gdpr is None else gdpr == 1,
            tc=user.consent or old.consent or "",
            gpp=regs.gpp or "",
            sections=frozenset(regs.gpp_sid or []),
            us_privacy=regs.us_privacy or law.us_privacy or "",
            objects=1 in {regs.coppa, device.dnt, device.lmt},
        )

    def signals_for_others(self, *, at: dt.datetime) -> Signals:
        """Return the same as partners of ours may be told: of a minor nobody else is told."""
        age = self.age(at=at)
        is_minor = age is not None and age < ADULT
        return replace(self.signals, objects=True) if is_minor else self.signals

    def left_ms(self, *, passed_ms: int) -> int | None:
        """Return how long others may take to answer, in milliseconds; None where nothing is said.

        Of the whole time (``tmax``), ``ANSWER_MS`` are left for our own answer to arrive.
        """
        return self.tmax - passed_ms - ANSWER_MS if self.tmax and self.tmax > 0 else None

    def age(self, *, at: dt.datetime) -> int | None:
        """Return the least age that the viewer's year of birth allows."""
        born = self.user.yob if self.user else None
        return None if born is None else at.year - born - 1


_decoder = msgspec.json.Decoder(BidRequest)


def read_bid_request(body: bytes) -> BidRequest:
    """Read a request. Refuses: BadBidRequest, BadBidFloor."""
    try:
        request = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        flaw = str(error).rstrip(".").replace("`", "")
        raise BadBidRequest(flaw=flaw) from None
    for impression in request.imp:
        _ = impression.floor
        _ = impression.agreed({}, currency="")
    return request


def request_hindrance(request: BidRequest, *, currency: str) -> NoAd | None:
    """Return why we bid on nothing of this request; None when we may."""
    if request.test == 1:
        return TEST
    return OTHER_CURRENCY if request.cur and currency not in request.cur else None


def impression_hindrance(
    impression: Impression, *, currency: str, has_deal: bool = False
) -> NoAd | None:
    """Return why we do not bid on this place; None when we may, perhaps only on a deal."""
    video = impression.video
    if video is None:
        return NOT_VIDEO
    if impression.is_private and not has_deal:
        return DEALS_ONLY
    if _media_of(video).isdisjoint({*STREAMED, MP4}):
        return WRONG_MEDIA
    if impression.floor and impression.bidfloorcur != currency and not impression.is_private:
        return OTHER_CURRENCY
    return WRONG_VERSION if video.protocols and _SPOKEN.isdisjoint(video.protocols) else None


def playable(filling: Filling, impression: Impression) -> Filling | NoAd:
    """Return an ad with the files that the player of a place plays; or that there is none.

    All of an ad in one file may not be written yet: then a player of MP4 alone cannot show it.
    """
    media = _media_of(impression.video) if impression.video else frozenset[str]()
    fitting = replace(
        filling,
        media_url="" if STREAMED.isdisjoint(media) else filling.media_url,
        whole_url=filling.whole_url if MP4 in media else "",
    )
    return fitting if fitting.media_url or fitting.whole_url else WRONG_MEDIA


def _media_of(video: Video) -> frozenset[str]:
    return frozenset(one.lower() for one in video.mimes)


def int_micros(cpm: Decimal) -> int:
    """Return a floor for one impression, rounded up to a micro-unit."""
    return int((cpm * _MILLION / 1_000).to_integral_value(ROUND_CEILING))


def _checked(floor: Decimal | None, impression_id: str) -> Decimal:
    given = floor or Decimal(0)
    if not given.is_finite() or not 0 <= given <= DEAREST_CPM:
        raise BadBidFloor(impression=impression_id, most=DEAREST_CPM)
    return given


def deal_for(
    agreed: Sequence[AgreedDeal], *, worth_micros: int, advertiser: str
) -> AgreedDeal | None:
    """Return the deal that is best for the site of those that an ad may be bid for.

    ``worth_micros`` is what it is expected to pay for one impression.
    """
    labels = advertiser.split(".")
    domains = {".".join(labels[first:]) for first in range(len(labels))}
    fine = [
        one
        for one in agreed
        if one.floor_micros <= worth_micros and (not one.domains or one.domains & domains)
    ]
    return max(fine, key=lambda one: one.floor_micros, default=None)


def limits_of(
    request: BidRequest, impression: Impression, *, agreed: Sequence[AgreedDeal] = ()
) -> Limits:
    """Return what a place asks of an ad; a deal may ask for less than the open auction."""
    video = impression.video or Video([])
    floors = [one.floor_micros for one in agreed]
    if not (impression.is_private and floors):
        floors.append(int_micros(impression.floor))
    return Limits(
        floor_micros=min(floors),
        shortest_ms=1_000 * (video.minduration or 0),
        longest_ms=1_000 * (video.maxduration or 0),
        blocked_domains=frozenset(one.lower() for one in request.badv or []),
        blocked_categories=frozenset(request.bcat or []),
    )
