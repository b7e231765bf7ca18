"""How a pool is shared, by product: feed ads, memberships, a fund of the platform."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from takings.core.errors import NotFound
from takings.money import Money, Rate

ProductMethod = Literal["pro_rata", "user_centric", "fixed_rate"]
Method = Literal["creator_pool", "direct"] | ProductMethod
Unit = Literal["views", "watched_ms"]
Unwatched = Literal["rest", "pro_rata"]

FEED_ADS = "feed_ads"
WATCH_ADS = "watch_ads"
"""Ads inside one video: each is its creator's, from the instant at which it is charged."""
GIFTS = "gifts"
"""What viewers give a creator for a video: theirs, less our share, from the instant of giving."""
MEMBERSHIPS = "memberships"
"""What members of one creator pay for being that, as it is earned."""
REQUESTS = "requests"
"""What was paid for something made for one fan, once it is delivered."""
DEALS = "deals"
"""What a brand paid for a milestone, once it is reached."""
SHOP = "shop"
"""What goods brought their seller, or who recommended them, once nobody may return them."""
AD_REVENUE = "platform:revenue:ads"
DIRECT = {
    WATCH_ADS: AD_REVENUE,
    GIFTS: "platform:revenue:gifts",
    MEMBERSHIPS: "platform:revenue:memberships",
    REQUESTS: "platform:revenue:requests",
    DEALS: "platform:revenue:deals",
    SHOP: "platform:revenue:shop",
}
"""Money that never was in a pool, by product: which account has what its creator has not."""
ELSEWHERE = "*"


class NoProductRule(NotFound):
    """The version says nothing about this product, so its pool cannot be shared."""

    code = "no_product_rule"
    sentence = "The policy {version} has no rule for a pool of “{product}”."


@dataclass(frozen=True, slots=True)
class Gate:
    """What a creator needs to earn from a pool: so many counted views in the days before its end.

    Below it the pool pays them nothing; it pays again by itself once they are back above it.
    """

    min_views: int
    days: int


@dataclass(frozen=True, slots=True)
class PoolRule:
    """How the pool of one product and country is shared.

    * ``creator_pool``: music first, then views, then the creator's share of that allocation.
      ``pool_part_by_tracks[n]`` is the part that a view of a video with ``n`` tracks leaves in the
      creators' pool. The source stops at two tracks; a video with more shares like one with two.
    * ``pro_rata``: the creators' share of the pool, by ``unit`` over all who share.
    * ``user_centric``: the creators' share of each member's fee, by what that member watched;
      ``unwatched`` says what happens to the fee of a member who watched nothing.
    * ``direct``: nothing is shared; each amount belonged to one creator when it came in.
    * ``fixed_rate``: ``rates`` per 1,000 counted views, of videos with ``min_video_views`` in the
      period; if the pool is too small, in proportion.

    ``rest_to`` takes what creators and rights holders do not get, ``unearned_to`` a pool without a
    single counted view. Without ``gate`` everybody who shares earns.
    """

    creator_share: Rate
    pool_part_by_tracks: tuple[Fraction, ...]
    unearned_to: str
    method: Method = "creator_pool"
    unit: Unit = "views"
    rest_to: str = AD_REVENUE
    unwatched: Unwatched = "rest"
    rates: tuple[tuple[str, Money], ...] = ()
    min_video_views: int = 0
    gate: Gate | None = None

    def pool_part(self, *, tracks: int) -> Fraction:
        """Return the part of the revenue that stays with creators for so many tracks."""
        return self.pool_part_by_tracks[min(tracks, len(self.pool_part_by_tracks) - 1)]

    def rate_of(self, *, country: str, currency: str) -> Money:
        """Return what 1,000 counted views of a country pay; nothing where no rate is said."""
        said = {(where, rate.currency): rate for where, rate in self.rates}
        elsewhere = said.get((ELSEWHERE, currency), Money.zero(currency))
        return said.get((country, currency), elsewhere)


def direct_rule(product: str, share: Rate | None) -> PoolRule:
    """Return the rule of money that never was in a pool; ``share`` is the creator's, None: none."""
    return PoolRule(
        creator_share=share or Rate(Fraction(0)),
        pool_part_by_tracks=(Fraction(1),),
        unearned_to=DIRECT[product],
        method="direct",
        rest_to=DIRECT[product],
    )
