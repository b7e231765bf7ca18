"""Campaigns and their reports over JSON, for an advertiser's own systems. Reading only."""

import datetime as dt
import uuid

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import BaseModel

from takings.ads import queries
from takings.ads.models import Campaign, LineItem
from takings.ads.rules.breakdown import COUNTS, By, Row, Span, check_span
from takings.ads.rules.forecast import Amounts, Unknown
from takings.ads.rules.frequency import Caps
from takings.ads.rules.pricing import PER_MILLE
from takings.ads.rules.schedule import check_time_zone
from takings.core import clock
from takings.money import Money
from takings.people.queries import access_brand
from takings.policies.queries import policy_at

router = Router(tags=["advertising"])


class Amount(BaseModel):
    """Micro-units (10⁻⁶) of a currency: 4250 USD micros are $0.00425."""

    micros: int
    currency: str


class Frequency(BaseModel):
    """How often one viewer sees it at most, in 60 minutes, 24 hours and 7 days; null: no limit."""

    hour: int | None
    day: int | None
    week: int | None


class Ad(BaseModel):
    """One ad of a campaign; ``review`` is ``submitted``, ``approved`` or ``declined``."""

    id: uuid.UUID
    video: uuid.UUID
    headline: str
    call_to_action: str
    landing_url: str
    category: str
    review: str
    declined_why: str
    is_paused: bool


class LineItemSummary(BaseModel):
    """What a campaign buys: ``price`` is for 1,000 events of ``cpm`` and ``vcpm``, else for one.

    Conversions (``cpa``) are those of ``goal``.

    No ``budget`` of its own: all of the campaign's. Empty lists ask for nothing.
    """

    id: uuid.UUID
    name: str
    pricing: str
    sale: str
    price: Amount
    goal: uuid.UUID | None
    budget: Amount | None
    daily_budget: Amount | None
    countries: list[str]
    starts_at: dt.datetime
    ends_at: dt.datetime
    time_zone: str
    languages: list[str]
    devices: list[str]
    placements: list[str]
    hours: list[int]
    keywords: list[str]
    blocked_keywords: list[str]
    creators: list[str]
    blocked_creators: list[str]
    categories: list[str]
    blocked_categories: list[str]
    ages: list[str]
    caps: Frequency
    ad_caps: Frequency
    is_paused: bool


class CampaignSummary(BaseModel):
    """A campaign's budget, its line items, its ads and where it stands."""

    id: uuid.UUID
    name: str
    brand: str
    status: str
    budget: Amount
    caps: Frequency
    line_items: list[LineItemSummary]
    ads: list[Ad]


class DayInCountry(BaseModel):
    """One UTC day in one country: ``viewable`` reports are either charged or rejected."""

    day: dt.date
    country: str
    served: int
    viewable: int
    charged: int
    rejected: int
    clicks: int
    conversions: int
    spent: Amount


class Rejected(BaseModel):
    """Viewable reports that were not charged, by reason."""

    reason: str
    sentence: str
    count: int


class CampaignReport(BaseModel):
    """What a campaign got: the sums, the rows they are made of, the reasons for not charging."""

    campaign: uuid.UUID
    charged: int
    spent: Amount
    rows: list[DayInCountry]
    rejections: list[Rejected]


class Expected(BaseModel):
    """Places won, events paid for, and their cost."""

    impressions: int
    events: int
    spent: Amount


class LineItemForecast(BaseModel):
    """What a line item will probably get from now on, or by ``unknown`` why that is not known.

    ``places`` fit it, whoever wins them; in the middle of them a thousand impressions had to be
    worth ``to_win``. ``fitting`` of ``sampled`` requests fitted, of the last ``days`` days.
    """

    unknown: str | None = None
    sentence: str | None = None
    days: int = 0
    sampled: int
    fitting: int
    places: int | None = None
    to_win: Amount | None = None
    low: Expected | None = None
    expected: Expected | None = None
    high: Expected | None = None
    is_capped: bool = False


class ReportLine(BaseModel):
    """One line of a report; ``key`` is empty where it is not known, ``served`` where not counted.

    Rates are parts per million of impressions. ``whys`` counts by reason what was reported and not
    charged, or given back.
    """

    key: str
    name: str
    served: int | None
    impressions: int
    viewable: int
    first_quartile: int
    midpoint: int
    third_quartile: int
    completed: int
    clicks: int
    conversions: int
    charged: int
    rejected: int
    credited: int
    spent: Amount
    credited_back: Amount
    average: Amount | None
    ecpm: Amount | None
    viewability_ppm: int | None
    vtr_ppm: int | None
    ctr_ppm: int | None
    whys: dict[str, int]


class BrokenDown(BaseModel):
    """What ads got from the first day to the last, by one thing: the sums, and its lines."""

    by: By
    first: dt.date
    last: dt.date
    time_zone: str
    total: ReportLine
    rows: list[ReportLine]


class ReportAsked(BaseModel):
    """Which report: of a campaign, or else of all of a brand's in one currency."""

    first: dt.date
    last: dt.date
    by: By = By.DAY
    time_zone: str = "UTC"
    brand: int | None = None
    campaign: uuid.UUID | None = None
    currency: str = ""


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
        caps=_frequency(caps),
        ad_caps=_frequency(ad_caps),
        is_paused=item.paused_at is not None,
    )


def _frequency(caps: Caps) -> Frequency:
    return Frequency(hour=caps.hour, day=caps.day, week=caps.week)


def _amount(money: Money) -> Amount:
    return Amount(micros=money.micros, currency=money.currency)
