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
from takings.insights.actions.correcting import find_changes
from takings.insights.models import Trial, TrialKind, TrialLine
from takings.insights.queries.trials import TASK, is_under_way, kind_of, waits_as
from takings.people.actions import record_staff_act
from takings.people.models import User
from takings.settlement import actions as settlement
from takings.settlement import queries
from takings.settlement.actions import Asked, Changes, CountViews, count_lake
from takings.settlement.models import Period

KEPT_LINES = 50
TRIED_ACT = "trial_ordered"


class TrialIdTaken(Conflict):
    """The id of an order is its idempotency key."""

    code = "trial_id_taken"
    sentence = "An order with this id exists and is of another period; use a new id."


@transaction.atomic
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
    if Trial.objects.filter(pk=id).exclude(period=period.name, kind=kind).exists():
        raise TrialIdTaken
    trial, is_new = Trial.objects.select_for_update(no_key=True).get_or_create(
        period=period.name,
        kind=kind,
        defaults={"id": id, "ordered_by": operator, "ordered_at": at},
    )
    if not is_new:
        if trial.pk == id or is_under_way(trial):
            return trial
        trial.delete()
        trial = Trial.objects.create(
            id=id, period=period.name, kind=kind, ordered_by=operator, ordered_at=at
        )
    record_staff_act(
        operator=operator,
        act=TRIED_ACT,
        target=f"period:{period.name}",
        reason=trial.get_kind_display(),
        at=at,
    )
    order = jobs.configure_task(
        TASK,
        queue="default",
        lock=f"{TASK}:{period.name}",
        queueing_lock=waits_as(name=period.name, kind=kind),
    )
    with suppress(AlreadyEnqueued), transaction.atomic():  # the one that waits takes this order
        order.defer(name=period.name, kind=kind.value)
    return trial


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
