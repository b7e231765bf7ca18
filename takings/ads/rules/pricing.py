"""What is paid for under each pricing, exactly: one kind of event, once per decision.

==== ===================================================================== ===========
CPM  the ad began: its first frames moved in view, which preloading is not per 1,000
vCPM half of the pixels in view for two seconds without a break (MRC)      per 1,000
CPV  30 seconds were watched, or all of a shorter ad, or its button used   for one
CPC  the button was used; it leads through the signed redirect             for one
CPA  an order followed the button: a signed report of the chosen goal      for one
free nothing: what the platform shows of itself                            for one
==== ===================================================================== ===========

CPA is paid for by no event of a player: ``actions.record_conversion`` charges it.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from takings.ads.rules.lines import MILLION, Pricing
from takings.money import Money

PER_MILLE = 1_000
VIEWED_MS = 30_000
MARGIN_PERCENT = 120
"""Of rare events a fifth more is promised than comes on average."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One pricing: the events that are paid for, how many its price buys, and its words."""

    events: frozenset[str]
    per: int
    word: str
    unit: str


KINDS: Mapping[Pricing, Kind] = {
    Pricing.CPM: Kind(frozenset({"ad_impression"}), PER_MILLE, "impressions", "1,000 impressions"),
    Pricing.VCPM: Kind(
        frozenset({"ad_viewable"}), PER_MILLE, "viewable views", "1,000 viewable views"
    ),
    Pricing.CPV: Kind(
        frozenset({"ad_end", "ad_skip", "ad_click"}), 1, "completed views", "one completed view"
    ),
    Pricing.CPC: Kind(frozenset({"ad_click"}), 1, "clicks", "one click"),
    Pricing.CPA: Kind(frozenset(), 1, "conversions", "one conversion"),
    Pricing.FREE: Kind(frozenset(), 1, "impressions", "one impression"),
}
PARTLY_HELD = frozenset({Pricing.CPC, Pricing.CPA})
"""What is so rare that a decision holds a part of its price, or nothing of it: its lease may have
too little."""
EVENTS = sorted(frozenset[str]().union(*(kind.events for kind in KINDS.values())))


def event_price(price: Money, *, pricing: Pricing) -> Money:
    """Return the price of one event: $4.25 per thousand is exactly 4 250 micro-dollars."""
    return price // KINDS[pricing].per


def is_paid_for(event: str, *, watched_ms: int, pricing: Pricing) -> bool:
    """Tell whether an event is the one that this pricing pays for."""
    is_long_enough = event != "ad_skip" or watched_ms >= VIEWED_MS
    return event in KINDS[pricing].events and is_long_enough


def is_rare(event: str) -> bool:
    """Tell whether an event may be paid for by a pricing of which a lease holds a part only."""
    return any(event in KINDS[pricing].events for pricing in PARTLY_HELD)


def least_age(event: str, *, viewable_ms: int, duration_ms: int) -> dt.timedelta:
    """Return how long after its decision such an event can come at the earliest."""
    viewed_ms = min(VIEWED_MS, duration_ms)
    least_ms = {"ad_viewable": viewable_ms, "ad_end": viewed_ms, "ad_skip": VIEWED_MS}
    return dt.timedelta(milliseconds=least_ms.get(event, 0))


def promised_micros(price_micros: int, *, chance_ppm: int, pricing: Pricing) -> int:
    """Return how much of a lease one decision holds until its event came or cannot come any more.

    An ad that is likely paid for holds its whole price. Of a hundred decisions that sell clicks one
    or none is clicked: each holds its part and a margin, or all budgets would wait for nothing. One
    that sells conversions holds nothing: they come when its lease is long given back.
    """
    if pricing is Pricing.CPA:
        return 0
    if pricing not in PARTLY_HELD:
        return price_micros
    return min(price_micros, -(-price_micros * chance_ppm * MARGIN_PERCENT // (100 * MILLION)))
