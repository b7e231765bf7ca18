"""What ad servers load: line items that run, the ads they may show, where clicks lead."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch

from takings.ads.models import Creative, LineItem, Pace, Status
from takings.ads.queries.campaigns import audience_of, caps_of, frame_of
from takings.ads.queries.creatives import showable_creatives
from takings.ads.rules import lines
from takings.ads.rules.frequency import campaign_key
from takings.ads.rules.serving import AdKey, Offer
from takings.ads.rules.targeting import Audience, quarters_of, unknown_in
from takings.people.rules import country_of
from takings.videos.models import Purpose
from takings.videos.rules.categories import with_wider

CLICKABLE_AFTER_END = dt.timedelta(days=2)
"""How long the clicks of a campaign that is over still find their way."""


def running_line_items(*, at: dt.datetime) -> list[LineItem]:
    """Return the line items that ad servers may show now or very soon: one of their ads may be."""
    active = LineItem.objects.filter(campaign__status=Status.ACTIVE, paused_at=None, ends_at__gt=at)
    ready = Prefetch("campaign__creatives", queryset=showable_creatives())
    found = active.select_related("campaign__brand").prefetch_related(ready).order_by("pk")
    return [item for item in found if _shown(item)]


def offers(items: Iterable[LineItem]) -> list[Offer]:
    """Return the creatives of line items as the ad server needs them, each campaign's once."""
    campaigns = {item.campaign_id: item.campaign for item in items}
    return [
        Offer(
            campaign_id=campaign.pk,
            brand=campaign.brand.name,
            currency=campaign.currency,
            headline=creative.headline,
            call_to_action=creative.call_to_action,
            landing_url=creative.landing_url,
            creative_id=creative.video_id,
            duration_ms=creative.video.duration_ms,
            is_promotion=creative.video.purpose == Purpose.POST,
            categories=(creative.category,) if creative.category else (),
        )
        for campaign in campaigns.values()
        for creative in campaign.creatives.all()
        if creative.is_shown
    ]


def line_items(items: Iterable[LineItem], *, at: dt.datetime) -> list[lines.LineItem]:
    """Return line items as the decision weighs them at about this instant."""
    listed = list(items)
    paces = dict(Pace.objects.filter(line_item__in=listed).values_list("pk", "pace_ppm"))
    return [
        lines.LineItem(
            id=item.pk,
            campaign_id=item.campaign_id,
            advertiser_id=item.campaign.brand_id,
            creative_ids=tuple(creative.video_id for creative in shown),
            pricing=lines.Pricing(item.pricing),
            sale=lines.Sale(item.sale),
            bid_micros=item.event_price.micros,
            starts_at=item.starts_at,
            ends_at=item.ends_at,
            targeting=targeting_of(
                audience_of(item=item),
                countries=item.countries,
                time_zone=item.time_zone,
                at=at,
            ),
            categories=ad_categories(creative.category for creative in shown),
            caps=_caps(item, shown=shown),
            pace_ppm=paces.get(item.pk, lines.MILLION),
            rotation=lines.Rotation(item.rotation),
            weights=_weights(item, shown=shown),
        )
        for item in listed
        if (shown := _shown(item))
    ]


def ad_categories(said: Iterable[str]) -> frozenset[str]:
    """Return what ads advertise, and what that belongs to; one that does not say says so."""
    unsaid = frozenset({lines.UNSAID})
    return frozenset[str]().union(*(with_wider(one) or unsaid for one in said))


def _caps(item: LineItem, *, shown: Iterable[Creative]) -> tuple[lines.Cap, ...]:
    """Return the caps of an item, of its campaign, and of each ad; an ad is its video."""
    caps, ad_caps = caps_of(item=item)
    of_ads = (cap for one in shown for cap in ad_caps.on(one.video_id))
    of_campaign = frame_of(campaign=item.campaign).caps.on(campaign_key(item.campaign_id))
    return (*caps.on(item.pk), *of_campaign, *of_ads)


def targeting_of(
    audience: Audience, *, countries: Iterable[str], time_zone: str, at: dt.datetime
) -> lines.Targeting:
    """Return for whom an item is, in the words of decisions.

    Who keeps away from some videos keeps away from those of which nothing is known, too; so who
    keeps away from a region does from whoever of its country states none.
    """
    blocked = {str(one) for one in audience.blocked_creators}
    if audience.blocked_creators or audience.blocked_keywords or audience.blocked_categories:
        blocked.add(lines.UNKNOWN)
    unstated = (unknown_in(country_of(one)) for one in audience.blocked_regions)
    return lines.Targeting(
        countries=frozenset(countries),
        languages=frozenset(audience.languages),
        devices=frozenset(audience.devices),
        placements=frozenset(audience.placements),
        hours=quarters_of(audience.hours, time_zone=time_zone, at=at),
        keywords=frozenset(audience.keywords),
        blocked_keywords=frozenset(audience.blocked_keywords),
        creators=frozenset(str(one) for one in audience.creators),
        blocked_creators=frozenset(blocked),
        ages=frozenset(audience.ages),
        regions=frozenset(audience.regions),
        blocked_regions=frozenset({*audience.blocked_regions, *unstated}),
        categories=frozenset(audience.categories),
        blocked_categories=frozenset(audience.blocked_categories),
    )


def landing_urls(*, at: dt.datetime) -> dict[AdKey, str]:
    """Return where clicks lead, of every ad that may still be on a screen."""
    recent = Creative.objects.filter(campaign__line_items__ends_at__gt=at - CLICKABLE_AFTER_END)
    shown = recent.exclude(campaign__status=Status.DRAFTED).exclude(approved_url="")
    rows = shown.values_list("campaign_id", "video_id", "approved_url").distinct()
    return {(campaign_id, video_id): url for campaign_id, video_id, url in rows}


def _shown(item: LineItem) -> list[Creative]:
    """Return the creatives that may be shown, of those the line item chose."""
    chosen = frozenset(item.ads)
    showable = (one for one in item.campaign.creatives.all() if one.is_shown)
    return [one for one in showable if not chosen or one.pk in chosen]


def _weights(item: LineItem, *, shown: Iterable[Creative]) -> tuple[int, ...]:
    weight_of = dict(zip(item.ads, item.ad_weights, strict=False))
    return tuple(weight_of[one.pk] for one in shown if weight_of)
