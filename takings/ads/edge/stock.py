"""What an ad server decides from, between two looks at the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from takings.ads.rules.limits import NO_LIMITS, Limits
from takings.ads.rules.lines import MILLION
from takings.ads.rules.serving import AdKey, Offer
from takings.ads.rules.snapshot import Bid, Snapshot

MOST_LIMITS = 1_000
"""Of so many places the ads that do not fit are remembered, until the next look."""


@dataclass(slots=True)
class Stock:
    """What one look at the database showed, and which ranks have no money, as bits.

    They neither win nor set what others pay. ``capped`` are those with frequency caps.
    ``known_unfit`` remembers who does not fit where.
    """

    snapshot: Snapshot
    offers: Mapping[AdKey, Offer]
    landing_urls: Mapping[AdKey, str]
    floor_micros: int = 0
    broke: int = 0
    capped: int = 0
    known_unfit: dict[Limits, int] = field(default_factory=dict)

    def unfit(self, limits: Limits) -> int:
        """Return the ranks of which an ad does not fit here, as bits."""
        asked = replace(limits, blocked_categories=frozenset(), is_offer=False)
        if asked == NO_LIMITS:
            return 0
        found = self.known_unfit.get(asked)
        if found is None:
            found = sum(1 << bid.rank for bid in self.snapshot.bids if not self._fits(bid, asked))
            if len(self.known_unfit) < MOST_LIMITS:
                self.known_unfit[asked] = found
        return found

    def _fits(self, bid: Bid, limits: Limits) -> bool:
        if bid.item.bid_micros * bid.chance_ppm < limits.floor_micros * MILLION:
            return False  # the platform's own floor asks nothing of a fixed price, a seller's does
        offers = self.offers
        return all(limits.fits(offers[bid.item.campaign_id, one]) for one in bid.creative_ids)
