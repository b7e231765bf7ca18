"""What keeps a line item from being served, and what is left of its day."""

import datetime as dt

from django.db.models import F, Sum

from takings.ads.models import LineItem
from takings.ads.queries.accounts import prepaid
from takings.ads.queries.campaigns import ads_of
from takings.ads.queries.creatives import chosen_of, creatives_of, shown_of
from takings.ads.rules.creatives import Standing, why_not_served
from takings.ads.rules.schedule import day_around
from takings.money import Money


def left_today(*, item: LineItem, at: dt.datetime) -> Money | None:
    """Return what of the day's budget no ad server took; None: a day has no budget of its own.

    A view is paid from a lease of its day, so what the leases of a day hold is what it costs.
    """
    if item.daily_budget is None:
        return None
    begins_at, _ = day_around(at, time_zone=item.time_zone)
    taken = Sum(F("amount_micros") - F("returned_micros"))
    leases = item.leases.filter(leased_at__gte=begins_at).aggregate(taken=taken)
    left = item.daily_budget - Money(leases["taken"] or 0, item.campaign.currency)
    return max(left, left * 0)


def obstacles(*, item: LineItem, at: dt.datetime) -> list[str]:
    """Return why a line item is not served now, in sentences; empty when it is."""
    campaign = item.campaign
    chosen = chosen_of(creatives_of(campaign=campaign), ads=ads_of(item=item))
    standing = Standing(
        status="paused" if campaign.status == "active" and item.paused_at else campaign.status,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        price=item.event_price,
        left=item.left,
        prepaid=prepaid(brand_id=campaign.brand_id, currency=campaign.currency),
        creatives=shown_of(chosen),
        left_today=left_today(item=item, at=at),
    )
    return why_not_served(standing, at=at)
