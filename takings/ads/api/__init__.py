"""Campaigns and their reports over JSON, for an advertiser's own systems. Reading only."""

import uuid

from django.http import HttpRequest
from ninja import Query, Router

from takings.ads import queries
from takings.ads.api.shapes import (
    Ad,
    Amount,
    BrokenDown,
    CampaignReport,
    CampaignSummary,
    DayInCountry,
    Expected,
    Frequency,
    LineItemForecast,
    LineItemSummary,
    Rejected,
    ReportAsked,
    ReportLine,
)
from takings.ads.models import Campaign, LineItem
from takings.ads.rules.breakdown import COUNTS, Row, Span, check_span
from takings.ads.rules.forecast import Amounts, Unknown
from takings.ads.rules.frequency import Caps
from takings.ads.rules.pricing import PER_MILLE
from takings.core import clock
from takings.core.zones import check_time_zone
from takings.money import Money
from takings.people.queries import access_brand
from takings.policies.queries import policy_at

router = Router(tags=["advertising"])


@router.get("/ads/reports", response=BrokenDown)
def reports(request: HttpRequest, asked: Query[ReportAsked]) -> BrokenDown:
    """Return what a campaign or a brand got in a span of days, by one thing.

    Without either it is your first brand. Refused: a span of more than a year.
    """
    span = check_span(Span(asked.first, asked.last, check_time_zone(asked.time_zone)))
    if asked.campaign is not None:
        listed = [queries.access_campaign(user=request.user, campaign_id=asked.campaign)]
    else:
        brands = queries.brands_for(user=request.user)
        if asked.brand is not None:
            brands = [access_brand(user=request.user, brand_id=asked.brand)]
        listed = [one for brand in brands[:1] for one in queries.campaigns_of(brand=brand)]
    usual = listed[0].currency if asked.campaign else policy_at(at=clock.now()).currency
    report = queries.breakdown(
        campaigns=listed, currency=asked.currency or usual, by=asked.by, span=span
    )
    return BrokenDown(
        by=report.by,
        first=span.first,
        last=span.last,
        time_zone=span.time_zone,
        total=_line(report.total),
        rows=[_line(row) for row in report.rows],
    )


@router.get("/ads/line-items/{line_item_id}/forecast", response=LineItemForecast)
def line_item_forecast(request: HttpRequest, line_item_id: uuid.UUID) -> LineItemForecast:
    """Return what a line item will probably get from now on, with what is left of its budget."""
    item = queries.access_line_item(user=request.user, line_item_id=line_item_id)
    terms, currency = queries.terms_of(item=item), item.campaign.currency
    plan = queries.plan_in(campaign=item.campaign, terms=terms, item=item)
    found = queries.forecast_of(plan=plan, at=clock.now())
    if isinstance(found, Unknown):
        return LineItemForecast(
            unknown=found.why,
            sentence=found.why.sentence,
            sampled=found.sampled,
            fitting=found.fitting,
        )

    def expected(amounts: Amounts) -> Expected:
        spent = Amount(micros=amounts.spent_micros, currency=currency)
        return Expected(impressions=amounts.impressions, events=amounts.events, spent=spent)

    return LineItemForecast(
        days=found.days,
        sampled=found.sampled,
        fitting=found.fitting,
        places=found.places,
        to_win=Amount(micros=found.to_win_micros * PER_MILLE, currency=currency),
        low=expected(found.low),
        expected=expected(found.expected),
        high=expected(found.high),
        is_capped=found.is_capped,
    )


def _line(row: Row) -> ReportLine:
    return ReportLine(
        key=row.key,
        name=row.name,
        **{count: getattr(row, count) for count in COUNTS},
        spent=_amount(row.spent),
        credited_back=_amount(row.credited_back),
        average=_amount(row.average) if row.average is not None else None,
        ecpm=_amount(row.ecpm) if row.ecpm is not None else None,
        viewability_ppm=row.viewability_ppm,
        vtr_ppm=row.vtr_ppm,
        ctr_ppm=row.ctr_ppm,
        whys=dict(row.whys),
    )


@router.get("/ads/campaigns", response=list[CampaignSummary])
def campaigns(request: HttpRequest) -> list[CampaignSummary]:
    """Return the campaigns of all your brands, newest first in each."""
    brands = queries.brands_for(user=request.user)
    return [_summary(one) for brand in brands for one in queries.campaigns_of(brand=brand)]


@router.get("/ads/campaigns/{campaign_id}", response=CampaignSummary)
def campaign(request: HttpRequest, campaign_id: uuid.UUID) -> CampaignSummary:
    """Return one campaign."""
    return _summary(queries.access_campaign(user=request.user, campaign_id=campaign_id))


@router.get("/ads/campaigns/{campaign_id}/report", response=CampaignReport)
def campaign_report(request: HttpRequest, campaign_id: uuid.UUID) -> CampaignReport:
    """Return what a campaign got, by UTC day and country."""
    found = queries.access_campaign(user=request.user, campaign_id=campaign_id)
    report = queries.campaign_report(campaign=found)
    return CampaignReport(
        campaign=found.pk,
        charged=report.total.charged,
        spent=_amount(report.total.spent),
        rows=[
            DayInCountry(
                day=row.day,
                country=row.country,
                served=row.served,
                viewable=row.viewable,
                charged=row.charged,
                rejected=row.rejected,
                clicks=row.clicks,
                conversions=row.conversions,
                spent=_amount(row.spent),
            )
            for row in report.rows
        ],
        rejections=[
            Rejected(reason=one.reason, sentence=one.sentence, count=one.count)
            for one in report.rejections
        ],
    )


def _summary(found: Campaign) -> CampaignSummary:
    return CampaignSummary(
        id=found.pk,
        name=found.name,
        brand=found.brand.name,
        status=found.status,
        budget=_amount(found.budget),
        caps=_frequency(queries.frame_of(campaign=found).caps),
        line_items=[_line_item(one) for one in queries.line_items_of(campaign=found)],
        ads=[
            Ad(
                id=one.pk,
                video=one.video_id,
                headline=one.headline,
                call_to_action=one.call_to_action,
                landing_url=one.landing_url,
                category=one.category,
                review=one.review,
                declined_why=one.declined_why,
                is_paused=one.paused_at is not None,
            )
            for one in queries.creatives_of(campaign=found)
        ],
    )


def _line_item(item: LineItem) -> LineItemSummary:
    caps, ad_caps = queries.caps_of(item=item)
    return LineItemSummary(
        id=item.pk,
        name=item.name,
        pricing=item.pricing,
        sale=item.sale,
        price=_amount(item.price),
        goal=item.goal_id,
        budget=_amount(item.budget) if item.budget else None,
        daily_budget=_amount(item.daily_budget) if item.daily_budget else None,
        countries=item.countries,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        time_zone=item.time_zone,
        languages=item.languages,
        devices=item.devices,
        placements=item.placements,
        hours=item.hours,
        keywords=item.keywords,
        blocked_keywords=item.blocked_keywords,
        creators=queries.handles_of(item.creators),
        blocked_creators=queries.handles_of(item.blocked_creators),
        categories=item.categories,
        blocked_categories=item.blocked_categories,
        ages=item.ages,
        regions=item.regions,
        blocked_regions=item.blocked_regions,
        ads=item.ads,
        ad_weights=item.ad_weights,
        rotation=item.rotation,
        caps=_frequency(caps),
        ad_caps=_frequency(ad_caps),
        is_paused=item.paused_at is not None,
    )


def _frequency(caps: Caps) -> Frequency:
    return Frequency(hour=caps.hour, day=caps.day, week=caps.week)


def _amount(money: Money) -> Amount:
    return Amount(micros=money.micros, currency=money.currency)
