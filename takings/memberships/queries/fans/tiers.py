"""Tiers: whose, in which order, and what each costs whom."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from takings.core.errors import NotFound
from takings.memberships.models import Tier, TierPrice
from takings.memberships.rules.tiers import Said
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import Visitor, access_own_creator
from takings.policies.rules import MemberRule


class NoSuchTier(NotFound):
    """It does not exist, is somebody else's, or is not offered any more."""

    code = "no_such_tier"
    sentence = "There is no such tier; open the page again and choose one of those that are shown."


@dataclass(frozen=True, slots=True)
class Offer:
    """A tier, and what a month of it costs by currency."""

    tier: Tier
    prices: dict[str, Money]

    def price_for(self, country: str, *, rule: MemberRule) -> Money:
        """Return what somebody of this country pays: in their currency, or the first it has."""
        code = rule.currency_in(country)
        return self.prices.get(code) or self.prices[min(self.prices)]


def offers_of(creator: Creator) -> list[Offer]:
    """Return what a creator offers, the lowest rank first."""
    tiers = list(creator.tiers.filter(archived_at__isnull=True).order_by("rank"))
    prices = _prices(tiers)
    return [Offer(tier, prices[tier.pk]) for tier in tiers]


def archived_tiers(creator: Creator) -> list[Tier]:
    """Return what a creator does not offer any more, the newest first."""
    return list(creator.tiers.filter(archived_at__isnull=False).order_by("-archived_at", "-pk"))


def offer_of(tier: Tier) -> Offer:
    """Return what a tier costs now, offered or not."""
    return Offer(tier, _prices([tier])[tier.pk])


def open_offer(*, creator: Creator, tier_id: int) -> Offer:
    """Return one of the tiers that a creator offers. Refuses: NoSuchTier."""
    for offer in offers_of(creator):
        if offer.tier.pk == tier_id:
            return offer
    raise NoSuchTier


def access_own_tier(*, user: Visitor, tier_id: int) -> Tier:
    """Return one of the person's own tiers. Refuses: NotSignedIn, NoStudio, NoSuchTier."""
    creator = access_own_creator(user=user)
    tier = creator.tiers.select_related("creator__user").filter(pk=tier_id).first()
    if tier is None:
        raise NoSuchTier
    return tier


def said_of(tier: Tier, *, currency: str, until: dt.datetime) -> list[Said]:
    """Return which prices were said of a tier in a currency, those that were none left out."""
    rows = tier.prices.filter(currency=currency, said_at__lte=until)
    return [Said(row.price, row.said_at) for row in rows if row.price is not None]


def _prices(tiers: list[Tier]) -> dict[int, dict[str, Money]]:
    found: dict[int, dict[str, Money]] = defaultdict(dict)
    for row in TierPrice.objects.filter(tier__in=tiers).order_by("said_at", "pk"):
        if row.price is None:
            found[row.tier_id].pop(row.currency, None)
        else:
            found[row.tier_id][row.currency] = row.price
    return found
