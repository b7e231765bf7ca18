"""Campaigns: those of a brand, those that ad servers load, and what they may show."""

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from takings.ads.models import Campaign, Status
from takings.ads.rules.campaigns import impression_price
from takings.ads.rules.serving import Offer
from takings.core.errors import NotFound
from takings.people.models import Brand
from takings.people.queries import Visitor, access_self, brands_of
from takings.videos.models import Purpose, Video
from takings.videos.models import Status as VideoStatus

CLICKABLE_AFTER_END = dt.timedelta(days=2)
"""How long the clicks of a campaign that is over still find their way."""


class NoSuchCampaign(NotFound):
    """The campaign does not exist, or belongs to a brand of others."""

    code = "no_such_campaign"
    sentence = "There is no such campaign among yours."


class NoSuchCreative(NotFound):
    """The video was not uploaded as an ad by a member of the brand."""

    code = "no_such_creative"
    sentence = "Choose a video that was uploaded as an ad for this brand."


def access_campaign(*, user: Visitor, campaign_id: uuid.UUID) -> Campaign:
    """Return a campaign of one of the person's brands (operators reach all)."""
    person = access_self(user=user)
    campaigns = Campaign.objects.select_related("brand", "creative")
    if not person.is_staff:
        campaigns = campaigns.filter(brand__members=person)
    campaign = campaigns.filter(pk=campaign_id).first()
    if campaign is None:
        raise NoSuchCampaign
    return campaign


def brands_for(*, user: Visitor) -> list[Brand]:
    """Return the brands this person may act for, by name; operators reach all."""
    person = access_self(user=user)
    return list(Brand.objects.order_by("name")) if person.is_staff else brands_of(user=person)


def campaigns_of(*, brand: Brand) -> list[Campaign]:
    """Return a brand's campaigns, newest first."""
    own = Campaign.objects.filter(brand=brand).select_related("brand", "creative")
    return list(own.order_by("-drafted_at", "-pk"))


def creatives_of(*, brand: Brand) -> QuerySet[Video]:
    """Return the ad videos that members of the brand uploaded, newest first."""
    unusable = [VideoStatus.REMOVED, VideoStatus.REFUSED]
    videos = Video.objects.filter(purpose=Purpose.CREATIVE, uploader__brands=brand)
    return videos.exclude(status__in=unusable).order_by("-uploaded_at", "-pk")


def access_creative(*, brand: Brand, video_id: uuid.UUID) -> Video:
    """Return an ad video of the brand, or refuse with :class:`NoSuchCreative`."""
    creative = creatives_of(brand=brand).filter(pk=video_id).first()
    if creative is None:
        raise NoSuchCreative
    return creative


def running_campaigns(*, at: dt.datetime) -> list[Campaign]:
    """Return the campaigns that ad servers may show now or very soon."""
    active = Campaign.objects.filter(status=Status.ACTIVE, ends_at__gt=at)
    ready = active.filter(creative__status=VideoStatus.READY)
    return list(ready.select_related("brand", "creative").order_by("pk"))


def offers(campaigns: Iterable[Campaign]) -> list[Offer]:
    """Return campaigns as the ad server needs them."""
    return [
        Offer(
            campaign_id=campaign.pk,
            brand=campaign.brand.name,
            price=impression_price(campaign.cpm),
            countries=tuple(campaign.countries),
            starts_at=campaign.starts_at,
            ends_at=campaign.ends_at,
            headline=campaign.headline,
            call_to_action=campaign.call_to_action,
            landing_url=campaign.landing_url,
            creative_id=campaign.creative_id,
            duration_ms=campaign.creative.duration_ms,
        )
        for campaign in campaigns
    ]


def landing_urls(*, at: dt.datetime) -> dict[uuid.UUID, str]:
    """Return where clicks lead, of every campaign whose ads may still be on a screen."""
    recent = Campaign.objects.filter(ends_at__gt=at - CLICKABLE_AFTER_END)
    shown = recent.exclude(status=Status.DRAFTED)
    return dict(shown.values_list("pk", "landing_url"))
