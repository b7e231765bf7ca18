"""Tables of advertising. Amounts are micro-units of ``currency``; entry ids name ledger entries."""

from takings.ads.models.campaigns import Campaign, CampaignStep, Status
from takings.ads.models.charges import (
    BilledImpression,
    Charge,
    ChargedAd,
    ChargedSegment,
    InvoicedCampaign,
    RejectedImpression,
)
from takings.ads.models.choices import AdChoice
from takings.ads.models.conversions import Conversion, Goal, GoalSecret, RefusedReports
from takings.ads.models.counts import (
    Click,
    PlayerReport,
    PricedClick,
    Served,
    Showing,
    StatedRegion,
)
from takings.ads.models.creatives import Change, Creative, Review
from takings.ads.models.deals import Deal, DealCount, DealWin
from takings.ads.models.exposures import Exposure
from takings.ads.models.house import House
from takings.ads.models.learning import LearnedRates, LearnedSwitch, SampledDecision
from takings.ads.models.leases import Deposit, Lease
from takings.ads.models.line_items import LineItem
from takings.ads.models.pacing import Pace
from takings.ads.models.partners import (
    AskingServer,
    DemandPartner,
    PartnerCount,
    PartnerCreative,
    PartnerNotice,
    PartnerRest,
)
from takings.ads.models.promoters import Promoter
from takings.ads.models.samples import SampledRequest
from takings.ads.models.tags import Tag, TagCounter, TagTold
from takings.ads.models.traffic import (
    CreditedCampaign,
    InvalidImpression,
    TrafficCredit,
    TrafficPass,
)

__all__ = [
    "AdChoice",
    "AskingServer",
    "BilledImpression",
    "Campaign",
    "CampaignStep",
    "Change",
    "Charge",
    "ChargedAd",
    "ChargedSegment",
    "Click",
    "Conversion",
    "Creative",
    "CreditedCampaign",
    "Deal",
    "DealCount",
    "DealWin",
    "DemandPartner",
    "Deposit",
    "Exposure",
    "Goal",
    "GoalSecret",
    "House",
    "InvalidImpression",
    "InvoicedCampaign",
    "LearnedRates",
    "LearnedSwitch",
    "Lease",
    "LineItem",
    "Pace",
    "PartnerCount",
    "PartnerCreative",
    "PartnerNotice",
    "PartnerRest",
    "PlayerReport",
    "PricedClick",
    "Promoter",
    "RefusedReports",
    "RejectedImpression",
    "Review",
    "SampledDecision",
    "SampledRequest",
    "Served",
    "Showing",
    "StatedRegion",
    "Status",
    "Tag",
    "TagCounter",
    "TagTold",
    "TrafficCredit",
    "TrafficPass",
]
