"""What payments are for: each purpose is registered by the app above that knows, once."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import UUID

from takings.core import ids
from takings.core.errors import Conflict, NotFound
from takings.invoicing.queries import billing_details
from takings.invoicing.rules import Customer, Evidence, Party
from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.payments.models import Payment
from takings.payments.rules import (
    IN_ADVANCE,
    Plan,
    PurposeName,
    Share,
    SoldAs,
    check_plan,
    read_sold,
)
from takings.people.models import User
from takings.people.queries import Visitor


class UnknownPurpose(NotFound):
    """Nobody registered this purpose, or it is none of those that there are."""

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
    ordered_at: dt.datetime

    @property
    def net(self) -> Money:
        """What of it is not tax: this is what a purpose shares out."""
        return self.amount - self.tax


class Purpose(Protocol):
    """What an app does with the payments that are its own.

    ``plan`` says who gets what is not tax; the tax, refunds and disputes follow from that by
    themselves. ``paid`` and ``taken_back`` (below zero: given again) write the app's own rows, in
    the transaction that books. Both are called once per fact. ``along`` is called before them, and
    before any money moves: it locks what they will change.
    """

    name: PurposeName
    title: str

    def plan(self, sale: Sale) -> Plan:
        """Say how the payment is booked: the shares come to ``sale.net``."""

    def paid(self, sale: Sale, *, at: dt.datetime) -> None:
        """Write down that it is paid."""

    def along(self, sale: Sale, *, taken: Money) -> tuple[TransferDraft, ...]:
        """Say which coins move in the same entry when so much is taken back of it in all.

        When it is paid, that is nothing.
        """

    def taken_back(self, sale: Sale, *, amount: Money, at: dt.datetime) -> None:
        """Write down that so much was taken back."""

    def access(self, subject: str, *, user: Visitor) -> None:
        """Refuse whoever may not see payments of this subject, as NotFound."""

    def evidence(self, sale: Sale) -> tuple[str, ...]:
        """Say, in lines, what was delivered for it and when: the answer to a dispute."""


class Unearn(Protocol):
    """Gives back to where a payment filled what was earned of it since, as far as it is missing.

    It is called with the payment's row locked, before ``taken`` of it in all is taken back, or held
    for a refund; calling it again changes nothing.
    """

    def __call__(self, sale: Sale, *, taken: Money, at: dt.datetime) -> None:
        """Post what has to wait again."""


_purposes: dict[str, Purpose] = {}
_unearn: dict[str, Unearn] = {}


def register_unearn(name: PurposeName, unearn: Unearn) -> None:
    """Let an app whose payments wait until they are earned undo that; called when it starts."""
    _unearn[name] = unearn


def unearn_of(name: str) -> Unearn | None:
    """Return what undoes the earning of payments of a purpose, if they wait at all."""
    return _unearn.get(name)


def register_purpose(purpose: Purpose) -> None:
    """Let an app take payments; called once, when it starts.

    Refuses: UnknownPurpose, PurposeTaken.
    """
    if purpose.name not in set(PurposeName):
        raise UnknownPurpose(name=purpose.name)
    if purpose.name in _purposes:
        raise PurposeTaken(name=purpose.name)
    _purposes[purpose.name] = purpose


def forget_purpose(name: str) -> None:
    """Take a purpose away again, and what undoes its earning."""
    del _purposes[name]
    _unearn.pop(name, None)


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
        ordered_at=payment.started_at,
    )


def sold_of(payment: Payment) -> SoldAs:
    """Return as what a payment was sold; one from before this was kept, as paid in advance."""
    if payment.sold_as:
        return read_sold(payment.sold_as)
    return SoldAs(person(payment.payer), None, IN_ADVANCE)


def plan_of(payment: Payment) -> Plan:
    """Return how a payment is booked: as its purpose plans, with the tax that is inside of it.

    Refuses: SharesDoNotAddUp, NotItsAccount.
    """
    purpose = purpose_of(payment.purpose)
    plan = purpose.plan(sale_of(payment))
    check_plan(purpose=purpose.name, plan=plan, amount=payment.net)
    if not payment.tax:
        return plan
    share = Share(sold_of(payment).tax_account, payment.tax)
    return replace(plan, shares=(*plan.shares, share))


def person(user: User) -> Customer:
    """Return a person as a customer: addressed as they asked, else by their account."""
    key = f"user:{user.pk}"
    given = billing_details(customer=key)
    evidence = [Evidence("account", user.country)]
    if given is None:
        party = Party(user.display_name, "", user.country)
    else:
        party = Party(given.name, given.address, given.country, given.tax_id)
        evidence.insert(0, Evidence("billing address", given.country))
    return Customer(key=key, party=party, is_business=False, evidence=tuple(evidence))
