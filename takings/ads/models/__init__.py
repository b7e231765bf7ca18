"""Tables of advertising. Amounts are micro-units of ``currency``; entry ids name ledger entries."""

from takings.ads.models.campaigns import (
    BilledImpression,
    Campaign,
    CampaignStep,
    Charge,
    ChargedSegment,
    Click,
    Deposit,
    InvoicedCampaign,
    Lease,
    PlayerReport,
    RejectedImpression,
    Served,
    Status,
)
from takings.ads.models.creatives import Change, Creative, Review
from takings.ads.models.pacing import Pace

__all__ = [
    "BilledImpression",
    "Campaign",
    "CampaignStep",
    "Change",
    "Charge",
    "ChargedSegment",
    "Click",
    "Creative",
    "Deposit",
    "InvoicedCampaign",
    "Lease",
    "Pace",
    "PlayerReport",
    "RejectedImpression",
    "Review",
    "Served",
    "Status",
]
