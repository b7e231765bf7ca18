"""Promotion credits: earnings become prepaid money of a brand that shows own videos only.

The credits are an advertiser's balance like any other, so that they are leased, charged, given back
and invoiced as all ad money is. What makes them credits is their brand: it shows the posts of one
creator, who looks on and changes nothing of it but by :func:`promote_video`; no card pays into it,
so nothing of it goes back to one.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import transaction

from takings.ads import queries
from takings.ads.actions.campaigns import CampaignIdTaken, activate_campaign, create_campaign
from takings.ads.actions.pacing import spread_line_item
from takings.ads.models import Campaign, Deposit, Promoter
from takings.ads.queries.promoters import message_of, promoter_brand
from takings.ads.queries.promotion_checks import REWARD
from takings.ads.queries.promotions import access_promotable, credits_of
from takings.ads.rules.promotions import (
    MICROS,
    NotEnoughCredits,
    PromotionDraft,
    check_promoter,
    check_promotion,
    promotion_campaign,
    promotion_terms,
)
from takings.core import ids
from takings.ledger.rules import TransferDraft
from takings.money import Money, format_money
from takings.people.actions import open_channel_brand
from takings.people.models import Brand, Creator
from takings.policies.queries import policy_at, promotion_rule_at
from takings.policies.rules import PromotionRule
from takings.settlement.queries.rewards import Offer


class PromotionCredits:
    """The reward “promotion credits”; a choice is an amount in whole units."""

    name = REWARD
    title = "Promotion credits"
    note = "They show your own videos to more people, and do not become money again."
    used_at = "/ads/promote/"

    def offers(self, *, creator: Creator, at: dt.datetime) -> Sequence[Offer]:  # noqa: ARG002
        """Return the amounts of the policy, in the currency that ads are sold in."""
        currency = policy_at(at=at).currency
        amounts = [Money(one * MICROS, currency) for one in promotion_rule_at(at=at).amounts]
        return [
            Offer(str(one.micros // MICROS), f"{format_money(one)} of promotion credits", one)
            for one in amounts
        ]

    def begin(self, *, creator: Creator, offer: Offer, at: dt.datetime) -> None:  # noqa: ARG002
        """Refuse minors; open the creator's brand, and lock it before accounts.

        Refuses: PromoterAgeUnknown, PromoterTooYoung, BrandNameTaken.
        """
        _check_person(creator, promotion_rule_at(at=at), at=at)
        _lock_brand(_open_promoter(creator, at=at))

    def transfers(
        self,
        *,
        exchange_id: UUID,  # noqa: ARG002
        creator: Creator,
        offer: Offer,
        at: dt.datetime,  # noqa: ARG002
    ) -> Sequence[TransferDraft]:
        """Return the one move: one for one."""
        prepaid = queries.prepaid_account(Promoter.objects.get(creator=creator).pk)
        return [TransferDraft(f"creator:{creator.pk}:payable", prepaid, offer.price)]

    def give(self, *, exchange_id: UUID, creator: Creator, offer: Offer, at: dt.datetime) -> None:
        """Write the deposit down; it has the id of its entry, like every deposit."""
        Deposit.objects.create(
            id=ids.derived("earnings_exchanged", exchange_id),
            brand_id=Promoter.objects.get(creator=creator).pk,
            currency=offer.price.currency,
            amount_micros=offer.price.micros,
            deposited_at=at,
        )


@transaction.atomic
def promote_video(*, creator: Creator, draft: PromotionDraft, at: dt.datetime) -> Campaign:
    """Show an own public video to more people, for credits that no other promotion may spend.

    It runs from now on, evenly over its days. The same draft sent twice (its id) is one promotion.
    Refuses: PromoterAgeUnknown, PromoterTooYoung, PromotionTooSmall, BadPromotionDays,
    NotEnoughCredits, NotPromotable, UnknownCountry, UnknownTarget, CampaignIdTaken.
    """
    rule = promotion_rule_at(at=at)
    _check_person(creator, rule, at=at)
    check_promotion(draft, rule=rule)
    brand = promoter_brand(creator=creator)
    if brand is None:
        nothing = format_money(draft.budget * 0)
        raise NotEnoughCredits(asked=format_money(draft.budget), there=nothing)
    _lock_brand(brand)  # two promotions at once do not count on the same credits
    known = Campaign.objects.filter(pk=draft.id).first()
    if known is not None:
        if (known.brand_id, known.budget) != (brand.pk, draft.budget):
            raise CampaignIdTaken
        return known
    video = access_promotable(creator=creator, video_id=draft.video_id)
    _check_covered(brand, draft.budget, at=at)
    terms = promotion_terms(draft, rule=rule, time_zone=creator.user.time_zone, at=at)
    whole = promotion_campaign(draft, terms=terms, message=message_of(video), rule=rule)
    create_campaign(brand=brand, draft=whole, user=creator.user, at=at)
    spread_line_item(line_item_id=draft.id, user=creator.user, at=at)
    return activate_campaign(campaign_id=draft.id, user=creator.user, at=at)


def _check_person(creator: Creator, rule: PromotionRule, *, at: dt.datetime) -> None:
    check_promoter(born_on=creator.user.born_on, day=at.date(), rule=rule)


def _check_covered(brand: Brand, budget: Money, *, at: dt.datetime) -> None:
    free = credits_of(brand=brand, currency=budget.currency, at=at).free
    if budget > free:
        raise NotEnoughCredits(asked=format_money(budget), there=format_money(free, exact=True))


def _open_promoter(creator: Creator, *, at: dt.datetime) -> Brand:
    """Return the creator's brand; the first time it is opened."""
    # Of two at once, one opens it.
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    known = promoter_brand(creator=creator)
    if known is not None:
        return known
    website = f"{settings.PUBLIC_URL}/@{creator.handle}"
    brand = open_channel_brand(creator=creator, website=website, at=at)
    Promoter.objects.create(brand=brand, creator=creator, opened_at=at)
    return brand


def _lock_brand(brand: Brand) -> None:
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
