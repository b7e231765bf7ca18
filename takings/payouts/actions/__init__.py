"""Everything that changes payouts, one file per concern; import the verbs from here."""

from takings.payouts.actions.answering import (
    FileReadBefore,
    OtherAmount,
    UnknownPayments,
    read_bank_answers,
)
from takings.payouts.actions.batches import (
    NothingToPay,
    SamePerson,
    approve_batch,
    cancel_batch,
    draft_batch,
    order_draft,
    refuse_draft,
)
from takings.payouts.actions.executing import (
    BankTooLow,
    NotApproved,
    execute_batch,
    order_execution,
    refuse_order,
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
from takings.payouts.actions.sending import download_file, note_report

__all__ = [
    "BankTooLow",
    "FileReadBefore",
    "LookedAtBefore",
    "NewerProfile",
    "NoPapersYet",
    "NotApproved",
    "NotOnTheList",
    "NothingToPay",
    "OnTheList",
    "OtherAmount",
    "PaperIdTaken",
    "SamePerson",
    "UnknownPayments",
    "approve_batch",
    "cancel_batch",
    "choose_method",
    "download_file",
    "draft_batch",
    "execute_batch",
    "note_report",
    "order_draft",
    "order_execution",
    "read_bank_answers",
    "refuse_draft",
    "refuse_order",
    "review_profile",
    "submit_profile",
]
