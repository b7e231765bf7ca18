"""Everything one may ask about payouts. Nothing here writes."""

from takings.payouts.queries.papers import (
    NoSuchProfile,
    Standing,
    access_profile,
    details_of,
    hits_of,
    others_with,
    papers_of,
    recent_reviews,
    sanctions,
    standing,
    standings,
    vault,
    waiting_profiles,
)

__all__ = [
    "NoSuchProfile",
    "Standing",
    "access_profile",
    "details_of",
    "hits_of",
    "others_with",
    "papers_of",
    "recent_reviews",
    "sanctions",
    "standing",
    "standings",
    "vault",
    "waiting_profiles",
]
