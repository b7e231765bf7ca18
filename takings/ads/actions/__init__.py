"""Everything that changes advertising, one file per concern; import the verbs from here."""

from takings.ads.actions.campaigns import (
    CampaignIdTaken,
    CampaignIsOver,
    activate_campaign,
    change_campaign,
    create_campaign,
    end_campaign,
    pause_campaign,
)
from takings.ads.actions.cards import PrepaidByCard, top_up
from takings.ads.actions.charging import charge_beacons
from takings.ads.actions.choices import choose_ads
from takings.ads.actions.conversions import (
    BadGoal,
    GoalDraft,
    GoalIdTaken,
    SecretMissed,
    Signed,
    Taken,
    check_report,
    make_goal,
    record_conversion,
    renew_secret,
)
from takings.ads.actions.copying import duplicate_campaign, duplicate_line_item
from takings.ads.actions.counting import (
    ClickDraft,
    ServedKey,
    count_served,
    record_clicks,
    record_regions,
    served_key,
)
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
from takings.ads.actions.crediting import credit_impressions, judge_day, judge_traffic
from takings.ads.actions.deals import DealDraft, DealIdTaken, add_deal, change_deal
from takings.ads.actions.exposures import (
    begin_exposures,
    forget_exposures,
    record_exposures,
)
from takings.ads.actions.house import open_house
from takings.ads.actions.inviting import invite_member, send_invitation
from takings.ads.actions.invoicing import (
    NotAnInvoice,
    credit_invoice,
    invoice_month,
    invoice_months,
)
from takings.ads.actions.learning import SwitchNeedsReason, learn_rates, switch_learned
from takings.ads.actions.leasing import (
    LeaseRequest,
    NothingLeft,
    NotRunning,
    lease_budget,
    lease_budgets,
    renew_lease,
    retire_lease,
    return_leases,
    settle_leases,
)
from takings.ads.actions.line_items import (
    LineItemDraft,
    LineItemIdTaken,
    add_line_item,
    change_line_item,
    pause_line_item,
    resume_line_item,
)
from takings.ads.actions.pacing import hurry_line_item, set_paces, spread_line_item
from takings.ads.actions.partner_creatives import retry_partner_creative, take_partner_creative
from takings.ads.actions.partner_notices import tell_partners
from takings.ads.actions.partner_traffic import (
    NoticeDraft,
    Rest,
    SeenCreative,
    Traffic,
    record_partner_traffic,
    share_asking,
)
from takings.ads.actions.partners import PartnerDraft, add_partner, change_partner
from takings.ads.actions.player_reports import PlayerReportDraft, record_player_reports
from takings.ads.actions.prepaid import (
    CurrencyNotSold,
    DepositIdTaken,
    deposit_prepaid,
    take_deposit,
)
from takings.ads.actions.promoting import PromotionCredits, promote_video
from takings.ads.actions.sampling import (
    DecidedDraft,
    forget_samples,
    record_decisions,
    record_sample,
)
from takings.ads.actions.segments import charge_segment
from takings.ads.actions.showings import count_showings
from takings.ads.actions.tag_counters import tell_counters
from takings.ads.actions.tags import (
    TagDraft,
    TagIdTaken,
    add_tag,
    retry_tag,
    take_tag,
)
from takings.ads.actions.writing import tell_declined
from takings.ads.queries.keys import key_ring

__all__ = [
    "BadGoal",
    "CampaignIdTaken",
    "CampaignIsOver",
    "ClickDraft",
    "CreativeDraft",
    "CreativeIdTaken",
    "CurrencyNotSold",
    "DealDraft",
    "DealIdTaken",
    "DecidedDraft",
    "DepositIdTaken",
    "GoalDraft",
    "GoalIdTaken",
    "LeaseRequest",
    "LineItemDraft",
    "LineItemIdTaken",
    "NotAnInvoice",
    "NotRunning",
    "NothingLeft",
    "NoticeDraft",
    "PartnerDraft",
    "PlayerReportDraft",
    "PrepaidByCard",
    "PromotionCredits",
    "Rest",
    "SecretMissed",
    "SeenCreative",
    "ServedKey",
    "Signed",
    "SwitchNeedsReason",
    "TagDraft",
    "TagIdTaken",
    "Taken",
    "Traffic",
    "VideoInUse",
    "activate_campaign",
    "add_creative",
    "add_deal",
    "add_line_item",
    "add_partner",
    "add_tag",
    "approve_creative",
    "begin_exposures",
    "change_campaign",
    "change_creative",
    "change_deal",
    "change_line_item",
    "change_partner",
    "charge_beacons",
    "charge_segment",
    "check_report",
    "choose_ads",
    "count_served",
    "count_showings",
    "create_campaign",
    "credit_impressions",
    "credit_invoice",
    "decline_creative",
    "deposit_prepaid",
    "duplicate_campaign",
    "duplicate_line_item",
    "end_campaign",
    "forget_exposures",
    "forget_samples",
    "hurry_line_item",
    "invite_member",
    "invoice_month",
    "invoice_months",
    "judge_day",
    "judge_traffic",
    "key_ring",
    "learn_rates",
    "lease_budget",
    "lease_budgets",
    "make_goal",
    "open_house",
    "pause_campaign",
    "pause_creative",
    "pause_line_item",
    "promote_video",
    "record_clicks",
    "record_conversion",
    "record_decisions",
    "record_exposures",
    "record_partner_traffic",
    "record_player_reports",
    "record_regions",
    "record_sample",
    "renew_lease",
    "renew_secret",
    "resume_creative",
    "resume_line_item",
    "retire_lease",
    "retry_partner_creative",
    "retry_tag",
    "return_leases",
    "send_invitation",
    "served_key",
    "set_paces",
    "settle_leases",
    "share_asking",
    "spread_line_item",
    "switch_learned",
    "take_deposit",
    "take_partner_creative",
    "take_tag",
    "tell_counters",
    "tell_declined",
    "tell_partners",
    "top_up",
]
