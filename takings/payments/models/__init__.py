"""Tables of payments. Amounts are micro-units of ``currency``; entry ids name ledger entries."""

from takings.payments.models.cases import Case, Evidence, Reconciliation
from takings.payments.models.inbox import WebhookEvent
from takings.payments.models.payment import (
    FACT_WORDS,
    Attempt,
    AttemptStatus,
    Payment,
    PaymentFact,
    PaymentShare,
    RefundHold,
    Verb,
)

__all__ = [
    "FACT_WORDS",
    "Attempt",
    "AttemptStatus",
    "Case",
    "Evidence",
    "Payment",
    "PaymentFact",
    "PaymentShare",
    "Reconciliation",
    "RefundHold",
    "Verb",
    "WebhookEvent",
]
