"""Policies without files or clocks: their values, how a pack is read, how it is told to people."""

from takings.policies.rules.breaks import BreakRule, read_break_pack
from takings.policies.rules.coins import CoinPack, CoinRule, MinorCap, read_coin_pack
from takings.policies.rules.deals import DealRule, read_deal_pack
from takings.policies.rules.describing import Sentence, describe, describe_reserve
from takings.policies.rules.disclosure import DisclosureRule, read_disclosure_pack
from takings.policies.rules.facts import BrokenPack
from takings.policies.rules.fans import FanRule, read_fan_pack
from takings.policies.rules.gifts import GiftRule, read_gift_pack
from takings.policies.rules.memberships import MemberRule, read_member_pack
from takings.policies.rules.passes import PassRule, read_pass_pack
from takings.policies.rules.payouts import (
    Bracket,
    CumulativeRule,
    DormancyRule,
    EscheatRule,
    PayoutPolicy,
    ReportRule,
    ScheduleRule,
    Threshold,
    Treaty,
    WithholdingRule,
)
from takings.policies.rules.products import (
    AD_REVENUE,
    DEALS,
    DIRECT,
    FEED_ADS,
    GIFTS,
    MEMBERSHIPS,
    REQUESTS,
    SHOP,
    WATCH_ADS,
    Gate,
    Method,
    NoProductRule,
    PoolRule,
)
from takings.policies.rules.promotions import PromotionRule, read_promotion_pack
from takings.policies.rules.reading import read_pack
from takings.policies.rules.reading_payouts import read_payout_pack
from takings.policies.rules.reading_views import read_view_pack
from takings.policies.rules.requests import RequestRule, read_request_pack
from takings.policies.rules.shop import ShopRule, read_shop_pack
from takings.policies.rules.traffic import TrafficRules, read_traffic_pack, rules_of
from takings.policies.rules.values import (
    AdRule,
    Fact,
    NoPolicyCovers,
    Policy,
    ReserveRule,
    SettlementRule,
    UnknownPolicy,
    ViewPolicy,
    in_force,
)
from takings.policies.rules.views import TrafficRule, ViewRule

__all__ = [
    "AD_REVENUE",
    "DEALS",
    "DIRECT",
    "FEED_ADS",
    "GIFTS",
    "MEMBERSHIPS",
    "REQUESTS",
    "SHOP",
    "WATCH_ADS",
    "AdRule",
    "Bracket",
    "BreakRule",
    "BrokenPack",
    "CoinPack",
    "CoinRule",
    "CumulativeRule",
    "DealRule",
    "DisclosureRule",
    "DormancyRule",
    "EscheatRule",
    "Fact",
    "FanRule",
    "Gate",
    "GiftRule",
    "MemberRule",
    "Method",
    "MinorCap",
    "NoPolicyCovers",
    "NoProductRule",
    "PassRule",
    "PayoutPolicy",
    "Policy",
    "PoolRule",
    "PromotionRule",
    "ReportRule",
    "RequestRule",
    "ReserveRule",
    "ScheduleRule",
    "Sentence",
    "SettlementRule",
    "ShopRule",
    "Threshold",
    "TrafficRule",
    "TrafficRules",
    "Treaty",
    "UnknownPolicy",
    "ViewPolicy",
    "ViewRule",
    "WithholdingRule",
    "describe",
    "describe_reserve",
    "in_force",
    "read_break_pack",
    "read_coin_pack",
    "read_deal_pack",
    "read_disclosure_pack",
    "read_fan_pack",
    "read_gift_pack",
    "read_member_pack",
    "read_pack",
    "read_pass_pack",
    "read_payout_pack",
    "read_promotion_pack",
    "read_request_pack",
    "read_shop_pack",
    "read_traffic_pack",
    "read_view_pack",
    "rules_of",
]
