"""What every change of a pass shares: its lock, until when it runs, and its history."""

import datetime as dt

from takings.memberships.models import Month, Pass, Step, StepKind
from takings.memberships.queries.passes import standing_months
from takings.memberships.rules import runs_until
from takings.people.actions import show_no_ads


def lock_pass(pass_id: int) -> Pass:
    """Lock a pass: of two changes at once, the second sees the first."""
    locked = Pass.objects.select_related("user").select_for_update(of=("self",), no_key=True)
    return locked.get(pk=pass_id)


def run_again(one: Pass, *, at: dt.datetime) -> None:
    """Work out until when no ads are shown, save it, and let the viewer's token say so."""
    until = runs_until((month.span for month in standing_months(one)), at=at)
    one.ends_at = until or min(one.ends_at or at, at)
    one.save(update_fields=["ends_at", "renews", "kept_with"])
    show_no_ads(user=one.user, until=one.ends_at)


def take_step(
    one: Pass, kind: StepKind, *, at: dt.datetime, month: Month | None = None, why: str = ""
) -> None:
    """Write down what happened."""
    Step.objects.create(ad_free_pass=one, kind=kind, month=month, why=why[:300], at=at)
