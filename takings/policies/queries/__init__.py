"""Everything one may ask about policies. Nothing here writes."""

from takings.policies.queries.packs import (
    break_rule_at,
    coin_rule_at,
    fan_rule_at,
    gift_rule,
    gift_rule_at,
    gift_rules,
    pass_rule_at,
    pass_rules,
    payout_policies,
    payout_policy_at,
    policy,
    policy_at,
    traffic_rules,
    versions,
    view_policies,
    view_policy_at,
)

__all__ = [
    "break_rule_at",
    "coin_rule_at",
    "fan_rule_at",
    "gift_rule",
    "gift_rule_at",
    "gift_rules",
    "pass_rule_at",
    "pass_rules",
    "payout_policies",
    "payout_policy_at",
    "policy",
    "policy_at",
    "traffic_rules",
    "versions",
    "view_policies",
    "view_policy_at",
]
