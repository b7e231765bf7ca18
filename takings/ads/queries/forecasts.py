"""What a line item would get: the stored sample of requests, replayed among today's rivals."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import NamedTuple

from takings.ads.models import Campaign, LineItem, Review, SampledRequest
from takings.ads.queries.accounts import prepaid_by_brand
from takings.ads.queries.contexts import contexts_of
from takings.ads.queries.creatives import chosen_of, creatives_of, shown_of
from takings.ads.queries.partners import items_of_partners
from takings.ads.queries.rates import rates
from takings.ads.queries.serving import (
    ad_categories,
    line_items,
    running_line_items,
    targeting_of,
)
from takings.ads.rules import lines
from takings.ads.rules.creatives import why_none_is_shown
from takings.ads.rules.forecast import (
    LOOKS_BACK_DAYS,
    Flight,
    Forecast,
    Sampled,
    Unknown,
    forecast,
)
from takings.ads.rules.pricing import event_price
from takings.ads.rules.schedule import DAY
from takings.ads.rules.targeting import Context, tidied_audience
from takings.ads.rules.terms import Terms, check_bid, check_terms
from takings.ads.rules.tokens import Placement
from takings.money import Money
from takings.people.models import Brand
from takings.policies.queries import policy_at

MOST_REPLAYED = 10_000
"""A replay of so many takes less than a second; of more, every second one is left out, or more."""
NEW, _NO_VIDEO = uuid.UUID(int=2), uuid.UUID(int=1)
"""What stands for a line item, and for an ad, that there is not yet."""


class PlannedAd(NamedTuple):
    """An ad by its video, what it advertises, and how often it comes in a round."""

    video_id: uuid.UUID
    category: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """A line item somebody thinks of, or has, under its id: ``left`` of the budget ``within``.

    ``committed`` is what it has used of its own budget. ``waits`` says why none of its ``ads`` can
    be shown yet.
    """

    brand: Brand
    terms: Terms
    within: Money
    left: Money
    ads: tuple[PlannedAd, ...]
    item_id: uuid.UUID = NEW
    committed: Money | None = None
    waits: str = ""


def plan_new(*, brand: Brand, terms: Terms, budget: Money, category: str) -> Plan:
    """Return the first line item of a new campaign, with an ad of that category."""
    ads = (PlannedAd(_NO_VIDEO, category),)
    return Plan(brand=brand, terms=terms, within=budget, left=budget, ads=ads)


def plan_in(*, campaign: Campaign, terms: Terms, item: LineItem | None = None) -> Plan:
    """Return a line item of a campaign with these terms: a new one, or ``item`` changed.

    Ads that were declined take no turns, unless there are no others: then it ``waits`` for them.
    """
    weight_of = terms.ads.weight_of
    chosen = chosen_of(creatives_of(campaign=campaign), ads=terms.ads)
    showable = [one for one in chosen if one.review != Review.DECLINED] or chosen
    ads = [PlannedAd(one.video_id, one.category, weight_of.get(one.pk, 1)) for one in showable]
    return Plan(
        brand=campaign.brand,
        terms=terms,
        within=campaign.budget,
        left=campaign.budget - campaign.committed,
        ads=tuple(ads) or (PlannedAd(_NO_VIDEO),),
        waits=" ".join(why_none_is_shown(shown_of(chosen))),
        item_id=item.pk if item else NEW,
        committed=item.committed if item else None,
    )


def forecast_of(*, plan: Plan, at: dt.datetime) -> Forecast | Unknown:
    """Return what a line item would get from now on.

    Refuses: all that ``check_terms`` and ``check_bid`` do.
    """
    terms = replace(plan.terms, audience=tidied_audience(plan.terms.audience))
    policy = policy_at(at=at)
    if plan.item_id == NEW or terms.ends_at > at:  # one that is over is told so
        check_terms(terms, within=plan.within, at=at)
    check_bid(terms, floor=Money(policy.ads.auction_floor_micros, policy.currency))
    item = _item(plan, terms, at=at)
    rivals = _rivals(besides=plan.item_id, at=at)
    return forecast(
        sampled_requests(at=at),
        item=item,
        rivals=rivals,
        rates=rates([*rivals, item], at=at),
        flight=Flight(
            starts_at=terms.starts_at,
            ends_at=terms.ends_at,
            time_zone=terms.time_zone,
            budget_micros=max(0, _left(plan).micros),
            daily_micros=terms.daily.micros if terms.daily else None,
        ),
        at=at,
    )


def sampled_requests(*, at: dt.datetime) -> list[Sampled]:
    """Return the sample of the last days, as requests for the decision; evenly thinned if long.

    One day more than is replayed: whether there were requests before shows that its days are whole.

    The floor is today's, or a seller's of that place if that is higher.
    """
    least = policy_at(at=at).ads.auction_floor_micros
    rows = SampledRequest.objects.filter(
        quarter_at__gte=at - (LOOKS_BACK_DAYS + 1) * DAY, quarter_at__lt=at
    )
    every = -(-rows.count() // MOST_REPLAYED) or 1
    kept = list(rows.extra(where=["id %% %s = 0"], params=[every]).order_by("pk"))
    contexts = contexts_of(row.after_video_id for row in kept)
    for row in kept:
        row.floor_micros = max(row.floor_micros, least)
        row.weight_ppm *= every
    return [_sampled(row, contexts.get(row.after_video_id, Context())) for row in kept]


def _sampled(row: SampledRequest, context: Context) -> Sampled:
    here = lines.Opportunity(
        at=row.quarter_at,
        draw=0,
        country=row.country,
        region=row.region,
        language=row.language,
        device=row.device,
        placement=Placement(row.placement).word,
        creator=context.creator,
        keywords=context.keywords,
        categories=context.categories,
        blocked_categories=context.blocked_categories,
        floor_micros=row.floor_micros,
    )
    return Sampled(here, row.to_win_micros, row.after_video_id, row.weight_ppm)


def _item(plan: Plan, terms: Terms, *, at: dt.datetime) -> lines.LineItem:
    return lines.LineItem(
        id=plan.item_id,
        campaign_id=plan.item_id,
        advertiser_id=plan.brand.pk,
        creative_ids=tuple(ad.video_id for ad in plan.ads),
        categories=ad_categories(ad.category for ad in plan.ads),
        rotation=terms.ads.rotation,
        weights=tuple(ad.weight for ad in plan.ads),
        pricing=terms.pricing,
        sale=terms.sale,
        bid_micros=event_price(terms.price, pricing=terms.pricing).micros,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        targeting=targeting_of(
            terms.audience, countries=terms.countries, time_zone=terms.time_zone, at=at
        ),
    )


def _rivals(*, besides: uuid.UUID, at: dt.datetime) -> list[lines.LineItem]:
    """Return the line items that run now and have money, as they are decided on.

    Those that bid for partners outside are left out: they bid what is asked for, and else nothing.
    So are the platform's own, which are rivals of nobody.
    """
    apart = {besides, *items_of_partners()}
    currency = policy_at(at=at).currency
    prepaid = prepaid_by_brand(currency=currency)
    nothing = Money.zero(currency)
    running = [
        item
        for item in running_line_items(at=at)
        if item.pk not in apart
        and item.starts_at <= at
        and item.pricing != lines.Pricing.FREE
        and item.event_price <= min(item.left, prepaid.get(item.campaign.brand_id, nothing))
    ]
    return line_items(running, at=at)


def _left(plan: Plan) -> Money:
    own = plan.terms.budget
    if own is None:
        return plan.left
    return min(plan.left, own - plan.committed if plan.committed else own)
