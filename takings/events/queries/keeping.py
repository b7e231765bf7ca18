"""What of the lake must be kept: named versions, and days that are not settled long enough."""

import datetime as dt
from collections.abc import Callable

from django.apps import apps
from django.db.models import Q
from django.db.models.expressions import Exists, OuterRef

from takings.events.models import LakeFile, Segment, Snapshot

SettledAt = Callable[[dt.date], dt.datetime | None]
"""When the last period that a day belongs to was closed; nothing while one of them is not."""
FIELD = "snapshot_id"


def named_snapshots() -> set[int]:
    """Return every version that somebody wrote down: whoever has a field ``snapshot_id``.

    So a close keeps the version it counted just by saying which. Segments say only where they came
    in, and name none.
    """
    named: set[int] = set()
    for model in apps.get_models():
        if model is not Segment and any(field.name == FIELD for field in model._meta.fields):  # noqa: SLF001 - Django's documented interface
            found = model._default_manager.exclude(**{FIELD: None})  # noqa: SLF001 - the same
            named |= set(found.values_list(FIELD, flat=True).distinct())
    return named


def expendable_days(*, settled_at: SettledAt, keep: dt.timedelta, at: dt.datetime) -> list[dt.date]:
    """Return the days with files whose last period was closed longer ago than is kept."""
    days = LakeFile.objects.filter(deleted_at=None).order_by("day")
    return [
        day
        for day in days.values_list("day", flat=True).distinct()
        if (closed_at := settled_at(day)) is not None and closed_at + keep <= at
    ]


def unused_files() -> list[LakeFile]:
    """Return the files that no version that is kept names any more, by name."""
    kept = Snapshot.objects.filter(
        expired_at=None,
        number__gte=OuterRef("added__number"),
        number__lt=OuterRef("removed__number"),
    )
    removed = LakeFile.objects.filter(Q(removed__isnull=False), deleted_at=None)
    return list(removed.exclude(Exists(kept)).order_by("name"))
