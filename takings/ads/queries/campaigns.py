"""Campaigns: those of a brand, those that ad servers load, and what they may show."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Prefetch

from takings.ads.models import Campaign, Creative, Pace, Status
from takings.ads.queries.creatives import showable_creatives
from takings.ads.rules.campaigns import Terms, impression_price
from takings.ads.rules.lines import MILLION, LineItem, Pricing, Targeting
from takings.ads.rules.serving import AdKey, Offer
from takings.core.errors import NotFound
from takings.people.models import Brand
from takings.people.queries import Visitor, access_brand_to_change, access_self, brands_of

CLICKABLE_AFTER_END = dt.timedelta(days=2)
"""How long the clicks of a campaign that is over still find their way."""


class NoSuchCampaign(NotFound):
    """The campaign does not exist, or belongs to a brand of others."""

    code = "no_such_campaign"
    sentence = "There is no such campaign among yours."


def access_campaign(*, user: Visitor, campaign_id: uuid.UUID) -> Campaign:
    """Return a campaign of one of the person's brands (operators reach all)."""
    person = access_self(user=user)
    campaigns = Campaign.objects.select_related("brand")
    if not person.is_staff:
        campaigns = campaigns.filter(brand__members=person)
    campaign = campaigns.filter(pk=campaign_id).first()
    if campaign is None:
        raise NoSuchCampaign
    return campaign


def access_campaign_to_change(*, user: Visitor, campaign_id: uuid.UUID) -> Campaign:
    """Return a campaign to an editor or owner. Refuses: NoSuchCampaign, OnlyLooking."""
    campaign = access_campaign(user=user, campaign_id=campaign_id)
    access_brand_to_change(user=user, brand_id=campaign.brand_id)
    return campaign


def brands_for(*, user: Visitor) -> list[Brand]:
    """Return the brands this person may act for, by name; operators reach all."""
    person = access_self(user=user)
    return list(Brand.objects.order_by("name")) if person.is_staff else brands_of(user=person)


def campaigns_of(*, brand: Brand) -> list[Campaign]:
    """Return a brand's campaigns, newest first."""
    own = Campaign.objects.filter(brand=brand).select_related("brand")
    return list(own.order_by("-drafted_at", "-pk"))


def terms_of(*, campaign: Campaign) -> Terms:
    """Return what a campaign buys."""
    return Terms(
        name=campaign.name,
        cpm=campaign.cpm,
        budget=campaign.budget,
        countries=tuple(campaign.countries),
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        time_zone=campaign.time_zone,
        daily=campaign.daily_budget,
    )


def running_campaigns(*, at: dt.datetime) -> list[Campaign]:
    """Return the campaigns that ad servers may show now or very soon: one of their ads may be."""
    active = Campaign.objects.filter(status=Status.ACTIVE, ends_at__gt=at)
    ready = Prefetch("creatives", queryset=showable_creatives())
    found = active.select_related("brand").prefetch_related(ready).order_by("pk")
    return [campaign for campaign in found if campaign.creatives.all()]


def offers(campaigns: Iterable[Campaign]) -> list[Offer]:
    """Return the creatives of campaigns as the ad server needs them."""
    return [
        Offer(
            campaign_id=campaign.pk,
            brand=campaign.brand.name,
            price=impression_price(campaign.cpm),
            headline=creative.headline,
            call_to_action=creative.call_to_action,
            landing_url=creative.landing_url,
            creative_id=creative.video_id,
            duration_ms=creative.video.duration_ms,
        )
        for campaign in campaigns
        for creative in _shown(campaign)
    ]


def line_items(campaigns: Iterable[Campaign]) -> list[LineItem]:
    """Return campaigns as the decision weighs them: each is one line item at a fixed price."""
    listed = list(campaigns)
    paces = dict(Pace.objects.filter(campaign__in=listed).values_list("pk", "pace_ppm"))
    return [
        LineItem(
            id=campaign.pk,
            campaign_id=campaign.pk,
            advertiser_id=campaign.brand_id,
            creative_ids=tuple(creative.video_id for creative in shown),
            pricing=Pricing.VCPM,
            bid_micros=impression_price(campaign.cpm).micros,
            starts_at=campaign.starts_at,
            ends_at=campaign.ends_at,
            targeting=Targeting(countries=frozenset(campaign.countries)),
            pace_ppm=paces.get(campaign.pk, MILLION),
        )
        for campaign in listed
        if (shown := _shown(campaign))
    ]


def _shown(campaign: Campaign) -> list[Creative]:
    return [creative for creative in campaign.creatives.all() if creative.is_shown]


def pace_of(*, campaign: Campaign) -> Pace | None:
    """Return the pace of a campaign that spreads its budget over its days."""
    return Pace.objects.filter(campaign=campaign).first()


def landing_urls(*, at: dt.datetime) -> dict[AdKey, str]:
    """Return where clicks lead, of every ad that may still be on a screen."""
    recent = Creative.objects.filter(campaign__ends_at__gt=at - CLICKABLE_AFTER_END)
    shown = recent.exclude(campaign__status=Status.DRAFTED).exclude(approved_url="")
    rows = shown.values_list("campaign_id", "video_id", "approved_url")
    return {(campaign_id, video_id): url for campaign_id, video_id, url in rows}
