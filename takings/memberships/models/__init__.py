"""Tables of passes, and of creators' tiers and members."""

from takings.memberships.models.members import (
    Member,
    MemberEarning,
    MemberMonth,
    MemberStep,
    MemberStepKind,
)
from takings.memberships.models.passes import FeeShare, Month, Pass, Step, StepKind
from takings.memberships.models.tiers import Tier, TierPrice

__all__ = [
    "FeeShare",
    "Member",
    "MemberEarning",
    "MemberMonth",
    "MemberStep",
    "MemberStepKind",
    "Month",
    "Pass",
    "Step",
    "StepKind",
    "Tier",
    "TierPrice",
]
