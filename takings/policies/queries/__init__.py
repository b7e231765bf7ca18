"""Everything one may ask about policies. Nothing here writes."""

from takings.policies.queries.packs import (
    payout_policies,
    payout_policy_at,
    policy,
    policy_at,
    versions,
)

__all__ = ["payout_policies", "payout_policy_at", "policy", "policy_at", "versions"]
