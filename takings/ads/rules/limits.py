"""What a place of others asks of an ad, beyond what the advertiser asks of the place."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from takings.ads.rules.serving import Offer


@dataclass(frozen=True, slots=True)
class Limits:
    """The least an impression must pay, and which ads do not come into question.

    Domains are those of advertisers' pages; one stands for its subdomains, too. Categories are
    the ad's own. ``longest_ms`` is 0 where any length will do. An offer is one of several that are
    compared elsewhere: most are never shown.
    """

    floor_micros: int = 0
    shortest_ms: int = 0
    longest_ms: int = 0
    blocked_domains: frozenset[str] = frozenset()
    blocked_categories: frozenset[str] = frozenset()
    is_offer: bool = False

    def fits(self, offer: Offer) -> bool:
        """Tell whether an ad has the right length and no blocked advertiser."""
        if offer.duration_ms < self.shortest_ms:
            return False
        if self.longest_ms and offer.duration_ms > self.longest_ms:
            return False
        return not self.blocked_domains or self.blocked_domains.isdisjoint(_domains(offer))


NO_LIMITS = Limits()


def advertiser_domain(offer: Offer) -> str:
    """Return the host that an ad leads to."""
    return urlsplit(offer.landing_url).hostname or ""


def _domains(offer: Offer) -> list[str]:
    """Return the host and the domains above it.

    ``shop.brand.example`` is in ``shop.brand.example``, ``brand.example`` and ``example``.
    """
    labels = advertiser_domain(offer).split(".")
    return [".".join(labels[first:]) for first in range(len(labels))]
