"""What an ad server decides from, between two looks at the database."""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from takings.ads.rules.auction import Won, uncapped
from takings.ads.rules.lifts import where_of
from takings.ads.rules.limits import NO_LIMITS, Limits
from takings.ads.rules.lines import MILLION, Opportunity, Sale
from takings.ads.rules.outbids import OutsideBid
from takings.ads.rules.partners import Outcome
from takings.ads.rules.rivals import Payer
from takings.ads.rules.serving import AdKey, Offer
from takings.ads.rules.snapshot import Bid, Snapshot, weigh
from takings.ads.rules.targeting import Client
from takings.ads.rules.tokens import Placement
from takings.people.rules import Viewer

NO_CLIENT = Client()
MOST_LIMITS = 1_000
"""Of so many places the ads that do not fit are remembered, until the next look."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for one ad: who watches, after or at which video, and what the place asks.

    ``is_elsewhere``: in a player or a feed that is not ours.
    """

    viewer: Viewer
    after: uuid.UUID | None
    at: dt.datetime
    client: Client = NO_CLIENT
    placement: Placement = Placement.FEED
    limits: Limits = NO_LIMITS
    is_elsewhere: bool = False


@dataclass(slots=True)
class Stock:
    """What one look at the database showed, and which ranks have no money, as bits.

    They neither win nor set what others pay. ``partners`` are the ranks of line items that bid what
    a partner outside bids, and else nothing; as bits they are ``silent``. ``capped`` are those with
    frequency caps, ``house`` the platform's own, which wait until nobody else wins, ``promotions``
    creators' posts, which are shown in our own feed alone.
    ``known_unfit`` remembers who does not fit where.
    """

    snapshot: Snapshot
    offers: Mapping[AdKey, Offer]
    landing_urls: Mapping[AdKey, str]
    floor_micros: int = 0
    broke: int = 0
    partners: Mapping[uuid.UUID, int] = field(default_factory=dict)
    silent: int = 0
    capped: int = 0
    house: int = 0
    known_unfit: dict[Limits, int] = field(default_factory=dict)
    promotions: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Find the promotions among the offers."""
        promoted = {campaign for (campaign, _), offer in self.offers.items() if offer.is_promotion}
        self.promotions = sum(
            1 << bid.rank for bid in self.snapshot.bids if bid.item.campaign_id in promoted
        )

    def hidden(self, spot: Spot) -> int:
        """Return the ranks that are not shown to this viewer, or not in this place, as bits."""
        capped = self.capped if spot.viewer.is_shared else 0
        is_ours = not spot.is_elsewhere and not spot.limits.is_offer
        return capped if is_ours else capped | self.promotions

    def rivals(self, beside: Collection[Payer]) -> int:
        """Return the ranks that compete with who paid beside this place, as bits; ours never do."""
        found = 0
        for payer in beside:
            found |= self.snapshot.rivals(payer)
        return found & ~self.house

    def unfit(self, limits: Limits) -> int:
        """Return the ranks of which an ad does not fit here, as bits."""
        if limits is NO_LIMITS:
            return 0
        asked = replace(limits, blocked_categories=frozenset(), is_offer=False)
        if asked == NO_LIMITS:
            return 0
        found = self.known_unfit.get(asked)
        if found is None:
            found = sum(1 << bid.rank for bid in self.snapshot.bids if not self._fits(bid, asked))
            if len(self.known_unfit) < MOST_LIMITS:
                self.known_unfit[asked] = found
        return found

    def fitting(
        self,
        outside: Sequence[OutsideBid],
        *,
        here: Opportunity,
        limits: Limits,
        hidden: int = 0,
        beside: Collection[Payer] = (),
    ) -> tuple[list[Bid], dict[uuid.UUID, Outcome]]:
        """Return the bids of partners that may run here, and what is known of all of them.

        What each of their ads advertises was looked at when it was bid: one that is not wanted here
        keeps no other ad of its partner away.
        ``hidden`` are ranks that this viewer is not shown, and with ``beside`` nobody competes.
        """
        fitting: list[Bid] = []
        outcomes: dict[uuid.UUID, Outcome] = {}
        wherever = replace(here, blocked_categories=frozenset())
        eligible = self.snapshot.eligible(wherever) & ~hidden if outside else 0
        for one in outside:
            outcomes[one.line_item_id] = Outcome.DOES_NOT_FIT
            rank = self.partners.get(one.line_item_id)
            if rank is None or not eligible >> rank & 1:
                continue
            payer, about = one.advertiser, one.categories
            if any(paid.is_rival(advertiser=payer, categories=about) for paid in beside):
                continue
            bid = self._outside_bid(one, rank, here=here)
            if not bid.item.runs(here.at) or not self._fits(bid, limits):
                continue
            if one.video_id not in uncapped(bid.item, here):
                continue
            is_broke = self.broke >> rank & 1
            outcomes[one.line_item_id] = Outcome.NO_MONEY if is_broke else Outcome.OUTBID
            fitting += [] if is_broke else [bid]
        return fitting, outcomes

    def _outside_bid(self, one: OutsideBid, rank: int, *, here: Opportunity) -> Bid:
        return weigh(
            replace(self.snapshot.bids[rank].item, bid_micros=one.price_micros, sale=Sale.FIXED),
            creative_ids=(one.video_id,),
            rates=self.snapshot.rates,
            where=where_of(here),
            rank=rank,
        )

    def offer(self, won: Won, outside: Sequence[OutsideBid]) -> Offer:
        """Return what is shown; of a partner's ad its advertiser paid, through the partner."""
        offer = self.offers[won.item.campaign_id, won.creative_id]
        if not outside:
            return offer
        payers = (one for one in outside if one.line_item_id == won.item.id)
        payer = next(payers, None)
        if payer is None:
            return offer
        brand = f"{payer.advertiser}, through {offer.brand}"
        categories = tuple(sorted(payer.categories))
        return replace(
            offer,
            brand=brand,
            advertiser=payer.advertiser,
            categories=categories,
            is_agreed=payer.is_preferred,
        )

    def _fits(self, bid: Bid, limits: Limits) -> bool:
        if bid.item.bid_micros * bid.chance_ppm < limits.floor_micros * MILLION:
            return False  # the platform's own floor asks nothing of a fixed price, a seller's does
        found = (self.offers.get((bid.item.campaign_id, one)) for one in set(bid.creative_ids))
        return all(offer is not None and limits.fits(offer) for offer in found)
