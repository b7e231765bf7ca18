"""The close of a period with four eyes: proposed on a dry run, approved while its numbers hold."""

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from takings.core.errors import Conflict
from takings.events.queries import daily_counts
from takings.people.actions import answer_proposal, record_staff_act
from takings.people.models import User
from takings.policies.queries import policy
from takings.settlement.actions.answering import (
    NumbersChanged,
    ProposalIdTaken,
    ProposalNeedsReason,
    check_answer,
)
from takings.settlement.actions.counting import CountViews, count_lake, money_to_share
from takings.settlement.actions.dry_run import open_and_over
from takings.settlement.actions.stages import pools_digest
from takings.settlement.actions.working import work_out
from takings.settlement.models import CloseProposal, DryRun


class CloseWaits(Conflict):
    """One proposal of a period waits at a time, for its answer or its worker."""

    code = "close_waits"
    sentence = "Another proposal to close {period} waits; let it be answered and done first."


@transaction.atomic
def propose_close(
    *,
    operator: User,
    run: DryRun,
    reason: str,
    id: UUID,  # noqa: A002 - the caller's id
    at: dt.datetime,
) -> CloseProposal:
    """Propose to close a period with the numbers of a dry run; nothing is closed yet.

    The same id again with the same content changes nothing. Refuses: ProposalNeedsReason,
    ProposalIdTaken, CloseWaits, AlreadyClosed, CloseUnderWay.
    """
    known = CloseProposal.objects.filter(pk=id).first()
    if known is not None:
        if (known.run_id, known.reason) != (run.pk, reason):
            raise ProposalIdTaken
        return known
    if not reason.strip():
        raise ProposalNeedsReason
    period = open_and_over(name=run.period.name, at=at)
    is_alive = Q(is_approved=None) | Q(is_approved=True, stopped="")
    if CloseProposal.objects.filter(is_alive, period=period).exists():
        raise CloseWaits(period=period.name)
    proposal = CloseProposal.objects.create(
        id=id, period=period, run=run, reason=reason, proposed_by=operator, proposed_at=at
    )
    _audit(proposal, operator, "close_proposed", at=at)
    return proposal


@transaction.atomic
def approve_close(
    *,
    proposal: CloseProposal,
    operator: User,
    answer: str,
    at: dt.datetime,
    count: CountViews = count_lake,
) -> CloseProposal:
    """Approve what somebody else proposed, if the close would still come to the same numbers.

    Everything is worked out anew, from the newest version of the lake. Refuses:
    ProposalAnswered, SecondPersonNeeded, NumbersChanged, AlreadyClosed, CloseUnderWay.
    """
    locked = _locked(proposal, operator)
    locked.snapshot_id = _confirmed(locked.run, at=at, count=count)
    return _answered(locked, operator, is_approved=True, answer=answer, at=at)


@transaction.atomic
def decline_close(
    *, proposal: CloseProposal, operator: User, answer: str, at: dt.datetime
) -> CloseProposal:
    """Say no to a close that somebody else proposed. Refuses: ProposalAnswered, SecondPersonNeeded.

    An answer without a reason is refused, too: ProposalNeedsReason.
    """
    if not answer.strip():
        raise ProposalNeedsReason
    locked = _locked(proposal, operator)
    return _answered(locked, operator, is_approved=False, answer=answer, at=at)


def stop_close(*, proposal: CloseProposal, why: str) -> None:
    """Write down why an approved close did not happen: its numbers changed in the last moment."""
    proposal.stopped = why
    proposal.save()


def count_pinned(*, snapshot_id: int) -> CountViews:
    """Return what counts this version of the lake, whatever came in since."""
    return partial(daily_counts, snapshot_id=snapshot_id)


def _confirmed(run: DryRun, *, at: dt.datetime, count: CountViews) -> int:
    """Return a version of the lake that gives the run's numbers. Refuses as ``approve_close``."""
    period = open_and_over(name=run.period.name, at=at)
    pools = money_to_share(period=period)
    if pools_digest(pools) != run.pools_digest:
        raise NumbersChanged(what="the pools hold other amounts")
    rules = policy(period.policy_version)
    counts = count(starts_at=period.starts_at, ends_at=period.ends_at, policy=rules)
    if counts.digest != run.counts_digest:
        before = sum(row.views for row in run.outcomes.all())
        views = sum(row.views for row in counts.rows)
        raise NumbersChanged(what=f"views were {before:,} and are {views:,}, or count otherwise")
    worked = work_out(period=period, policy=rules, counts=counts, pools=pools)
    if worked.lines_digest != run.lines_digest:
        raise NumbersChanged(what="the same views and pools are shared otherwise")
    return counts.snapshot_id


def _locked(proposal: CloseProposal, operator: User) -> CloseProposal:
    """Lock it: of two answers at once, the second sees the first."""
    rows = CloseProposal.objects.select_for_update(no_key=True, of=["self"])
    locked = rows.select_related("run__period", "period").get(pk=proposal.pk)
    check_answer(locked, operator=operator)
    return locked


def _answered(
    locked: CloseProposal, operator: User, *, is_approved: bool, answer: str, at: dt.datetime
) -> CloseProposal:
    answer_proposal(locked, operator=operator, is_approved=is_approved, answer=answer, at=at)
    act = "close_approved" if is_approved else "close_declined"
    _audit(locked, operator, act, at=at)
    return locked


def _audit(proposal: CloseProposal, operator: User, act: str, *, at: dt.datetime) -> None:
    record_staff_act(
        operator=operator,
        act=act,
        target=f"period:{proposal.period.name}",
        reason=proposal.answer or proposal.reason,
        at=at,
    )
