"""Campaigns and their line items: those a person may reach, and what they buy."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import fields

from django.db.models import Max

from takings.ads.models import Campaign, LineItem, Pace, Promoter
from takings.ads.rules.campaigns import Frame
from takings.ads.rules.frequency import Caps
from takings.ads.rules.lines import Pricing, Rotation, Sale
from takings.ads.rules.rotation import ShownAds
from takings.ads.rules.targeting import Audience
from takings.ads.rules.terms import PaidGoal, Terms
from takings.core.errors import NotFound
from takings.people.models import Brand
from takings.people.queries import Visitor, access_brand_to_change, access_self, brands_of


class NoSuchCampaign(NotFound):
    """The campaign does not exist, or belongs to a brand of others."""

    code = "no_such_campaign"
    sentence = "There is no such campaign among yours."


class NoSuchLineItem(NotFound):
    """The line item does not exist, or belongs to a brand of others."""

    code = "no_such_line_item"
    sentence = "There is no such line item among yours."


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


def access_line_item(*, user: Visitor, line_item_id: uuid.UUID) -> LineItem:
    """Return a line item of one of the person's brands (operators reach all)."""
    person = access_self(user=user)
    items = LineItem.objects.select_related("campaign__brand")
    if not person.is_staff:
        items = items.filter(campaign__brand__members=person)
    item = items.filter(pk=line_item_id).first()
    if item is None:
        raise NoSuchLineItem
    return item


def access_line_item_to_change(*, user: Visitor, line_item_id: uuid.UUID) -> LineItem:
    """Return a line item to an editor or owner. Refuses: NoSuchLineItem, OnlyLooking."""
    item = access_line_item(user=user, line_item_id=line_item_id)
    access_brand_to_change(user=user, brand_id=item.campaign.brand_id)
    return item


def brands_for(*, user: Visitor) -> list[Brand]:
    """Return the brands this person may act for, by name; operators reach all.

    Those of creators, who promote on pages of their own, come last.
    """
    person = access_self(user=user)
    found = list(Brand.objects.order_by("name")) if person.is_staff else brands_of(user=person)
    promoters = set(Promoter.objects.filter(brand__in=found).values_list("pk", flat=True))
    return sorted(found, key=lambda brand: brand.pk in promoters)


def campaigns_of(*, brand: Brand) -> list[Campaign]:
    """Return a brand's campaigns, newest first."""
    own = Campaign.objects.filter(brand=brand).select_related("brand")
    return list(own.order_by("-drafted_at", "-pk"))


def line_items_of(*, campaign: Campaign) -> list[LineItem]:
    """Return the line items of a campaign, the first one first."""
    return list(
        campaign.line_items.select_related("campaign").order_by("added_at", "starts_at", "pk")
    )


def ends_of(*, campaigns: Iterable[Campaign]) -> dict[uuid.UUID, dt.datetime]:
    """Return when the last line item of each campaign ends."""
    items = LineItem.objects.filter(campaign__in=campaigns).values_list("campaign_id")
    return dict(items.annotate(ends_at=Max("ends_at")))


def frame_of(*, campaign: Campaign) -> Frame:
    """Return a campaign's name, budget and caps."""
    caps = Caps(campaign.hour_cap, campaign.day_cap, campaign.week_cap)
    return Frame(campaign.name, campaign.budget, caps)


def terms_of(*, item: LineItem) -> Terms:
    """Return what a line item buys."""
    caps, ad_caps = caps_of(item=item)
    return Terms(
        name=item.name,
        price=item.price,
        countries=tuple(item.countries),
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        time_zone=item.time_zone,
        budget=item.budget,
        daily=item.daily_budget,
        audience=audience_of(item=item),
        pricing=Pricing(item.pricing),
        sale=Sale(item.sale),
        caps=caps,
        ad_caps=ad_caps,
        goal=PaidGoal(item.goal.pk, item.goal.name) if item.goal else None,
        ads=ads_of(item=item),
    )


def ads_of(*, item: LineItem) -> ShownAds:
    """Return which ads a line item shows."""
    return ShownAds(tuple(item.ads), tuple(item.ad_weights), Rotation(item.rotation))


def caps_of(*, item: LineItem) -> tuple[Caps, Caps]:
    """Return how often one viewer may see a line item, and each of its ads."""
    return (
        Caps(item.hour_cap, item.day_cap, item.week_cap),
        Caps(item.ad_hour_cap, item.ad_day_cap, item.ad_week_cap),
    )


def audience_of(*, item: LineItem) -> Audience:
    """Return for whom a line item is, besides countries."""
    return Audience(**{one.name: tuple(getattr(item, one.name)) for one in fields(Audience)})


def pace_of(*, item: LineItem) -> Pace | None:
    """Return the pace of a line item that spreads its budget over its days."""
    return Pace.objects.filter(line_item=item).first()
