"""Partners outside who are asked for bids, as decisions know them and as operators write them."""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from takings.ads.rules.campaigns import LONGEST_NAME, check_text
from takings.ads.rules.deals import Deal
from takings.ads.rules.outside import check_address
from takings.core.errors import Invalid
from takings.money import Money
from takings.videos.rules.categories import CATEGORIES, NOT_SAID

SHORTEST_MS, LONGEST_MS = 20, 500
"""Nobody waits longer than half a second for an ad of ours."""
MOST_QPS = 10_000
LEARNING_QPS = 1
"""How often a partner is asked while none of its ads may be shown: enough to learn of some."""
MOST_BLOCKED = 200
MOST_CATEGORIES = 20
LONGEST_HEADER = 500
LONGEST_DOMAIN = 253
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_OURS = {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept"}
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*")
_CATEGORY = re.compile(r"[A-Za-z0-9-]{1,20}")


class BadPartner(Invalid):
    """A number or a word of a partner is none that could work."""

    code = "bad_partner"
    sentence = "{sentence}"


class Outcome(StrEnum):
    """What became of a question to a partner, or of one of its bids."""

    ASKED = "asked"
    WON = "won"
    OFFERED = "offered"
    OUTBID = "outbid"
    NO_BID = "no_bid"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    BAD_STATUS = "bad_status"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    WRONG_ID = "wrong_id"
    OTHER_CURRENCY = "other_currency"
    UNKNOWN_PLACE = "unknown_place"
    NO_PRICE = "no_price"
    BELOW_FLOOR = "below_floor"
    BELOW_DEAL = "below_deal"
    UNKNOWN_DEAL = "unknown_deal"
    WRONG_SEAT = "wrong_seat"
    TOO_DEAR = "too_dear"
    NO_CREATIVE_ID = "no_creative_id"
    NO_MARKUP = "no_markup"
    INSECURE = "insecure"
    BLOCKED_DOMAIN = "blocked_domain"
    BLOCKED_CATEGORY = "blocked_category"
    NEW_CREATIVE = "new_creative"
    IN_REVIEW = "in_review"
    NOT_APPROVED = "not_approved"
    DOES_NOT_FIT = "does_not_fit"
    NO_MONEY = "no_money"
    TOO_MANY = "too_many"
    RESTING = "resting"


SENTENCES: Mapping[Outcome, str] = {
    Outcome.ASKED: "Questions that were sent",
    Outcome.WON: "Bids that won",
    Outcome.OFFERED: "Bids that were passed on to the auction of a site",
    Outcome.OUTBID: "Another ad was worth more",
    Outcome.NO_BID: "It did not want to bid",
    Outcome.TIMED_OUT: "No answer in time",
    Outcome.UNREACHABLE: "No connection, or one that broke",
    Outcome.BAD_STATUS: "An answer with another status than 200 or 204",
    Outcome.TOO_LARGE: "An answer that is too large",
    Outcome.UNREADABLE: "An answer that is no bid response of OpenRTB 2.6",
    Outcome.WRONG_ID: "An answer to another question",
    Outcome.OTHER_CURRENCY: "Bids in another currency",
    Outcome.UNKNOWN_PLACE: "Bids on a place that was not for sale",
    Outcome.NO_PRICE: "Bids of nothing, or less than a millionth for one impression",
    Outcome.BELOW_FLOOR: "Bids below the floor",
    Outcome.BELOW_DEAL: "Bids below what was agreed for their deal",
    Outcome.UNKNOWN_DEAL: "Bids on a deal that was not offered",
    Outcome.WRONG_SEAT: "Bids on a deal of a seat that it does not name",
    Outcome.TOO_DEAR: "Bids above the line item’s price, the most that is believed",
    Outcome.NO_CREATIVE_ID: "Bids without an id of the ad (crid)",
    Outcome.NO_MARKUP: "Bids without VAST (adm)",
    Outcome.INSECURE: "Ads with addresses that are not https",
    Outcome.BLOCKED_DOMAIN: "Ads of a blocked advertiser, or of none that is named",
    Outcome.BLOCKED_CATEGORY: "Ads of a blocked category",
    Outcome.NEW_CREATIVE: "Ads that were not known yet",
    Outcome.IN_REVIEW: "Ads that wait for their video or a review",
    Outcome.NOT_APPROVED: "Ads that could not be taken, or were declined or paused",
    Outcome.DOES_NOT_FIT: "Ads that do not fit the place, or the line item’s targeting",
    Outcome.NO_MONEY: "The line item had no money at that moment",
    Outcome.TOO_MANY: "Not asked: as many a second as were allowed, or connections, were in use",
    Outcome.RESTING: "Not asked: it is left alone after failures",
}
"""What operators read."""
LOSS: Mapping[Outcome, int] = {
    Outcome.OUTBID: 102,
    Outcome.BELOW_FLOOR: 100,
    Outcome.BELOW_DEAL: 101,
    Outcome.UNKNOWN_DEAL: 4,
    Outcome.WRONG_SEAT: 104,
    Outcome.NO_PRICE: 9,
    Outcome.NO_CREATIVE_ID: 8,
    Outcome.NO_MARKUP: 7,
    Outcome.INSECURE: 207,
    Outcome.BLOCKED_DOMAIN: 205,
    Outcome.BLOCKED_CATEGORY: 209,
    Outcome.NEW_CREATIVE: 201,
    Outcome.IN_REVIEW: 201,
    Outcome.NOT_APPROVED: 202,
    Outcome.DOES_NOT_FIT: 200,
    Outcome.NO_MONEY: 1,
    Outcome.TOO_DEAR: 3,
    Outcome.UNKNOWN_PLACE: 3,
}
"""Loss reason codes (OpenRTB 2.6, List: Loss Reason Codes)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where a partner is asked, and how: ``header`` is a secret of ours there, name and value."""

    endpoint: str
    timeout_ms: int
    qps: int
    header: tuple[str, str] = ("", "")
    seat: str = ""
    vendor_id: int = 0


@dataclass(frozen=True, slots=True)
class Blocks:
    """Advertisers (by domain, subdomains too) and categories that a partner must not send."""

    domains: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as an ad server asks it.

    ``dearest`` is the line item's price for a thousand, the most that a bid may say. ``shown`` are
    its ads that may be shown, by its own id; ``hidden`` says of the others it sent why not, and
    ``said`` of all what they advertise.
    """

    id: uuid.UUID
    line_item_id: uuid.UUID
    access: Access
    dearest: Money
    is_running: bool
    blocks: Blocks = field(default_factory=Blocks)
    countries: frozenset[str] = frozenset()
    placements: frozenset[str] = frozenset()
    shown: Mapping[str, uuid.UUID] = field(default_factory=dict)
    hidden: Mapping[str, Outcome] = field(default_factory=dict)
    said: Mapping[str, frozenset[str]] = field(default_factory=dict)
    deals: tuple[Deal, ...] = ()

    @property
    def qps(self) -> int:
        """How often it is asked a second, at most."""
        return self.access.qps if self.is_running else min(LEARNING_QPS, self.access.qps)

    def deal(self, code: str | None) -> Deal | None:
        """Return the deal of this id that it is offered."""
        return next((one for one in self.deals if one.code == code), None)

    def wants(self, *, country: str, placement: str) -> bool:
        """Tell whether its line item may run there."""
        is_near = not self.countries or country in self.countries
        return is_near and (not self.placements or placement in self.placements)


def plain_categories(given: Iterable[str]) -> tuple[str, ...]:
    """Return each of these codes of a content taxonomy once; what could be none is left out."""
    return tuple(sorted({one for one in given if _CATEGORY.fullmatch(one)}))[:MOST_CATEGORIES]


def known_category(given: Iterable[str]) -> str:
    """Return the first of these that is in our list, or what it belongs to; else nothing."""
    wider = (one for code in given for one in (code, code.partition("-")[0]))
    return next((one for one in wider if one in CATEGORIES), NOT_SAID)


def is_domain(text: str) -> bool:
    """Tell whether this is the name of a site, in small letters."""
    return len(text) <= LONGEST_DOMAIN and bool(_DOMAIN.fullmatch(text))


def check_partner(name: str, *, access: Access, blocks: Blocks) -> None:
    """Refuse what could not work. Refuses: BadText, BadOutsideAddress, BadPartner."""
    check_text(name, which="name", longest=LONGEST_NAME)
    check_address(access.endpoint)
    header, value = access.header
    is_word = value.isascii() and value.isprintable() and len(value) <= LONGEST_HEADER
    flaws = {
        f"The time-out must be {SHORTEST_MS} to {LONGEST_MS} milliseconds.": not (
            SHORTEST_MS <= access.timeout_ms <= LONGEST_MS
        ),
        f"Ask a partner 1 to {MOST_QPS:,} times a second.": not 1 <= access.qps <= MOST_QPS,
        "A header has a name of letters, digits and hyphens, and is none that we set ourselves.": (
            bool(header) and not (_HEADER.fullmatch(header) and header.lower() not in _OURS)
        ),
        "The header’s value must be plain text on one line, and needs a name.": (
            not is_word or (bool(value) and not header)
        ),
        "The id of your seat there has at most 64 plain letters.": not (
            len(access.seat) <= 64 and access.seat.isascii() and access.seat.isprintable()  # noqa: PLR2004 - as the column
        ),
        "A vendor’s id in the consent framework is 0 to 65,535.": not (
            0 <= access.vendor_id < 1 << 16
        ),
        f"Block at most {MOST_BLOCKED} domains, such as rival.example.": len(blocks.domains)
        > MOST_BLOCKED
        or not all(is_domain(one) for one in blocks.domains),
        f"Block at most {MOST_BLOCKED} categories, such as IAB7-39.": len(blocks.categories)
        > MOST_BLOCKED
        or not all(_CATEGORY.fullmatch(one) for one in blocks.categories),
    }
    for sentence, applies in flaws.items():
        if applies:
            raise BadPartner(sentence=sentence)
