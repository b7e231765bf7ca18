"""What frequency caps count: written by ad servers, kept for a week, forgotten on request."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import F

from takings.ads import models
from takings.ads.rules.frequency import REMEMBERED, Exposure
from takings.ads.rules.showings import BITS
from takings.core import ids
from takings.events.queries import viewers_being_erased


def record_exposures(*, exposures: Iterable[Exposure]) -> None:
    """Write down which capped ads were chosen; the same decision again changes nothing.

    What began before it was written here counts as begun: whichever of the two is written second
    sees the first.
    """
    rows = [
        models.Exposure(
            decision_id=one.decision_id,
            viewer_id=one.viewer_id,
            line_item_id=one.line_item_id,
            video_id=one.video_id,
            served_at=one.served_at,
            counts_until=one.counts_until,
        )
        for one in exposures
    ]
    models.Exposure.objects.bulk_create(rows, ignore_conflicts=True)
    told = models.Showing.objects.filter(pk__in=[row.pk for row in rows])
    begun = told.alias(starts=F("kinds").bitand(BITS["started"])).filter(starts__gt=0)
    begin_exposures(decision_ids=list(begun.values_list("pk", flat=True)))


def begin_exposures(*, decision_ids: Collection[uuid.UUID]) -> None:
    """Let ads count for a week, since they began to play.

    Rows are locked in the order of their ids, so that workers never deadlock.
    """
    if not decision_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [REMEMBERED.days, list(decision_ids)])


def forget_exposures(*, at: dt.datetime) -> int:
    """Delete what counts no more, and all of those who are being erased; return how many rows.

    Ids of decisions begin with their time, so the old ones are together.
    """
    first = ids.uuid7(at=at - REMEMBERED, entropy=0)
    old, _ = models.Exposure.objects.filter(pk__lt=first).delete()
    erased = models.Exposure.objects.filter(viewer_id__in=viewers_being_erased())
    return old + erased.delete()[0]


_BEGIN = """
UPDATE ads_exposure SET counts_until = served_at + make_interval(days => %s)
WHERE decision_id IN (
    SELECT decision_id FROM ads_exposure WHERE decision_id = ANY(%s::uuid[])
    ORDER BY decision_id FOR UPDATE
)
"""
