"""Corrections of a closed period with four eyes: proposed with all their lines, approved, declined.

Nothing that was closed is edited: a correction is new rows, new entries and new statements.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from takings.core.errors import Conflict
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import User
from takings.settlement import queries
from takings.settlement.actions.answering import (
    NumbersChanged,
    ProposalIdTaken,
    ProposalNeedsReason,
    check_answer,
)
from takings.settlement.actions.counting import CountViews, count_lake
from takings.settlement.actions.finding import UNKNOWN, Changes, Outcomes, find_changes
from takings.settlement.actions.stages import BATCH, hold_period
from takings.settlement.models import Correction, LineChange, PartChange, PoolChange, SplitChange


class CorrectionWaits(Conflict):
    """Corrections build on each other, so one is under way at a time."""

    code = "correction_waits"
    sentence = "Another correction of {period} is under way; let it be answered and done first."


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants a correction of which period, and why; ``seen`` is the digest they looked at."""

    id: UUID
    operator: User
    period: str
    reason: str
    seen: str
    at: dt.datetime


def propose_correction(
    *, wanted: Wanted, outcomes: Outcomes = UNKNOWN, count: CountViews = count_lake
) -> Correction:
    """Work a correction out and keep it with every line, for another operator to answer.

    Nothing is posted yet. The same id again with the same content changes nothing. Refuses:
    ProposalNeedsReason, ProposalIdTaken, CorrectionWaits, NumbersChanged (it comes to something
    else than was ``seen``), and as ``find_changes`` does.
    """
    known = Correction.objects.select_related("period").filter(pk=wanted.id).first()
    if known is not None:
        if (known.period.name, known.reason) != (wanted.period, wanted.reason):
            raise ProposalIdTaken
        return known
    if not wanted.reason.strip():
        raise ProposalNeedsReason
    changes = find_changes(name=wanted.period, outcomes=outcomes, count=count)
    if changes.worked.lines_digest != wanted.seen:
        raise NumbersChanged(what="views came in since, or count otherwise")
    return _keep(changes, wanted)


@transaction.atomic
def approve_correction(
    *, correction: Correction, operator: User, answer: str, at: dt.datetime
) -> Correction:
    """Approve what somebody else proposed; :func:`post_correction` then posts it.

    Refuses: ProposalAnswered, SecondPersonNeeded.
    """
    return _answered(correction, operator, is_approved=True, answer=answer, at=at)


@transaction.atomic
def decline_correction(
    *, correction: Correction, operator: User, answer: str, at: dt.datetime
) -> Correction:
    """Say no to what somebody else proposed.

    Refuses: ProposalNeedsReason, ProposalAnswered, SecondPersonNeeded.
    """
    if not answer.strip():
        raise ProposalNeedsReason
    return _answered(correction, operator, is_approved=False, answer=answer, at=at)


@transaction.atomic
def _keep(changes: Changes, wanted: Wanted) -> Correction:
    period = changes.period
    hold_period(period)
    last = queries.newest_correction(period=period)
    waits = Correction.objects.filter(period=period, is_approved=None).exists()
    if waits or (last is not None and last.finished_at is None):
        raise CorrectionWaits(period=period.name)
    correction = Correction.objects.create(
        id=wanted.id,
        period=period,
        number=last.number + 1 if last else 1,
        reason=wanted.reason,
        policy_version=period.policy_version,
        snapshot_id=changes.worked.counts.snapshot_id,
        counts_digest=changes.worked.counts.digest,
        lines_digest=changes.worked.lines_digest,
        proposed_by=wanted.operator,
        proposed_at=wanted.at,
    )
    for row in (*changes.lines, *changes.splits, *changes.parts, *changes.pools):
        row.correction = correction
    LineChange.objects.bulk_create(changes.lines, batch_size=BATCH)
    SplitChange.objects.bulk_create(changes.splits, batch_size=BATCH)
    PartChange.objects.bulk_create(changes.parts, batch_size=BATCH)
    PoolChange.objects.bulk_create(changes.pools, batch_size=BATCH)
    _audit(correction, wanted.operator, "correction_proposed", at=wanted.at)
    return correction


def _answered(
    correction: Correction, operator: User, *, is_approved: bool, answer: str, at: dt.datetime
) -> Correction:
    rows = Correction.objects.select_for_update(no_key=True, of=["self"])
    locked = rows.select_related("period").get(pk=correction.pk)  # two answers: the second waits
    check_answer(locked, operator=operator)
    answer_proposal(locked, operator=operator, is_approved=is_approved, answer=answer, at=at)
    act = "correction_approved" if is_approved else "correction_declined"
    _audit(locked, operator, act, at=at)
    return locked


def _audit(correction: Correction, operator: User, act: str, *, at: dt.datetime) -> None:
    record_staff_act(
        operator=operator,
        act=act,
        target=f"period:{correction.period.name}",
        reason=correction.answer or correction.reason,
        at=at,
    )
