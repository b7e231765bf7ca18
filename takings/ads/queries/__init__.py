"""Everything one may ask about advertising. Nothing here writes."""

from takings.ads.queries.accounts import (
    Balances,
    Movement,
    balances,
    movements,
    newest_deposits,
    prepaid,
    prepaid_account,
    prepaid_by_brand,
    reserved_account,
)
from takings.ads.queries.campaigns import (
    NoSuchCampaign,
    NoSuchCreative,
    access_campaign,
    access_creative,
    brands_for,
    campaigns_of,
    creatives_of,
    landing_urls,
    offers,
    running_campaigns,
)
from takings.ads.queries.reports import (
    Rejection,
    Report,
    ReportRow,
    campaign_report,
    spent_by_campaign,
)

__all__ = [
    "Balances",
    "Movement",
    "NoSuchCampaign",
    "NoSuchCreative",
    "Rejection",
    "Report",
    "ReportRow",
    "access_campaign",
    "access_creative",
    "balances",
    "brands_for",
    "campaign_report",
    "campaigns_of",
    "creatives_of",
    "landing_urls",
    "movements",
    "newest_deposits",
    "offers",
    "prepaid",
    "prepaid_account",
    "prepaid_by_brand",
    "reserved_account",
    "running_campaigns",
    "spent_by_campaign",
]
