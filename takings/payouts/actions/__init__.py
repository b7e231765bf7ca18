"""Everything that changes payouts, one file per concern; import the verbs from here."""

from takings.payouts.actions.papers import (
    LookedAtBefore,
    NewerProfile,
    NoPapersYet,
    NotOnTheList,
    OnTheList,
    PaperIdTaken,
    choose_method,
    review_profile,
    submit_profile,
)

__all__ = [
    "LookedAtBefore",
    "NewerProfile",
    "NoPapersYet",
    "NotOnTheList",
    "OnTheList",
    "PaperIdTaken",
    "choose_method",
    "review_profile",
    "submit_profile",
]
