"""Everything that changes payments, one file per concern; import the verbs from here."""

from takings.payments.actions.asking import ask_all, ask_provider
from takings.payments.actions.cases import CaseIsClosed, close_case, open_case, take_case
from takings.payments.actions.charging import (
    NoKeptCard,
    NotReserved,
    capture_payment,
    charge_kept_card,
)
from takings.payments.actions.disputing import NotDisputed, answer_dispute
from takings.payments.actions.receiving import receive_webhook, work_event
from takings.payments.actions.reconciling import DayNotOver, reconcile
from takings.payments.actions.recording import record_facts
from takings.payments.actions.refunding import (
    NothingThere,
    Refund,
    RefundIdTaken,
    RefundTooLarge,
    refund_payment,
)
from takings.payments.actions.starting import Order, PaymentIdTaken, start_payment

__all__ = [
    "CaseIsClosed",
    "DayNotOver",
    "NoKeptCard",
    "NotDisputed",
    "NotReserved",
    "NothingThere",
    "Order",
    "PaymentIdTaken",
    "Refund",
    "RefundIdTaken",
    "RefundTooLarge",
    "answer_dispute",
    "ask_all",
    "ask_provider",
    "capture_payment",
    "charge_kept_card",
    "close_case",
    "open_case",
    "receive_webhook",
    "reconcile",
    "record_facts",
    "refund_payment",
    "start_payment",
    "take_case",
    "work_event",
]
