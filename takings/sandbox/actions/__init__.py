"""Everything that changes in the sandbox: its API, its pages, its messages."""

from takings.sandbox.actions.charging import (
    Wanted,
    answer_challenge,
    cancel_checkout,
    capture_charge,
    charge_card,
    finish_late,
    look_up,
    open_checkout,
    pay,
)
from takings.sandbox.actions.disputing import answer_dispute, open_dispute
from takings.sandbox.actions.paying import (
    WantedPayee,
    look_up_transfer,
    open_payee,
    return_transfer,
    send_transfer,
    tell_bank,
)
from takings.sandbox.actions.refunding import refund_charge
from takings.sandbox.actions.refusing import SandboxRefused, SandboxSilent, SandboxTooLow
from takings.sandbox.actions.telling import MessageNotTaken, deliver_message, pay_out

__all__ = [
    "MessageNotTaken",
    "SandboxRefused",
    "SandboxSilent",
    "SandboxTooLow",
    "Wanted",
    "WantedPayee",
    "answer_challenge",
    "answer_dispute",
    "cancel_checkout",
    "capture_charge",
    "charge_card",
    "deliver_message",
    "finish_late",
    "look_up",
    "look_up_transfer",
    "open_checkout",
    "open_dispute",
    "open_payee",
    "pay",
    "pay_out",
    "refund_charge",
    "return_transfer",
    "send_transfer",
    "tell_bank",
]
