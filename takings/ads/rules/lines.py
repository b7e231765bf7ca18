"""Line items as the decision knows them: what is bought, for whom, how often, at what price.

Plain values, read from whatever tables there are by ``queries.line_items``. Money is whole
micro-units of the one currency that ads are sold in; shares are parts per million (ppm) or basis
points (bp).
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

MILLION = 1_000_000
PAR_BP = 10_000
"""A creative of ordinary quality."""
UNKNOWN = ""
"""The creator of a video of which nothing is known."""
UNSAID = "unsaid"
"""The category of an ad that does not say what it advertises, or of a video that says none."""


class Pricing(StrEnum):
    """The event that is paid for."""

    CPM = "cpm"
    VCPM = "vcpm"
    CPV = "cpv"
    CPC = "cpc"
    CPA = "cpa"
    FREE = "free"


SOLD = tuple(one for one in Pricing if one is not Pricing.FREE)
"""What somebody pays for."""


class Sale(StrEnum):
    """What the winner pays: its own price, or what it took to win and never more than its bid."""

    FIXED = "fixed"
    AUCTION = "auction"


class Rotation(StrEnum):
    """Which of its ads a line item shows next."""

    EVEN = "even"
    BEST = "best"
    WEIGHTED = "weighted"


class Window(StrEnum):
    """How far back a frequency cap counts."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


SeenAt = Mapping[uuid.UUID, Sequence[dt.datetime]]
"""When a viewer saw what, by the ids that caps name; the oldest instant first."""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``most`` impressions per viewer and window of what ``counted_id`` names.

    It names the line item, its campaign (see ``frequency.campaign_key``), or one of its creatives:
    then only that one is left out.
    """

    counted_id: uuid.UUID
    window: Window
    most: int


@dataclass(frozen=True, slots=True)
class Targeting:
    """For whom: an empty set asks for nothing. Of several values one must fit.

    ``hours`` are quarters of an hour of the UTC day, 0 to 95. ``ages`` are brackets, known only
    with consent. What is blocked keeps the ad away from videos of those categories (``UNSAID``:
    those that say none), keywords and creators, or from viewers in those regions.
    """

    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    hours: frozenset[int] = frozenset()
    placements: frozenset[str] = frozenset()
    ages: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    creators: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    blocked_creators: frozenset[str] = frozenset()
    blocked_categories: frozenset[str] = frozenset()
    blocked_keywords: frozenset[str] = frozenset()
    blocked_regions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LineItem:
    """One thing an advertiser buys; ``bid_micros`` is for one event of its pricing.

    ``categories`` are the ad's own. ``quality_bp`` weighs the bid. ``pace_ppm`` multiplies an
    auction's bid, and is the part of opportunities that a fixed price takes. ``weights`` are those
    of its creatives, where they are shown by weight.
    """

    id: uuid.UUID
    campaign_id: uuid.UUID
    advertiser_id: int
    creative_ids: tuple[uuid.UUID, ...]
    pricing: Pricing
    bid_micros: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    sale: Sale = Sale.FIXED
    targeting: Targeting = field(default_factory=Targeting)
    caps: tuple[Cap, ...] = ()
    categories: frozenset[str] = frozenset()
    quality_bp: int = PAR_BP
    pace_ppm: int = MILLION
    rotation: Rotation = Rotation.EVEN
    weights: tuple[int, ...] = ()

    def runs(self, at: dt.datetime) -> bool:
        """Tell whether the schedule allows it now."""
        return self.starts_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One place for one ad: who watches where, next to what. Empty means unknown.

    ``blocked_advertisers`` and ``blocked_categories`` keep ads away: the creator wants none of
    them, or the viewer has just seen one. ``seen`` holds when the viewer saw what a cap may name,
    the oldest instant first. ``draw`` is the chance in the decision; ``floor_micros`` the least
    that an auction brings for one impression.
    """

    at: dt.datetime
    draw: int
    country: str = ""
    language: str = ""
    device: str = ""
    placement: str = ""
    age: str = ""
    region: str = ""
    creator: str = ""
    categories: frozenset[str] = frozenset()
    keywords: frozenset[str] = frozenset()
    blocked_advertisers: frozenset[int] = frozenset()
    blocked_categories: frozenset[str] = frozenset()
    seen: SeenAt = field(default_factory=dict)
    floor_micros: int = 0
