"""Tables of deals."""

from takings.sponsorships.models.deals import Deal, Dispute, Rating, Step, Version, Work
from takings.sponsorships.models.money import (
    ESCROW,
    Funding,
    Milestone,
    Release,
    Settled,
    TakenBack,
)

__all__ = [
    "ESCROW",
    "Deal",
    "Dispute",
    "Funding",
    "Milestone",
    "Rating",
    "Release",
    "Settled",
    "Step",
    "TakenBack",
    "Version",
    "Work",
]
