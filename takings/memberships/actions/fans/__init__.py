"""Everything that changes what creators offer and who their members are, one file per concern."""

from takings.memberships.actions.fans.deciding import (
    CannotGoOn,
    NoLongerMember,
    cancel_membership,
    change_from_next_month,
    resume_membership,
)
from takings.memberships.actions.fans.earning import earn_memberships, unearn_membership
from takings.memberships.actions.fans.joining import (
    MemberAlready,
    MembershipByCard,
    OwnChannel,
    join,
)
from takings.memberships.actions.fans.leaving import go_on_with_leaving, leave
from takings.memberships.actions.fans.offering import archive_tier, change_tier, offer_tier
from takings.memberships.actions.fans.renewing import renew_memberships
from takings.memberships.actions.fans.rising import CannotRise, CardSaidNo, rise
from takings.memberships.actions.fans.writing import tell_member_declined, tell_new_price

__all__ = [
    "CannotGoOn",
    "CannotRise",
    "CardSaidNo",
    "MemberAlready",
    "MembershipByCard",
    "NoLongerMember",
    "OwnChannel",
    "archive_tier",
    "cancel_membership",
    "change_from_next_month",
    "change_tier",
    "earn_memberships",
    "go_on_with_leaving",
    "join",
    "leave",
    "offer_tier",
    "renew_memberships",
    "resume_membership",
    "rise",
    "tell_member_declined",
    "tell_new_price",
    "unearn_membership",
]
