"""What keeps a campaign from being served, and what is left of its day."""

import datetime as dt

from django.db.models import F, Sum

from takings.ads.models import Campaign
from takings.ads.queries.accounts import prepaid
from takings.ads.queries.creatives import creatives_of
from takings.ads.rules.campaigns import impression_price
from takings.ads.rules.creatives import Shown, Standing, why_not_served
from takings.ads.rules.schedule import day_around
from takings.money import Money
from takings.videos.models import Status as VideoStatus


def left_today(*, campaign: Campaign, at: dt.datetime) -> Money | None:
    """Return what of the day's budget no ad server took; None: a day has no budget of its own.

    A view is paid from a lease of its day, so what the leases of a day hold is what it costs.
    """
    if campaign.daily_budget is None:
        return None
    begins_at, _ = day_around(at, time_zone=campaign.time_zone)
    taken = Sum(F("amount_micros") - F("returned_micros"))
    leases = campaign.leases.filter(leased_at__gte=begins_at).aggregate(taken=taken)
    left = campaign.daily_budget - Money(leases["taken"] or 0, campaign.currency)
    return max(left, Money.zero(campaign.currency))


def obstacles(*, campaign: Campaign, at: dt.datetime) -> list[str]:
    """Return why a campaign is not served now, in sentences; empty when it is."""
    shown = [
        Shown(
            review=creative.review,
            is_paused=creative.paused_at is not None,
            is_ready=creative.video.status == VideoStatus.READY,
        )
        for creative in creatives_of(campaign=campaign)
    ]
    standing = Standing(
        status=campaign.status,
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        price=impression_price(campaign.cpm),
        left=campaign.budget - campaign.committed,
        prepaid=prepaid(brand_id=campaign.brand_id, currency=campaign.currency),
        creatives=shown,
        left_today=left_today(campaign=campaign, at=at),
    )
    return why_not_served(standing, at=at)
