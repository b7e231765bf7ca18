"""Everything that changes payouts, one file per concern; import the verbs from here."""

from takings.payouts.actions.batches import (
    NothingToPay,
    SamePerson,
    approve_batch,
    cancel_batch,
    draft_batch,
)
from takings.payouts.actions.executing import (
    BankTooLow,
    NotApproved,
    execute_batch,
    order_execution,
)
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
    "BankTooLow",
    "LookedAtBefore",
    "NewerProfile",
    "NoPapersYet",
    "NotApproved",
    "NotOnTheList",
    "NothingToPay",
    "OnTheList",
    "PaperIdTaken",
    "SamePerson",
    "approve_batch",
    "cancel_batch",
    "choose_method",
    "draft_batch",
    "execute_batch",
    "order_execution",
    "review_profile",
    "submit_profile",
]
