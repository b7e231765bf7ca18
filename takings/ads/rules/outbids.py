"""Bids of partners as they answer them: OpenRTB 2.6, read and judged hard.

Whatever is wrong with an answer or a bid has a name, which is counted; nothing of it is shown
that was not reviewed before.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Annotated
from urllib.parse import quote

import msgspec

from takings.ads.rules.deals import Deal
from takings.ads.rules.lines import UNSAID
from takings.ads.rules.outward import PLACE, Place
from takings.ads.rules.partners import LOSS, Outcome, Partner, is_domain, plain_categories
from takings.videos.rules.categories import with_wider

MOST_SEATS, MOST_BIDS = 10, 20
LONGEST_MARKUP = 64 * 1024
LONGEST_NOTICE = 2_000
MOST_DOMAINS = 20
_TAXONOMY = 1
"""IAB Content Taxonomy 1.0 (AdCOM, List: Category Taxonomies)."""
_DOWN = Context(prec=40, rounding=ROUND_FLOOR)
_INSECURE = re.compile(r"(?:>|\[CDATA\[)\s*http:", re.IGNORECASE)
"""An address in an element; those of namespaces stand in attributes, and nobody asks them."""
_LEAST_CPM = Decimal("0.001")
_MACRO = re.compile(r"(?:\$|%24)(?:\{|%7B)AUCTION_([A-Z_]+)(?:\}|%7D)", re.IGNORECASE)

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Url = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTICE)]


class GivenBid(msgspec.Struct):
    """A bid as it is given; the price is CPM."""

    impid: str
    price: Decimal
    id: str = ""
    adm: str | None = None
    crid: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    adid: str | None = None
    adomain: Annotated[list[str], msgspec.Meta(max_length=MOST_DOMAINS)] | None = None
    cat: list[str] | None = None
    cattax: int | None = None
    dealid: str | None = None
    nurl: Url | None = None
    burl: Url | None = None
    lurl: Url | None = None


class GivenSeat(msgspec.Struct):
    """The bids of one buyer."""

    bid: Annotated[list[GivenBid], msgspec.Meta(max_length=MOST_BIDS)]
    seat: str | None = None


class GivenResponse(msgspec.Struct):
    """A whole answer; without seats it is no bid."""

    id: Id
    seatbid: Annotated[list[GivenSeat], msgspec.Meta(max_length=MOST_SEATS)] | None = None
    bidid: str | None = None
    cur: str = "USD"


@dataclass(frozen=True, slots=True)
class OutsideBid:
    """A bid that may win: ``price_micros`` for one impression, rounded down, for a reviewed video.

    ``advertiser`` is the domain of who pays the partner, ``categories`` are those of the ad.
    """

    partner_id: uuid.UUID
    line_item_id: uuid.UUID
    video_id: uuid.UUID
    price_micros: int
    advertiser: str
    categories: frozenset[str]
    facts: "Facts"
    given: GivenBid
    deal: Deal | None = None

    @property
    def is_preferred(self) -> bool:
        """Tell whether it wins before the auction: at the price of a deal."""
        return self.deal is not None and self.deal.is_preferred


@dataclass(frozen=True, slots=True)
class Facts:
    """What addresses of notices are filled with; ``cpm`` is what a winner pays."""

    request_id: uuid.UUID
    seat: str
    bid_id: str
    currency: str
    cpm: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A bid that did not win, and why."""

    outcome: Outcome
    facts: Facts
    given: GivenBid
    deal: Deal | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer holds: the best bid that may win, and what is wrong with all the others."""

    best: OutsideBid | None = None
    lost: tuple[Lost, ...] = ()
    flaw: Outcome | None = None


_decoder = msgspec.json.Decoder(GivenResponse)


def judge_answer(body: bytes, *, partner: Partner, place: Place) -> Judged:
    """Read an answer: its best bid, and the reasons against the others."""
    try:
        answer = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Judged(flaw=Outcome.UNREADABLE)
    given = [(seat, bid) for seat in answer.seatbid or () for bid in seat.bid]
    if answer.id != str(place.id):
        return Judged(flaw=Outcome.WRONG_ID)
    if not given:
        return Judged(flaw=Outcome.NO_BID)
    if answer.cur != partner.dearest.currency:
        return Judged(flaw=Outcome.OTHER_CURRENCY)
    lost: list[Lost] = []
    fine: list[OutsideBid] = []
    for seat, bid in given:
        deal = partner.deal(bid.dealid)
        cpm = deal.price.decimal() if deal and deal.is_preferred else bid.price
        facts = Facts(place.id, seat.seat or "", answer.bidid or "", answer.cur, cpm)
        flaws = (*_flaws_of_deal(bid, facts, deal), *_flaws(bid, partner=partner, place=place))
        if not flaws:
            fine.append(_outside_bid(bid, facts, partner))
        else:
            lost.append(Lost(flaws[0], facts, bid, deal))
    best = max(fine, key=lambda one: (one.is_preferred, one.price_micros), default=None)
    lost += [
        Lost(Outcome.OUTBID, one.facts, one.given, one.deal) for one in fine if one is not best
    ]
    return Judged(best, tuple(lost))


def _outside_bid(bid: GivenBid, facts: Facts, partner: Partner) -> OutsideBid:
    return OutsideBid(
        partner_id=partner.id,
        line_item_id=partner.line_item_id,
        video_id=partner.shown[bid.crid or ""],
        price_micros=_micros(facts.cpm or bid.price),
        advertiser=domains_of(bid)[0],
        categories=_categories(bid, partner),
        facts=facts,
        given=bid,
        deal=partner.deal(bid.dealid),
    )


def _flaws_of_deal(bid: GivenBid, facts: Facts, deal: Deal | None) -> Iterator[Outcome]:
    """Yield what is wrong with the deal that a bid is for."""
    if bid.dealid and deal is None:
        yield Outcome.UNKNOWN_DEAL
    if deal is not None and facts.seat not in deal.seats:
        yield Outcome.WRONG_SEAT


def _flaws(bid: GivenBid, *, partner: Partner, place: Place) -> Iterator[Outcome]:
    """Yield what is wrong with a bid, what is worst first."""
    if bid.impid != PLACE:
        yield Outcome.UNKNOWN_PLACE
    yield from _flaws_of_price(bid, partner=partner, place=place)
    yield from _flaws_of_ad(bid)
    domains = domains_of(bid)
    blocked = partner.blocks.domains | place.limits.blocked_domains
    if not domains or not blocked.isdisjoint(_above(domains)):
        yield Outcome.BLOCKED_DOMAIN
    kept_away = partner.blocks.categories | place.limits.blocked_categories
    kept_away |= place.context.blocked_categories
    if not kept_away.isdisjoint(_categories(bid, partner) or {UNSAID}):
        yield Outcome.BLOCKED_CATEGORY
    if bid.crid not in partner.shown:
        yield partner.hidden.get(bid.crid or "", Outcome.NEW_CREATIVE)


def _flaws_of_price(bid: GivenBid, *, partner: Partner, place: Place) -> Iterator[Outcome]:
    """Yield what is wrong with a price; it is turned into micro-units only where it is sane.

    What was agreed for a deal stands for our own floor, but not for one of a site that asks.
    """
    cpm, deal = bid.price, partner.deal(bid.dealid)
    if not cpm.is_finite() or cpm < _LEAST_CPM:
        yield Outcome.NO_PRICE
    elif cpm > partner.dearest.decimal():
        yield Outcome.TOO_DEAR
    elif deal is None:
        if _micros(cpm) < place.floor_micros:
            yield Outcome.BELOW_FLOOR
    elif _micros(cpm) < deal.price_micros:
        yield Outcome.BELOW_DEAL
    elif (deal.price_micros if deal.is_preferred else _micros(cpm)) < place.limits.floor_micros:
        yield Outcome.BELOW_FLOOR


def _flaws_of_ad(bid: GivenBid) -> Iterator[Outcome]:
    if not bid.crid or not bid.crid.isprintable():
        yield Outcome.NO_CREATIVE_ID
    if not bid.adm or len(bid.adm) > LONGEST_MARKUP or "\0" in bid.adm:
        yield Outcome.NO_MARKUP
    elif _INSECURE.search(bid.adm):
        yield Outcome.INSECURE


def _micros(cpm: Decimal) -> int:
    """Return the price of one impression in micro-units, rounded down: never above the bid."""
    return int(_DOWN.scaleb(cpm, 3))


def domains_of(bid: GivenBid) -> list[str]:
    """Return whose ad it is; what could be no domain is nobody."""
    given = (one.strip().lower() for one in bid.adomain or ())
    return [one for one in given if is_domain(one)]


def said_categories(bid: GivenBid) -> tuple[str, ...]:
    """Return what a bid says it advertises, in the only taxonomy that we read."""
    return plain_categories(bid.cat or ()) if bid.cattax in {None, _TAXONOMY} else ()


def _categories(bid: GivenBid, partner: Partner) -> frozenset[str]:
    """Return what an ad advertises by this bid, by its first one, or by its review.

    What each belongs to is among them: who blocks Music blocks all of it.
    """
    wider = (with_wider(one) for one in said_categories(bid))
    return partner.said.get(bid.crid or "", frozenset()).union(*wider)


def _above(domains: Iterable[str]) -> Iterator[str]:
    """Yield domains and those above them: who blocks one blocks its subdomains, too."""
    for domain in domains:
        labels = domain.split(".")
        yield from (".".join(labels[first:]) for first in range(len(labels)))


def fill_notice(url: str, *, facts: Facts, bid: GivenBid, loss: Outcome | None = None) -> str:
    """Return an address with the standard's macros filled in; what we do not tell is empty.

    A winner pays what it bid, or what was agreed.
    """
    cpm = bid.price if facts.cpm is None else facts.cpm
    known = {
        "ID": str(facts.request_id),
        "BID_ID": facts.bid_id,
        "IMP_ID": PLACE,
        "SEAT_ID": facts.seat,
        "AD_ID": bid.adid or "",
        "PRICE": f"{cpm:f}" if loss is None else "",
        "CURRENCY": facts.currency,
        "MBR": "1" if loss is None else "",
        "LOSS": "0" if loss is None else str(LOSS[loss]),
        "MULTIPLIER": "1",
    }
    return _MACRO.sub(lambda found: quote(known.get(found[1].upper(), ""), safe=""), url)
