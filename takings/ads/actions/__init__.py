"""Everything that changes advertising, one file per concern; import the verbs from here."""

from takings.ads.actions.campaigns import (
    CampaignIsOver,
    activate_campaign,
    create_campaign,
    end_campaign,
    pause_campaign,
)
from takings.ads.actions.cards import PrepaidByCard, top_up
from takings.ads.actions.charging import charge_beacons, charge_segment, key_ring
from takings.ads.actions.counting import ClickDraft, ServedKey, count_served, record_clicks
from takings.ads.actions.creatives import (
    CreativeDraft,
    CreativeIdTaken,
    VideoInUse,
    add_creative,
    approve_creative,
    change_creative,
    decline_creative,
    pause_creative,
    resume_creative,
)
from takings.ads.actions.invoicing import (
    NotAnInvoice,
    credit_invoice,
    invoice_month,
    invoice_months,
)
from takings.ads.actions.pacing import hurry_campaign, set_paces, spread_campaign
from takings.ads.actions.player_reports import PlayerReportDraft, record_player_reports
from takings.ads.actions.prepaid import (
    CurrencyNotSold,
    DepositIdTaken,
    LeaseRequest,
    NothingLeft,
    NotRunning,
    deposit_prepaid,
    lease_budget,
    renew_lease,
    retire_lease,
    return_leases,
    take_deposit,
)
from takings.ads.actions.terms import CampaignIdTaken, change_terms, duplicate_campaign

__all__ = [
    "CampaignIdTaken",
    "CampaignIsOver",
    "ClickDraft",
    "CreativeDraft",
    "CreativeIdTaken",
    "CurrencyNotSold",
    "DepositIdTaken",
    "LeaseRequest",
    "NotAnInvoice",
    "NotRunning",
    "NothingLeft",
    "PlayerReportDraft",
    "PrepaidByCard",
    "ServedKey",
    "VideoInUse",
    "activate_campaign",
    "add_creative",
    "approve_creative",
    "change_creative",
    "change_terms",
    "charge_beacons",
    "charge_segment",
    "count_served",
    "create_campaign",
    "credit_invoice",
    "decline_creative",
    "deposit_prepaid",
    "duplicate_campaign",
    "end_campaign",
    "hurry_campaign",
    "invoice_month",
    "invoice_months",
    "key_ring",
    "lease_budget",
    "pause_campaign",
    "pause_creative",
    "record_clicks",
    "record_player_reports",
    "renew_lease",
    "resume_creative",
    "retire_lease",
    "return_leases",
    "set_paces",
    "spread_campaign",
    "take_deposit",
    "top_up",
]
