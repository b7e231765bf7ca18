"""Working a period out without posting it: ordered at the desk, done and told by a worker."""

import datetime as dt
from contextlib import suppress
from functools import partial
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app as jobs
from procrastinate.exceptions import AlreadyEnqueued

from takings.core.errors import Conflict, Refusal
from takings.events.rules.days import DaysCounted
from takings.insights.actions.correcting import find_changes, propose_correction
from takings.insights.models import Trial, TrialKind, TrialLine
from takings.insights.queries.trials import TASK, is_under_way, kind_of, waits_as
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement import queries
from takings.settlement.actions import Asked, Changes, CountViews, Wanted, count_lake
from takings.settlement.models import Period

KEPT_LINES = 50
TRIED_ACT = "trial_ordered"


class TrialIdTaken(Conflict):
    """The id of an order is its idempotency key."""

    code = "trial_id_taken"
    sentence = "An order with this id exists and is of something else; use a new id."


def order_trial(
    *,
    period: Period,
    operator: User,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Trial:
    """Have a worker work out the close of a period, or what a correction of a closed one changes.

    Whoever orders what is under way joins it, and the same id again changes nothing. Refuses:
    PeriodNotOver, CloseUnderWay, TrialIdTaken; what is refused later, the worker writes down.
    """
    kind = kind_of(period)
    if kind == TrialKind.CLOSE:
        settlement.open_and_over(name=period.name, at=at)
    order = Trial(id=id, period=period.name, kind=kind, ordered_by=operator, ordered_at=at)
    return _ordered(order)


def order_proposal(*, wanted: Wanted) -> Trial:
    """Have a worker work a correction out with every line, and propose it for another's answer.

    The same id again changes nothing. Refuses: ProposalNeedsReason, CorrectionWaits (somebody's is
    being worked out), TrialIdTaken; what is refused later, the worker writes down.
    """
    if not wanted.reason.strip():
        raise settlement.ProposalNeedsReason
    order = Trial(
        id=wanted.id,
        period=wanted.period,
        kind=TrialKind.PROPOSAL,
        ordered_by=wanted.operator,
        ordered_at=wanted.at,
        reason=wanted.reason,
        seen=wanted.seen,
    )
    trial = _ordered(order)
    if trial.pk != wanted.id:
        raise settlement.CorrectionWaits(period=wanted.period)
    return trial


@transaction.atomic
def _ordered(order: Trial) -> Trial:
    """Keep an order, and have it worked; return it, or the one that is under way already."""
    of = {"period": order.period, "kind": order.kind}
    why = {"reason": order.reason, "seen": order.seen}
    who = {"id": order.pk, "ordered_by": order.ordered_by, "ordered_at": order.ordered_at}
    if Trial.objects.filter(pk=order.pk).exclude(**of, **why).exists():
        raise TrialIdTaken
    rows = Trial.objects.select_for_update(no_key=True)
    trial, is_new = rows.get_or_create(**of, defaults=why | who)
    if not is_new:
        if trial.pk == order.pk or is_under_way(trial):
            return trial
        trial.delete()
        order.save(force_insert=True)
    record_staff_act(
        operator=order.ordered_by,
        act=TRIED_ACT,
        target=f"period:{order.period}",
        reason=order.get_kind_display(),
        at=order.ordered_at,
    )
    job = jobs.configure_task(
        TASK,
        queue="default",
        lock=f"{TASK}:{order.period}",
        queueing_lock=waits_as(name=order.period, kind=order.kind),
    )
    with suppress(AlreadyEnqueued), transaction.atomic():  # the one that waits takes this order
        job.defer(name=order.period, kind=str(order.kind))
    return order


def work_trial(*, name: str, kind: TrialKind, at: dt.datetime) -> None:
    """Work out what was ordered of a period, or write down why that is refused.

    Repeating it finishes what a crash left undone: the days that were counted stay counted.
    """
    trial = Trial.objects.filter(period=name, kind=kind, finished_at=None).first()
    if trial is None:
        return
    count = partial(count_lake, tell=partial(_tell, trial))
    try:
        found = _worked(trial, count=count, at=at)
    except Refusal as refusal:
        _finish(trial, at=at, refusal=str(refusal)[:500])
    else:
        _finish(trial, at=at, found=found)


def _worked(trial: Trial, *, count: CountViews, at: dt.datetime) -> Changes | None:
    if trial.kind == TrialKind.CORRECTION:
        return find_changes(period=queries.period(name=trial.period), count=count)
    if trial.kind == TrialKind.PROPOSAL:
        wanted = Wanted(
            id=trial.pk,
            operator=trial.ordered_by,
            period=trial.period,
            reason=trial.reason,
            seen=trial.seen,
            at=trial.ordered_at,
        )
        propose_correction(wanted=wanted, period=queries.period(name=trial.period), count=count)
        return None
    asked = Asked(id=trial.pk, operator=trial.ordered_by, at=at)
    settlement.dry_run(name=trial.period, asked=asked, count=count)
    return None


def _tell(trial: Trial, now: DaysCounted) -> None:
    Trial.objects.filter(pk=trial.pk).update(
        day_count=now.day_count,
        done_count=now.done,
        event_count=now.event_count,
        byte_count=now.byte_count,
        took_ms=now.took_ms,
    )


@transaction.atomic
def _finish(
    trial: Trial, *, at: dt.datetime, refusal: str = "", found: Changes | None = None
) -> None:
    """Write down what came of it; nothing, where another order has taken its place."""
    rows = Trial.objects.filter(pk=trial.pk, finished_at=None)
    is_ours = rows.update(
        finished_at=at,
        refusal=refusal,
        lines_digest=found.worked.lines_digest if found else "",
        line_count=len(found.lines) if found else 0,
    )
    if is_ours and found:
        TrialLine.objects.bulk_create(
            TrialLine(
                trial=trial,
                creator_id=line.creator_id,
                video_id=line.video_id,
                day=line.day,
                country=line.country,
                why=line.why,
                views_before=line.views_before,
                views_after=line.views_after,
                currency=line.currency,
                change_micros=line.change.micros,
            )
            for line in found.lines[:KEPT_LINES]
        )
