"""Everything one may ask about advertising. Nothing here writes."""

from takings.ads.queries.accounts import (
    Balances,
    Movement,
    balances,
    movements,
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
    campaigns_of,
    creatives_of,
    landing_urls,
    offers,
    running_campaigns,
)

__all__ = [
    "Balances",
    "Movement",
    "NoSuchCampaign",
    "NoSuchCreative",
    "access_campaign",
    "access_creative",
    "balances",
    "campaigns_of",
    "creatives_of",
    "landing_urls",
    "movements",
    "offers",
    "prepaid",
    "prepaid_account",
    "prepaid_by_brand",
    "reserved_account",
    "running_campaigns",
]
