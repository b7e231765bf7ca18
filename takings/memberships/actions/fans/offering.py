"""What a creator offers: tiers are opened, described, priced and archived; never deleted."""

import datetime as dt

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from takings.memberships.models import Member, Tier, TierPrice
from takings.memberships.queries.fans.tiers import NoSuchTier, offer_of
from takings.memberships.rules.tiers import (
    Person,
    TierWish,
    TooManyTiers,
    check_may_offer,
    check_tier,
)
from takings.people.models import Creator
from takings.policies.queries import member_rule_at


@transaction.atomic
def offer_tier(*, creator: Creator, wish: TierWish, at: dt.datetime) -> Tier:
    """Offer a new tier, above all that are offered.

    Refuses: MayNotOffer, TooManyTiers, TierNeedsName, TierNeedsWords, TierNeedsPrice,
    PriceOutOfBounds.
    """
    rule = member_rule_at(at=at)
    check_may_offer(person_of(creator, at=at), rule=rule, day=at.date())
    wish = check_tier(wish, rule=rule)
    ranks = _offered_ranks(creator)
    if len(ranks) >= rule.tiers:
        raise TooManyTiers(limit=rule.tiers)
    tier = Tier.objects.create(
        creator=creator,
        rank=max(ranks, default=0) + 1,
        name=wish.name,
        gives=wish.gives,
        welcome=wish.welcome,
        opened_at=at,
    )
    _say_prices(tier, wish, at=at)
    return tier


@transaction.atomic
def change_tier(*, tier: Tier, wish: TierWish, at: dt.datetime) -> Tier:
    """Describe a tier anew, and say other prices: new members pay them at once.

    Who is a member pays a lower price from the next month on, a higher one only from the first
    renewal after the notice. Refuses: NoSuchTier, and what ``offer_tier`` refuses of the wish.
    """
    wish = check_tier(wish, rule=member_rule_at(at=at))
    locked = _locked(tier)
    locked.name, locked.gives, locked.welcome = wish.name, wish.gives, wish.welcome
    locked.save(update_fields=["name", "gives", "welcome"])
    for code in _say_prices(locked, wish, at=at):
        _tell_members(locked, currency=code, at=at)
    return locked


@transaction.atomic
def archive_tier(*, tier: Tier, at: dt.datetime) -> Tier:
    """Offer a tier no more; its members stay, and what it opens to them. Twice is once."""
    locked = Tier.objects.select_for_update(no_key=True).get(pk=tier.pk)
    if locked.archived_at is None:
        locked.archived_at = at
        locked.save(update_fields=["archived_at"])
    return locked


def person_of(creator: Creator, *, at: dt.datetime) -> Person:
    """Return a creator as the policy asks about them."""
    user, shares = creator.user, creator.shares_from
    return Person(
        country=user.country,
        born_on=user.born_on,
        is_active=user.is_active,
        shares=shares is not None and shares <= at,
    )


def _offered_ranks(creator: Creator) -> list[int]:
    """Return the ranks that are taken; of two who offer at once, the second sees the first."""
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    offered = creator.tiers.filter(archived_at__isnull=True)
    return list(offered.values_list("rank", flat=True))


def _locked(tier: Tier) -> Tier:
    locked = Tier.objects.select_for_update(no_key=True).get(pk=tier.pk)
    if locked.archived_at is not None:
        raise NoSuchTier
    return locked


def _say_prices(tier: Tier, wish: TierWish, *, at: dt.datetime) -> list[str]:
    """Write down what is another price than before; return in which currencies it is higher.

    Where it is not sold any more that is nothing.
    """
    before = offer_of(tier).prices
    TierPrice.objects.bulk_create(
        TierPrice(
            tier=tier,
            currency=code,
            price_micros=wish.prices[code].micros if code in wish.prices else None,
            said_at=at,
        )
        for code in sorted(set(before) | set(wish.prices))
        if wish.prices.get(code) != before.get(code)
    )
    return [code for code, price in wish.prices.items() if price > before.get(code, price)]


def _tell_members(tier: Tier, *, currency: str, at: dt.datetime) -> None:
    """Let a letter tell the members who pay in a currency that it costs more."""
    members = Member.objects.filter(tier=tier, renews=True, ends_at__gt=at)
    paying = members.filter(months__currency=currency, months__paid_at__isnull=False).distinct()
    order = jobs.configure_task("memberships.tell_new_price", queue="default")
    for member_id in paying.order_by("pk").values_list("pk", flat=True):
        order.defer(tier_id=tier.pk, member_id=member_id)
