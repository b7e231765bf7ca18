"""How likely what is paid for is: few events are believed little, many are believed.

Empirical Bayes down a hierarchy: an ad's rate begins at its advertiser's, that one at the
placement's, that one at everybody's, each with the weight of ``STRENGTH`` impressions; of what is
as rare as a conversion, with that of ``STRENGTH_OF``. What the place does to it is told by
:mod:`lifts`, where that is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from takings.ads.rules.lifts import NOTHING, Lifts, LiftsAt, Where
from takings.ads.rules.lines import MILLION, LineItem, Pricing

STRENGTH = 2_000
STRENGTH_OF: Mapping[Pricing, int] = {Pricing.CPA: 100_000}
"""Ten conversions are as many as ten clicks of 2,000 impressions."""
PRIOR_PPM: Mapping[Pricing, int] = {
    Pricing.CPM: MILLION,
    Pricing.VCPM: 600_000,
    Pricing.CPV: 300_000,
    Pricing.CPC: 5_000,
    Pricing.CPA: 100,
    Pricing.FREE: MILLION,
}
"""What is assumed before anything was counted, per impression decided."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many impressions, and how many of them led to the event that is paid for."""

    impressions: int
    events: int

    def __add__(self, other: "Counted") -> "Counted":
        """Count both."""
        return Counted(self.impressions + other.impressions, self.events + other.events)


def estimate_ppm(levels: Iterable[Counted], *, prior_ppm: int, strength: int = STRENGTH) -> int:
    """Return the rate after looking at each level, the widest first.

    100 clicks of 8,000 impressions on a prior of 5,000 ppm: (100 + 2,000 × 0.005) / 10,000.
    """
    rate_ppm = prior_ppm
    for level in levels:
        weight = level.impressions + strength
        rate_ppm = (level.events * MILLION + strength * rate_ppm) // weight
    return max(1, min(rate_ppm, MILLION))


@dataclass(frozen=True, slots=True)
class Rates:
    """The estimates a snapshot decides with: of a creative, in ppm, and what places do to them.

    Those that were never shown have the prior of their pricing.
    """

    creatives: Mapping[tuple[UUID, UUID], int] = field(default_factory=dict)
    lifts: Mapping[Pricing, Lifts] = field(default_factory=dict)

    def chance_ppm(self, item: LineItem, *, creative_id: UUID) -> int:
        """Return how likely an impression of this creative anywhere leads to what is paid for."""
        return self.creatives.get((item.id, creative_id), PRIOR_PPM[item.pricing])

    def own(self, item: LineItem) -> Mapping[str, int]:
        """Return what places do to this item alone, in millionths, by :func:`lifts.own_key`."""
        known = self.lifts.get(item.pricing)
        return known.own(item.id) if known else NOTHING

    def at(self, where: Where) -> dict[Pricing, LiftsAt]:
        """Return what is known of one place, of each pricing of which anything is."""
        return {pricing: lifts.at(where) for pricing, lifts in self.lifts.items()}
