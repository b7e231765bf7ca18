"""Tables of deals."""

from takings.sponsorships.models.deals import Deal, Dispute, Step, Version, Work
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
    "Release",
    "Settled",
    "Step",
    "TakenBack",
    "Version",
    "Work",
]
