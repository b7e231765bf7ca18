"""Who was shown no ads, and when: from the steps of their passes, which never change."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from takings.memberships.models import Month, Step, StepKind
from takings.memberships.rules import Span, stood, whole_days

MOST_ENDED = 100_000
"""Of so many an ad server learns; those whose time is over first are left out."""
STANDS = {StepKind.PAID: True, StepKind.GIVEN_AGAIN: True, StepKind.TAKEN_BACK: False}


def ad_free_days(*, starts_at: dt.datetime, ends_at: dt.datetime) -> dict[UUID, frozenset[dt.date]]:
    """Return who was shown no ads on which whole days (UTC) of some time, by their pseudonym."""
    found = Step.objects.filter(
        kind__in=list(STANDS), month__starts_at__lt=ends_at, month__ends_at__gt=starts_at
    )
    steps: dict[tuple[UUID, UUID], list[tuple[dt.datetime, bool]]] = defaultdict(list)
    months: dict[UUID, Month] = {}
    for step in found.select_related("month", "ad_free_pass__user").order_by("pk"):
        assert step.month is not None  # noqa: S101 - of these kinds
        months[step.month.pk] = step.month
        viewer = step.ad_free_pass.user.viewer_id
        steps[viewer, step.month.pk].append((step.at, STANDS[StepKind(step.kind)]))
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for (viewer, month_id), taken in steps.items():
        spans[viewer] += stood(months[month_id].span, steps=taken)
    return {viewer: whole_days(times) for viewer, times in spans.items()}


def ended_early(at: dt.datetime) -> list[int]:
    """Return who sees ads again though a month that was paid is not over: it was taken back."""
    gone = Month.objects.filter(taken_back_at__isnull=False, ends_at__gt=at)
    seeing = gone.filter(ad_free_pass__user__ad_free_until__lte=at).order_by("-ends_at")
    return list(seeing.values_list("ad_free_pass__user", flat=True)[:MOST_ENDED])
