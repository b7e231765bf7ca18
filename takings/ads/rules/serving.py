"""Which ad comes next: the highest price among those that may run here and now, ties in turn.

The context is the country and the place in the feed; nothing about the viewer is looked at.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from takings.money import Money
from takings.people.rules import country_names

EVERYWHERE = ""
AdKey = tuple[uuid.UUID, uuid.UUID]
"""A campaign and the video of one of its creatives: what a token names, and a click follows."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A creative of a campaign as the ad server needs it; no ``countries`` means everywhere.

    ``creative_id`` is its video, as in tokens.
    """

    campaign_id: uuid.UUID
    brand: str
    price: Money
    countries: tuple[str, ...]
    starts_at: dt.datetime
    ends_at: dt.datetime
    headline: str
    call_to_action: str
    landing_url: str
    creative_id: uuid.UUID
    duration_ms: int

    def runs(self, at: dt.datetime) -> bool:
        """Tell whether the schedule allows the campaign now."""
        return self.starts_at <= at < self.ends_at


Tiers = tuple[tuple[Offer, ...], ...]
"""Offers of one country, dearest price first; inside a tier all have the same price."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that decisions are made from between two looks at the database; never changed."""

    by_country: Mapping[str, Tiers]
    landing_urls: Mapping[AdKey, str]

    def tiers(self, country: str) -> Tiers:
        """Return the offers that may run in a country."""
        return self.by_country.get(country) or self.by_country.get(EVERYWHERE, ())


@dataclass(frozen=True, slots=True)
class NoAd:
    """Nothing to show, and why: ``code`` for machines, ``sentence`` for people."""

    code: str
    sentence: str


NO_CAMPAIGN = NoAd("no_campaign", "No campaign runs here now.")
NO_BUDGET = NoAd("no_budget", "The campaigns that run here have no budget left at this moment.")
ROBOT = NoAd("robot", "Declared robots and prefetches are shown no ads.")
NO_VIEWER = NoAd("no_viewer", "Open the feed first: an ad is chosen for one viewing.")


def build_snapshot(offers: Iterable[Offer], *, landing_urls: Mapping[AdKey, str]) -> Snapshot:
    """Sort the offers once, so that a decision reads from the top.

    ``landing_urls`` also holds ads that stopped: the last of them may still be clicked.
    """
    listed = list(offers)
    named = {country for offer in listed for country in offer.countries}
    by_country = {
        country: _tiers(one for one in listed if not one.countries or country in one.countries)
        for country in named
    }
    by_country[EVERYWHERE] = _tiers(one for one in listed if not one.countries)
    return Snapshot(by_country, dict(landing_urls))


def choose(
    tiers: Tiers,
    *,
    at: dt.datetime,
    turn: int,
    reserve: Callable[[Offer], uuid.UUID | None],
) -> tuple[Offer, uuid.UUID] | NoAd:
    """Return the first offer that runs and has room, with the lease that pays for it.

    ``reserve`` takes the price of one view out of the server's lease (None: no room), so what is
    chosen is paid for. Equal prices are asked beginning at ``turn``, which goes up by one.
    """
    answer = NO_CAMPAIGN
    for tier in tiers:
        for step in range(len(tier)):
            offer = tier[(turn + step) % len(tier)]
            if not offer.runs(at):
                continue
            lease_id = reserve(offer)
            if lease_id is not None:
                return offer, lease_id
            answer = NO_BUDGET
    return answer


def explain_ad(offer: Offer, *, country: str) -> list[str]:
    """Return why this viewer sees this ad: who paid, and what was looked at.

    Regulation (EU) 2022/2065 (DSA) Art. 26(1): the payer and the main parameters, in real time.
    """
    place = country_names().get(country, "your country")
    where = f"Shown in {place}" if offer.countries else "Shown everywhere"
    return [
        f"{offer.brand} paid for this ad.",
        f"{where}, between videos.",
        "Not based on your profile: only your country and this place in the feed were used.",
    ]


def _tiers(offers: Iterable[Offer]) -> Tiers:
    dearest_first = sorted(offers, key=lambda offer: (-offer.price.micros, offer.campaign_id))
    grouped = groupby(dearest_first, key=attrgetter("price"))
    return tuple(tuple(tier) for _, tier in grouped)
