"""What the API answers, and what may be asked of it."""

import datetime as dt
import uuid

from pydantic import BaseModel

from takings.ads.rules.breakdown import By


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

    Conversions (``cpa``) are those of ``goal``. It shows ``ads`` of the campaign, by their ids,
    each as often as its ``ad_weights`` say if there are any.

    No ``budget`` of its own: all of the campaign's. Empty lists ask for nothing; ``unsaid`` among
    ``blocked_categories`` keeps away from videos that say no category.
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
    regions: list[str]
    blocked_regions: list[str]
    ads: list[uuid.UUID]
    ad_weights: list[int]
    rotation: str
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
