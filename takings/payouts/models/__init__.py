"""Tables of payouts. Amounts are micro-units of ``currency``; what is sealed is encrypted."""

from takings.payouts.models.batches import (
    Batch,
    BatchOrder,
    BatchState,
    BatchStep,
    Conversion,
    DraftOrder,
    Line,
    Omission,
    Payout,
    PayoutState,
    Withholding,
)
from takings.payouts.models.escheat import Escheat, EscheatLine, EscheatNotice, LineState
from takings.payouts.models.files import Answer, AnswerFile, BankFile, Speech, Told
from takings.payouts.models.papers import Form, Legal, Method, Profile, Review, Verdict, Way
from takings.payouts.models.remitting import Purpose, Remittance

__all__ = [
    "Answer",
    "AnswerFile",
    "BankFile",
    "Batch",
    "BatchOrder",
    "BatchState",
    "BatchStep",
    "Conversion",
    "DraftOrder",
    "Escheat",
    "EscheatLine",
    "EscheatNotice",
    "Form",
    "Legal",
    "Line",
    "LineState",
    "Method",
    "Omission",
    "Payout",
    "PayoutState",
    "Profile",
    "Purpose",
    "Remittance",
    "Review",
    "Speech",
    "Told",
    "Verdict",
    "Way",
    "Withholding",
]
