"""How far a worker is with a period that somebody ordered to be worked out, and what came of it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, QuerySet
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
    kind = kind_of(period)
    trial = (
        Trial.objects.filter(period=period.name, kind=kind)
        .annotate(has_job=Exists(_jobs(name=period.name, kind=kind)))  # both as of one moment
        .select_related("ordered_by")
        .first()
    )
    if trial is None or trial.ordered_at <= _corrected_at(period):
        return None
    is_under_way = trial.finished_at is None and trial.has_job
    is_lost = trial.finished_at is None and not trial.has_job
    return TrialNow(trial, is_under_way, str(TrialGivenUp()) if is_lost else trial.refusal)


def is_under_way(trial: Trial) -> bool:
    """Tell whether a worker is at an order that is locked, or will be."""
    return trial.finished_at is None and _jobs(name=trial.period, kind=trial.kind).exists()


def kind_of(period: Period) -> TrialKind:
    """Return what there is to work out of a period."""
    return TrialKind.CORRECTION if period.status == Status.CLOSED else TrialKind.CLOSE


def waits_as(*, name: str, kind: str) -> str:
    """Return under which name the job of a period waits; of one name, one waits at most."""
    return f"{TASK}:{name}:{kind}"


def _jobs(*, name: str, kind: str) -> QuerySet[ProcrastinateJob]:
    alive = (JobStatus.TODO.value, JobStatus.DOING.value)
    waiting = waits_as(name=name, kind=kind)
    return ProcrastinateJob.objects.filter(queueing_lock=waiting, status__in=alive)


def _corrected_at(period: Period) -> dt.datetime:
    """Return when a correction was last proposed or posted."""
    known = settlement.corrections(period=period)
    return max((one.finished_at or one.proposed_at for one in known), default=NEVER)
