"""What happened to a payment, as its provider tells it, and where that leaves the payment.

Facts may come twice, late, and in any order: :func:`fold` looks at the set of them, so the same
facts always give the same answer.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from takings.money import Money


class FactKind(StrEnum):
    """What a provider can tell of a payment."""

    AUTHORISED = "authorised"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


class Status(StrEnum):
    """Where a payment stands."""

    CREATED = "created"
    STARTED = "started"
    UNKNOWN = "unknown"
    AUTHORISED = "authorised"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


TO_CONFIRM = "Your bank wants you to confirm this payment."
"""Why a charge failed that its owner can confirm on a card page (3-D Secure)."""

RANK = {kind: number for number, kind in enumerate(FactKind)}
"""The order in which the facts of one payment can have happened."""

MOVING = frozenset(FactKind) - {FactKind.AUTHORISED, FactKind.FAILED, FactKind.CANCELLED}
"""The kinds that may move money; ``DISPUTE_LOST`` moves a fee at most."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened: to ``about`` (the provider's charge, refund or dispute).

    ``fee`` is what the provider takes for it; below zero, what it gives back.
    """

    kind: FactKind
    about: str
    amount: Money
    fee: Money
    occurred_at: dt.datetime
    reason: str = ""

    @property
    def key(self) -> str:
        """The identity: the same thing told twice, or by another way, has the same key."""
        return f"{self.kind}:{self.about}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a payment stands, in money. ``paid`` is nothing until it succeeded.

    ``refunded`` and ``disputed`` are what went back to the payer and is not won back, ``lost`` what
    of the disputes is decided; ``fees`` is all that the provider kept for it.
    """

    paid: Money
    refunded: Money
    disputed: Money
    lost: Money
    fees: Money

    @property
    def taken(self) -> Money:
        """What beneficiaries give back: never more than was paid, however it was taken twice."""
        return min(self.paid, self.refunded + self.disputed)

    @property
    def returned(self) -> Money:
        """What went back for good, by refunds and lost disputes: this the receipts follow."""
        return min(self.paid, self.refunded + self.lost)

    @property
    def excess(self) -> Money:
        """What was taken beyond what was paid: a refund and a dispute of the same money."""
        return self.refunded + self.disputed - self.taken

    @property
    def at_provider(self) -> Money:
        """What the provider holds for us because of this payment; may be below zero."""
        return self.paid - self.refunded - self.disputed - self.fees

    @property
    def refundable(self) -> Money:
        """What may still be given back."""
        return self.paid - self.taken


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Return facts in the one order in which they are booked, whenever they came."""
    return sorted(facts, key=lambda fact: (RANK[fact.kind], fact.occurred_at, fact.about))


def fold(facts: Iterable[Fact], *, currency: str) -> Standing:
    """Return where these facts leave a payment; order and repetition make no difference."""
    known = {fact.key: fact for fact in facts}
    succeeded = [fact for fact in known.values() if fact.kind is FactKind.SUCCEEDED]
    nothing = Money.zero(currency)
    over = {fact.about for fact in known.values() if fact.kind is FactKind.DISPUTE_LOST}
    lost = {key: fact for key, fact in known.items() if fact.about in over}
    return Standing(
        paid=in_order(succeeded)[0].amount if succeeded else nothing,
        refunded=_gone(known, FactKind.REFUNDED, undone_by=FactKind.REFUND_FAILED, nothing=nothing),
        disputed=_gone(known, FactKind.DISPUTED, undone_by=FactKind.DISPUTE_WON, nothing=nothing),
        lost=_gone(lost, FactKind.DISPUTED, undone_by=FactKind.DISPUTE_WON, nothing=nothing),
        fees=sum((fact.fee for fact in known.values()), nothing),
    )


def status_of(facts: Sequence[Fact], *, otherwise: Status) -> Status:
    """Return the status that these facts give; ``otherwise`` while they say nothing.

    Success outlives a failure of another try, whichever is told first. What is known to be taken
    back before it is known to be paid is ``UNKNOWN``: the provider must be asked.
    """
    kinds = {fact.kind for fact in facts}
    if FactKind.SUCCEEDED in kinds:
        return _after_success(facts, kinds)
    if kinds & {FactKind.REFUNDED, FactKind.DISPUTED, FactKind.DISPUTE_WON, FactKind.DISPUTE_LOST}:
        return Status.UNKNOWN
    for kind in (FactKind.CANCELLED, FactKind.AUTHORISED, FactKind.FAILED):
        if kind in kinds:
            return Status(kind.value)
    return otherwise


def _after_success(facts: Sequence[Fact], kinds: set[FactKind]) -> Status:
    over = {
        fact.about for fact in facts if fact.kind in {FactKind.DISPUTE_WON, FactKind.DISPUTE_LOST}
    }
    if any(fact.kind is FactKind.DISPUTED and fact.about not in over for fact in facts):
        return Status.DISPUTED
    if FactKind.DISPUTE_LOST in kinds:
        return Status.DISPUTE_LOST
    standing = fold(facts, currency=facts[0].amount.currency)
    if standing.refunded:
        is_all = standing.paid <= standing.refunded
        return Status.REFUNDED if is_all else Status.PARTLY_REFUNDED
    return Status.DISPUTE_WON if FactKind.DISPUTE_WON in kinds else Status.SUCCEEDED


def _gone(known: dict[str, Fact], kind: FactKind, *, undone_by: FactKind, nothing: Money) -> Money:
    """Sum up what went, but for what came back."""
    return sum(
        (
            fact.amount
            for fact in known.values()
            if fact.kind is kind and f"{undone_by}:{fact.about}" not in known
        ),
        nothing,
    )
