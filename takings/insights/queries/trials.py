"""How far a worker is with a period that somebody ordered to be worked out, and what came of it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status as JobStatus

from takings.core.errors import Unavailable
from takings.insights.models import Trial, TrialKind
from takings.settlement import queries as settlement
from takings.settlement.models import Period, Status

TASK = "insights.try_period"
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


class TrialGivenUp(Unavailable):
    """The work failed again and again, by something that is no refusal."""

    code = "trial_given_up"
    sentence = "A worker failed at it and gave it up; its log says why. Order it again."


@dataclass(frozen=True, slots=True)
class TrialNow:
    """An order, whether a worker is or will be at it, and why nothing came of it."""

    order: Trial
    is_under_way: bool
    refusal: str

    @property
    def is_found(self) -> bool:
        """Tell whether it came to something."""
        return not self.is_under_way and not self.refusal


def newest_trial(*, period: Period) -> TrialNow | None:
    """Return what was ordered last of a period as it stands, unless it was corrected since."""
    kinds = {kind_of(period)}
    if TrialKind.CORRECTION in kinds:
        kinds.add(TrialKind.PROPOSAL)
    waiting = Concat(Value(waits_as(name=period.name, kind="")), OuterRef("kind"))
    trial = (
        Trial.objects.filter(period=period.name, kind__in=kinds)
        .annotate(has_job=Exists(_jobs(waiting)))  # both as of one moment
        .select_related("ordered_by")
        .order_by("ordered_at")
        .last()
    )
    if trial is None or trial.ordered_at <= _corrected_at(period):
        return None
    is_under_way = trial.finished_at is None and trial.has_job
    is_lost = trial.finished_at is None and not trial.has_job
    return TrialNow(trial, is_under_way, str(TrialGivenUp()) if is_lost else trial.refusal)


def is_under_way(trial: Trial) -> bool:
    """Tell whether a worker is at an order that is locked, or will be."""
    waiting = waits_as(name=trial.period, kind=trial.kind)
    return trial.finished_at is None and _jobs(waiting).exists()


def kind_of(period: Period) -> TrialKind:
    """Return what there is to work out of a period."""
    return TrialKind.CORRECTION if period.status == Status.CLOSED else TrialKind.CLOSE


def waits_as(*, name: str, kind: str) -> str:
    """Return under which name the job of a period waits; of one name, one waits at most."""
    return f"{TASK}:{name}:{kind}"


def _jobs(waiting: str | Concat) -> QuerySet[ProcrastinateJob]:
    alive = (JobStatus.TODO.value, JobStatus.DOING.value)
    return ProcrastinateJob.objects.filter(queueing_lock=waiting, status__in=alive)


def _corrected_at(period: Period) -> dt.datetime:
    """Return when a correction was last proposed or posted."""
    known = settlement.corrections(period=period)
    return max((one.finished_at or one.proposed_at for one in known), default=NEVER)
