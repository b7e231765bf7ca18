"""Correcting the books by hand: one person proposes a transfer and says why, another posts it."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core import ids
from takings.core.errors import Conflict, Forbidden, Invalid
from takings.insights.models import Adjustment
from takings.ledger.actions import post
from takings.ledger.actions.terms import lock_period
from takings.ledger.rules import AccountName, EntryDraft, TransferDraft
from takings.money import Money
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import User
from takings.policies.queries import policy_at


class AdjustmentNeedsReason(Invalid):
    """An auditor reads why."""

    code = "adjustment_needs_reason"
    sentence = "Write why; auditors read it."


class NeedsAnotherPerson(Forbidden):
    """Who proposes does not decide."""

    code = "needs_another_person"
    sentence = "You proposed this; another operator has to answer it."


class AlreadyAnswered(Conflict):
    """An adjustment is answered once."""

    code = "already_answered"
    sentence = "This adjustment was answered already."


class AdjustmentIdTaken(Conflict):
    """The id of an adjustment is its idempotency key."""

    code = "adjustment_id_taken"
    sentence = "An adjustment with this id exists and is another one; use a new id."


@dataclass(frozen=True, slots=True)
class Correction:
    """``debit → credit``, how much, and why."""

    debit: AccountName
    credit: AccountName
    amount: Money
    reason: str

    @property
    def transfer(self) -> TransferDraft:
        """The transfer. Refuses what a transfer refuses: UnknownAccount, AmountNotPositive."""
        return TransferDraft(debit=self.debit, credit=self.credit, amount=self.amount)


@transaction.atomic
def propose_adjustment(
    *,
    operator: User,
    correction: Correction,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Adjustment:
    """Write a correction down for somebody else to answer; nothing moves yet.

    The same id again with the same content changes nothing. Refuses: AdjustmentNeedsReason,
    AdjustmentIdTaken, and what a transfer refuses (UnknownAccount, AmountNotPositive, …).
    """
    known = Adjustment.objects.filter(pk=id).first()
    if known is not None:
        if Correction(known.debit, known.credit, known.amount, known.reason) != correction:
            raise AdjustmentIdTaken
        return known
    if not correction.reason.strip():
        raise AdjustmentNeedsReason
    move = correction.transfer
    record_staff_act(
        operator=operator,
        act="adjustment_proposed",
        target=f"adjustment:{id}",
        reason=correction.reason,
        at=at,
    )
    return Adjustment.objects.create(
        id=id,
        debit=move.debit,
        credit=move.credit,
        currency=move.amount.currency,
        amount_micros=move.amount.micros,
        reason=correction.reason,
        proposed_by=operator,
        proposed_at=at,
    )


@transaction.atomic
def approve_adjustment(
    *, adjustment: Adjustment, operator: User, answer: str, at: dt.datetime
) -> Adjustment:
    """Post an adjustment that somebody else proposed.

    Refuses: NeedsAnotherPerson, AlreadyAnswered, and what ``post`` refuses (InsufficientFunds, …).
    """
    locked = _locked(adjustment, operator)
    locked.entry_id = ids.derived("adjusted", locked.pk)
    draft = EntryDraft(
        id=locked.entry_id,
        kind="adjusted",
        reference=f"adjustment:{locked.pk}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=locked.reason[:200],
        transfers=(TransferDraft(locked.debit, locked.credit, amount=locked.amount),),
    )
    post(drafts=[draft], at=at)
    return _answered(locked, operator=operator, is_approved=True, answer=answer, at=at)


@transaction.atomic
def decline_adjustment(
    *, adjustment: Adjustment, operator: User, answer: str, at: dt.datetime
) -> Adjustment:
    """Say no to what somebody else proposed. Refuses: NeedsAnotherPerson, AlreadyAnswered."""
    locked = _locked(adjustment, operator)
    return _answered(locked, operator=operator, is_approved=False, answer=answer, at=at)


@transaction.atomic
def lock_books(*, operator: User, before: dt.datetime, reason: str, at: dt.datetime) -> None:
    """Close the books before an instant, as an operator; the act is kept with it.

    Refuses: AdjustmentNeedsReason, LockGoesBack, LockInTheFuture.
    """
    if not reason.strip():
        raise AdjustmentNeedsReason
    lock_period(before=before, reason=reason, at=at)
    record_staff_act(
        operator=operator,
        act="books_locked",
        target=f"before:{before:%Y-%m-%d}",
        reason=reason,
        at=at,
    )


def _locked(adjustment: Adjustment, operator: User) -> Adjustment:
    """Lock it: of two answers at once, the second sees the first."""
    locked = Adjustment.objects.select_for_update(no_key=True).get(pk=adjustment.pk)
    if locked.is_approved is not None:
        raise AlreadyAnswered
    if locked.proposed_by_id == operator.pk:
        raise NeedsAnotherPerson
    return locked


def _answered(
    locked: Adjustment, *, operator: User, is_approved: bool, answer: str, at: dt.datetime
) -> Adjustment:
    answer_proposal(locked, operator=operator, is_approved=is_approved, answer=answer, at=at)
    record_staff_act(
        operator=operator,
        act="adjustment_approved" if is_approved else "adjustment_declined",
        target=f"adjustment:{locked.pk}",
        reason=answer or locked.reason,
        at=at,
    )
    return locked
