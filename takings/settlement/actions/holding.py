"""Keeping back a creator's payable money by a named decision, until a day: ``payable → held``."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Invalid
from takings.ledger import queries as ledger
from takings.ledger.actions import post
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, format_money
from takings.people.actions import record_staff_act
from takings.people.models import Creator, User
from takings.policies.queries import policy_at
from takings.settlement.models import EarningsHold, HoldLift

LONGEST = dt.timedelta(days=90)
"""YouTube's terms hold earnings up to 90 days while they look (2026-08-07); so do we."""
ENDED = "Its time was over."


class NotThatMuchPayable(Conflict):
    """Only what may be paid out can be held."""

    code = "not_that_much_payable"
    sentence = "{wanted} cannot be held: {payable} is payable."


class HoldNeedsReason(Invalid):
    """The creator reads why."""

    code = "hold_needs_reason"
    sentence = "Write why; the creator reads it."


class HoldHasNoSuchEnd(Invalid):
    """A hold ends, and soon enough."""

    code = "hold_has_no_such_end"
    sentence = "A hold ends in the future, and within {days} days."


class HoldIdTaken(Conflict):
    """The id of a hold is its idempotency key."""

    code = "hold_id_taken"
    sentence = "A hold with this id exists and is another one; use a new id."


class AlreadyLifted(Conflict):
    """A hold is lifted once."""

    code = "already_lifted"
    sentence = "This hold was lifted already."


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """Why money is held and until when, as the creator reads it."""

    reason: str
    ends_at: dt.datetime


@transaction.atomic
def hold_earnings(
    *,
    operator: User,
    creator: Creator,
    amount: Money,
    terms: HoldTerms,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> EarningsHold:
    """Hold part of what is payable to a creator; the same hold again changes nothing.

    Refuses: HoldNeedsReason, HoldHasNoSuchEnd, HoldIdTaken, NotThatMuchPayable, AmountNotPositive.
    """
    known = EarningsHold.objects.filter(pk=id).first()
    if known is not None:
        same = (known.creator_id, known.amount, known.reason, known.ends_at)
        if same != (creator.pk, amount, terms.reason, terms.ends_at):
            raise HoldIdTaken
        return known
    if not terms.reason.strip():
        raise HoldNeedsReason
    if not at < terms.ends_at <= at + LONGEST:
        raise HoldHasNoSuchEnd(days=LONGEST.days)
    entry_id = ids.derived("earnings_held", id)
    until = f"until {terms.ends_at:%Y-%m-%d}: {terms.reason}"
    move_held(creator.pk, amount, HoldFact(entry_id, "earnings_held", id, until), at=at)
    payable = ledger.balance(name=f"creator:{creator.pk}:payable", currency=amount.currency)
    if payable.micros < 0:  # the account is ours until we commit, so this is what is left
        wanted, there = (format_money(one, exact=True) for one in (amount, payable + amount))
        raise NotThatMuchPayable(wanted=wanted, payable=there)
    record_staff_act(
        operator=operator, act="earnings_held", target=f"hold:{id}", reason=terms.reason, at=at
    )
    return EarningsHold.objects.create(
        id=id,
        creator=creator,
        currency=amount.currency,
        amount_micros=amount.micros,
        reason=terms.reason,
        held_by=operator,
        held_at=at,
        ends_at=terms.ends_at,
        entry_id=entry_id,
    )


@transaction.atomic
def lift_hold(*, hold: EarningsHold, operator: User, reason: str, at: dt.datetime) -> HoldLift:
    """Give the money back before the hold ends. Refuses: HoldNeedsReason, AlreadyLifted."""
    if not reason.strip():
        raise HoldNeedsReason
    lift, is_new = _lift(hold, reason=reason, operator=operator, at=at)
    if not is_new:
        raise AlreadyLifted
    record_staff_act(
        operator=operator, act="hold_lifted", target=f"hold:{hold.pk}", reason=reason, at=at
    )
    return lift


def lift_ended_holds(*, at: dt.datetime) -> int:
    """Give back what is held by holds whose time is over; again changes nothing."""
    due = EarningsHold.objects.filter(lift__isnull=True, ends_at__lte=at).order_by("ends_at", "pk")
    return sum(_lift_ended(hold, at=at) for hold in due)


@transaction.atomic
def _lift_ended(hold: EarningsHold, *, at: dt.datetime) -> bool:
    _, is_new = _lift(hold, reason=ENDED, operator=None, at=at)
    return is_new


def _lift(
    hold: EarningsHold, *, reason: str, operator: User | None, at: dt.datetime
) -> tuple[HoldLift, bool]:
    """Write the lift down and move the money; of two at once, the second waits and finds it."""
    entry_id = ids.derived("hold_lifted", hold.pk)
    lift, is_new = HoldLift.objects.get_or_create(
        hold=hold,
        defaults={
            "lifted_by": operator,
            "reason": reason,
            "lifted_at": at,
            "entry_id": entry_id,
        },
    )
    if is_new:
        fact = HoldFact(entry_id, "hold_lifted", hold.pk, reason)
        move_held(hold.creator_id, hold.amount, fact, at=at)
    return lift, is_new


@dataclass(frozen=True, slots=True)
class HoldFact:
    """What an entry of a hold says of itself."""

    id: UUID
    kind: str
    hold: UUID
    memo: str


def move_held(creator_id: int, amount: Money, fact: HoldFact, *, at: dt.datetime) -> None:
    """Post what a hold or its lift moves; the fact's kind says which way."""
    payable, held = f"creator:{creator_id}:payable", f"creator:{creator_id}:held"
    debit, credit = (payable, held) if fact.kind == "earnings_held" else (held, payable)
    draft = EntryDraft(
        id=fact.id,
        kind=fact.kind,
        reference=f"hold:{fact.hold}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=fact.memo,
        transfers=(TransferDraft(debit=debit, credit=credit, amount=amount),),
    )
    post(drafts=[draft], at=at)
