"""Everything one may ask about policies. Nothing here writes."""

from takings.policies.queries.packs import policy, policy_at, versions

__all__ = ["policy", "policy_at", "versions"]
