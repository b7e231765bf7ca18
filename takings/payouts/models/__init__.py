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
from takings.payouts.models.documents import Document, Proof
from takings.payouts.models.escheat import Escheat, EscheatLine, EscheatNotice, LineState
from takings.payouts.models.exchanges import ExchangedIncome
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
    "Document",
    "DraftOrder",
    "Escheat",
    "EscheatLine",
    "EscheatNotice",
    "ExchangedIncome",
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
    "Proof",
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
