"""The platform's own ads: its brand, and what its campaigns got, which is never money."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Sum

from takings.ads.models import Campaign, Click, House, Served, Showing
from takings.ads.queries.campaigns import campaigns_of, ends_of
from takings.ads.rules.breakdown import SEEN
from takings.people.models import Brand


@dataclass(frozen=True, slots=True)
class HouseRow:
    """A campaign of the platform itself: how often it was chosen, began in view, was clicked."""

    campaign: Campaign
    served: int
    impressions: int
    clicks: int
    is_over: bool


def house_brand() -> Brand | None:
    """Return the brand under which the platform shows ads of its own; None before there is one."""
    house = House.objects.select_related("brand").first()
    return house.brand if house else None


def is_house(*, brand_id: int) -> bool:
    """Tell whether a brand is the platform's own."""
    return House.objects.filter(pk=brand_id).exists()


def house_rows(*, brand: Brand, at: dt.datetime) -> list[HouseRow]:
    """Return the platform's campaigns, the newest first, and what they got."""
    found = campaigns_of(brand=brand)
    ends = ends_of(campaigns=found)
    chosen = Served.objects.filter(line_item__campaign__in=found)
    told = Showing.objects.filter(campaign__in=found)
    began = told.alias(began=F("kinds").bitand(SEEN["impressions"])).filter(began__gt=0)
    clicked = Click.objects.filter(campaign__in=found, ignored_why="")
    served = dict(
        chosen.values_list("line_item__campaign_id").annotate(count=Sum("decision_count"))
    )
    impressions = dict(began.values_list("campaign_id").annotate(count=Count("pk")))
    clicks = dict(clicked.values_list("campaign_id").annotate(count=Count("pk")))
    return [
        HouseRow(
            campaign=one,
            served=served.get(one.pk, 0),
            impressions=impressions.get(one.pk, 0),
            clicks=clicks.get(one.pk, 0),
            is_over=ends[one.pk] <= at,
        )
        for one in found
    ]
