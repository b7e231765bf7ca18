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
from takings.payouts.models.self_billing import BilledStatement, SelfBill
from takings.payouts.models.transfers import (
    AccountState,
    Heard,
    ProviderAccount,
    ProviderEvent,
    Transfer,
    TransferNews,
    TransferStatus,
)

__all__ = [
    "AccountState",
    "Answer",
    "AnswerFile",
    "BankFile",
    "Batch",
    "BatchOrder",
    "BatchState",
    "BatchStep",
    "BilledStatement",
    "Conversion",
    "DraftOrder",
    "Escheat",
    "EscheatLine",
    "EscheatNotice",
    "Form",
    "Heard",
    "Legal",
    "Line",
    "LineState",
    "Method",
    "Omission",
    "Payout",
    "PayoutState",
    "Profile",
    "ProviderAccount",
    "ProviderEvent",
    "Purpose",
    "Remittance",
    "Review",
    "SelfBill",
    "Speech",
    "Told",
    "Transfer",
    "TransferNews",
    "TransferStatus",
    "Verdict",
    "Way",
    "Withholding",
]
