"""What payments are for: each purpose is registered by the app above that knows, once."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from takings.core import ids
from takings.core.errors import Conflict, NotFound
from takings.money import Money
from takings.payments.models import Payment
from takings.payments.rules import Plan
from takings.people.queries import Visitor


class UnknownPurpose(NotFound):
    """Nobody registered this purpose."""

    code = "unknown_purpose"
    sentence = "Nothing here is paid for as “{name}”."


class PurposeTaken(Conflict):
    """Two handlers of one purpose would post twice."""

    code = "purpose_taken"
    sentence = "The purpose “{name}” has a handler already."


@dataclass(frozen=True, slots=True)
class Sale:
    """What a purpose is told of a payment; ``entry_id`` is that of the entry that books it."""

    payment_id: UUID
    entry_id: UUID
    subject: str
    amount: Money
    tax: Money
    payer_id: int


class Purpose(Protocol):
    """What an app does with the payments that are its own.

    ``plan`` says who gets it; refunds and disputes follow from that by themselves. ``paid`` and
    ``taken_back`` (below zero: given again) write the app's own rows, in the transaction that
    books. Both are called once per fact.
    """

    name: str
    title: str

    def plan(self, sale: Sale) -> Plan:
        """Say how the payment is booked."""

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Write down that it is paid."""

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """Write down that so much was taken back."""

    def access(self, subject: str, *, user: Visitor) -> None:
        """Refuse whoever may not see payments of this subject, as NotFound."""

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say, in lines, what was delivered for it and when: the answer to a dispute."""


_purposes: dict[str, Purpose] = {}


def register_purpose(purpose: Purpose) -> None:
    """Let an app take payments; called once, when it starts. Refuses: PurposeTaken."""
    if purpose.name in _purposes:
        raise PurposeTaken(name=purpose.name)
    _purposes[purpose.name] = purpose


def forget_purpose(name: str) -> None:
    """Take a purpose away again."""
    del _purposes[name]


def purpose_of(name: str) -> Purpose:
    """Return the one handler of a purpose. Refuses: UnknownPurpose."""
    if name not in _purposes:
        raise UnknownPurpose(name=name)
    return _purposes[name]


def purposes() -> tuple[Purpose, ...]:
    """Return every purpose, by name."""
    return tuple(_purposes[name] for name in sorted(_purposes))


def sale_of(payment: Payment) -> Sale:
    """Return what a purpose is told of a payment."""
    return Sale(
        payment_id=payment.pk,
        entry_id=ids.derived("the payment is booked", payment.pk),
        subject=payment.subject,
        amount=payment.amount,
        tax=payment.tax,
        payer_id=payment.payer_id,
    )
