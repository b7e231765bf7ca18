"""A batch: drafted by one person, approved by another, or cancelled. No money moves here."""

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs

from takings.core import ids
from takings.core.errors import Conflict, Forbidden
from takings.core.progress import Progress, silent
from takings.money.rate import BASIS_POINTS
from takings.payouts import queries
from takings.payouts.models import (
    Batch,
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
from takings.payouts.queries import Decided
from takings.payouts.rules import states
from takings.payouts.rules.deciding import LeftOut
from takings.payouts.rules.drafting import Draft
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.policies.queries import payout_policy_at

ONE_AT_A_TIME = 0x7A11_0475  # an advisory lock of our own: two drafts would take the same balances
CHUNK = 5_000
DRAFT = "payouts.draft_batch"


class NothingToPay(Conflict):
    """A batch without a payout would say nothing."""

    code = "nothing_to_pay"
    sentence = "Nobody can be paid now: {count} balances are left out, each with its reason."


class SamePerson(Forbidden):
    """Four eyes: whoever made a batch does not approve it."""

    code = "same_person"
    sentence = "You drafted this batch; somebody else must approve it."


@transaction.atomic
def order_draft(
    *,
    operator: User,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> None:
    """Have a worker draft a batch under this id; ordering it twice is harmless."""
    _, is_new = DraftOrder.objects.update_or_create(
        id=id,
        defaults={"refusal": ""},
        create_defaults={"ordered_by": operator, "ordered_at": at},
    )
    if is_new:
        record_staff_act(
            operator=operator,
            act="payouts.draft_ordered",
            target=f"batch:{id}",
            reason="The dry run was seen.",
            at=at,
        )
    order = jobs.configure_task(DRAFT, queue="default", lock=DRAFT)
    order.defer(batch_id=str(id), operator_id=operator.pk)


def refuse_draft(*, batch_id: UUID, why: str) -> None:
    """Write down why an ordered draft was not made."""
    DraftOrder.objects.filter(pk=batch_id).update(refusal=why)


@transaction.atomic
def draft_batch(
    *,
    operator: User,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
    progress: Progress = silent,
) -> Batch:
    """Keep what would be paid now, and who is left out and why. Nothing moves.

    The same id again returns the same batch. Refuses: NothingToPay, BadList, SealedWithOtherKey.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    known = Batch.objects.filter(pk=id).first()
    if known is not None:
        return known
    rules = payout_policy_at(at=at)
    batch = Batch.objects.create(
        id=id,
        policy_version=rules.version,
        counts_until=queries.last_pay_dates(at=at).counts_until,
        drafted_by=operator,
        drafted_at=at,
    )
    paid = left_out = 0
    for chunk in queries.decided(at=at, chunk=CHUNK):
        _keep(batch, chunk)
        paid += sum(isinstance(one.decision, Draft) for one in chunk)
        left_out += sum(isinstance(one.decision, LeftOut) for one in chunk)
        progress("drafted", paid + left_out, paid + left_out)
    if not paid:
        raise NothingToPay(count=left_out)
    _step(batch, states.BatchState.DRAFTED, operator=operator, reason="", at=at)
    return batch


@transaction.atomic
def approve_batch(*, operator: User, batch_id: UUID, reason: str, at: dt.datetime) -> Batch:
    """Approve what somebody else drafted. Refuses: SamePerson, NotThatStep, NoSuchBatch."""
    batch = lock_batch(batch_id)
    if batch.drafted_by_id == operator.pk:
        raise SamePerson
    states.check_batch_step(state=states.BatchState(batch.state), wanted=states.BatchState.APPROVED)
    batch.approved_by, batch.approved_at = operator, at
    take_step(batch, states.BatchState.APPROVED, operator=operator, reason=reason, at=at)
    return batch


@transaction.atomic
def cancel_batch(*, operator: User, batch_id: UUID, reason: str, at: dt.datetime) -> Batch:
    """Give a batch up before anything was sent; its balances are free for the next one.

    Refuses: NotThatStep (something was sent), NoSuchBatch.
    """
    batch = lock_batch(batch_id)
    sent = batch.payouts.exclude(state=PayoutState.DRAFTED).exclude(state=PayoutState.DROPPED)
    state = states.BatchState.POSTED if sent.exists() else states.BatchState(batch.state)
    states.check_batch_step(state=state, wanted=states.BatchState.CANCELLED)
    drop(batch.payouts.filter(state=PayoutState.DRAFTED), why="The batch was cancelled.")
    take_step(batch, states.BatchState.CANCELLED, operator=operator, reason=reason, at=at)
    return batch


def lock_batch(batch_id: UUID) -> Batch:
    """Lock a batch: whoever changes it or executes it waits for the other. Refuses: NoSuchBatch."""
    found = Batch.objects.select_for_update(no_key=True).filter(pk=batch_id).first()
    if found is None:
        raise queries.NoSuchBatch
    return found


def take_step(
    batch: Batch, state: states.BatchState, *, operator: User, reason: str, at: dt.datetime
) -> None:
    """Let a batch be this from now on, and write down who did it and why."""
    states.check_batch_step(state=states.BatchState(batch.state), wanted=state)
    batch.state = BatchState(state.value)
    batch.save(update_fields=["state", "approved_by", "approved_at"])
    _step(batch, state, operator=operator, reason=reason, at=at)


def drop(payouts: Iterable[Payout], *, why: str) -> None:
    """Leave payouts out after all: their statements are free again."""
    keys = [payout.pk for payout in payouts]
    free(keys)
    Payout.objects.filter(pk__in=keys).update(state=PayoutState.DROPPED, why=why)


def free(payout_ids: Sequence[UUID]) -> None:
    """Let the statements of payouts be paid by others."""
    Line.objects.filter(payout_id__in=payout_ids).update(is_live=False)


def _step(
    batch: Batch, state: states.BatchState, *, operator: User, reason: str, at: dt.datetime
) -> None:
    BatchStep.objects.create(
        batch=batch, state=state.value, taken_by=operator, taken_at=at, reason=reason
    )
    record_staff_act(
        operator=operator,
        act=f"payouts.batch_{state.value}",
        target=f"batch:{batch.pk}",
        reason=reason or "The dry run was seen.",
        at=at,
    )


def _keep(batch: Batch, chunk: list[Decided]) -> None:
    payouts, rows = [], _Rows()
    for one in chunk:
        if isinstance(one.decision, LeftOut):
            rows.omissions.append(_omission(batch, one, one.decision))
        else:
            payout = _payout(batch, one, one.decision)
            payouts.append(payout)
            rows.add(payout, one.decision)
    Payout.objects.bulk_create(payouts)
    Omission.objects.bulk_create(rows.omissions)
    Line.objects.bulk_create(rows.lines)
    Withholding.objects.bulk_create(rows.withholdings)
    Conversion.objects.bulk_create(rows.conversions)


def _omission(batch: Batch, one: Decided, left_out: LeftOut) -> Omission:
    first = one.candidate.holdings[0]
    return Omission(
        batch=batch,
        creator_id=one.candidate.creator_id,
        currency=first.currency,
        balance_micros=first.micros,
        reason=left_out.reason.value,
        sentence=left_out.sentence,
    )


def _payout(batch: Batch, one: Decided, draft: Draft) -> Payout:
    """Make the row; its id is the entry's, and the same for the same batch and creator."""
    standing = one.standing
    assert standing.profile is not None  # noqa: S101 - the gate let nobody pass without
    assert standing.method is not None  # noqa: S101 - the same
    return Payout(
        id=ids.derived("payout_sent", batch.pk, one.candidate.creator_id),
        batch=batch,
        creator_id=one.candidate.creator_id,
        profile=standing.profile,
        method=standing.method,
        rail=standing.method.rail,
        currency=draft.balance.currency,
        balance_micros=draft.balance.micros,
        gross_micros=draft.parts.gross.micros,
        withheld_micros=draft.parts.withheld.micros,
        net_micros=draft.parts.net.micros,
        remainder_micros=draft.parts.remainder.micros,
        source_micros=draft.source.micros,
        why=draft.why,
        drafted_at=batch.drafted_at,
    )


class _Rows:
    """The rows that belong to payouts."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.withholdings: list[Withholding] = []
        self.conversions: list[Conversion] = []
        self.omissions: list[Omission] = []

    def add(self, payout: Payout, draft: Draft) -> None:
        """Add what belongs to one payout."""
        self.lines += [
            Line(
                payout=payout,
                statement_id=line.statement_id,
                currency=line.amount.currency,
                amount_micros=line.amount.micros,
                worth_micros=line.worth.micros,
            )
            for line in draft.lines
        ]
        self.withholdings += [
            Withholding(
                payout=payout,
                jurisdiction=one.jurisdiction,
                reason=one.reason,
                base_micros=one.base.micros,
                rate_bp=int(one.rate.ratio * BASIS_POINTS),
                amount_micros=one.amount.micros,
            )
            for one in draft.withheld
        ]
        self.conversions += [
            Conversion(
                entry_id=ids.derived("converted", payout.pk, change.amount.currency),
                payout=payout,
                currency=change.amount.currency,
                amount_micros=change.amount.micros,
                worth_micros=change.worth.micros,
                rate_reference=change.rate.reference,
            )
            for change in draft.changes
        ]
