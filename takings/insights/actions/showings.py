"""Counting every showing of a period by outcome, so that creators see what did not count and why.

Settlement keeps the counted views; the rest is kept here. Both read the same snapshot of the lake.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction

from takings.events.queries import DailyCount, daily_counts
from takings.insights.models import Showings, Tally
from takings.policies.queries import policy
from takings.settlement.models import CloseStage, Estimate, Period, Stage
from takings.settlement.queries import newest_correction
from takings.videos.models import Video

BATCH = 5_000


def tally_showings(*, period: Period, at: dt.datetime) -> Tally | None:
    """Count the period's showings by outcome, unless its snapshot was counted before.

    The snapshot is the one that the last correction or the close read, or the last estimate;
    without any of them there is nothing to explain yet, and the answer is None.
    """
    snapshot_id = _snapshot_of(period)
    if snapshot_id is None:
        return None
    known = Tally.objects.filter(period=period, snapshot_id=snapshot_id).first()
    if known is not None:
        return known
    counts = daily_counts(
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        policy=policy(period.policy_version),
        snapshot_id=snapshot_id,
    )
    with transaction.atomic():
        # The schedule and a close may count the same period at once: one of them keeps its count.
        Period.objects.select_for_update(no_key=True).get(pk=period.pk)
        known = Tally.objects.filter(period=period, snapshot_id=snapshot_id).first()
        if known is not None:
            return known
        Tally.objects.filter(period=period).delete()
        tally = Tally.objects.create(period=period, snapshot_id=snapshot_id, counted_at=at)
        creators = _creators_of({row.video_id for row in counts.rows})
        Showings.objects.bulk_create(
            (
                _row(tally, row, creators[row.video_id])
                for row in counts.rows
                if row.video_id in creators
            ),
            batch_size=BATCH,
        )
    return tally


def _snapshot_of(period: Period) -> int | None:
    corrected = newest_correction(period=period)
    if corrected is not None:
        return corrected.snapshot_id
    counted = CloseStage.objects.filter(period=period, stage=Stage.COUNTED)
    closed: int | None = counted.values_list("snapshot_id", flat=True).first()
    if closed is not None:
        return closed
    return Estimate.objects.filter(period=period).values_list("snapshot_id", flat=True).first()


def _creators_of(video_ids: set[UUID]) -> dict[UUID, int]:
    wanted = sorted(video_ids)
    found: dict[UUID, int] = {}
    for start in range(0, len(wanted), BATCH):
        videos = Video.objects.filter(id__in=wanted[start : start + BATCH], creator__isnull=False)
        found |= dict(videos.values_list("id", "creator_id"))
    return found


def _row(tally: Tally, row: DailyCount, creator_id: int) -> Showings:
    return Showings(
        tally=tally,
        creator_id=creator_id,
        video_id=row.video_id,
        day=row.day,
        country=row.country,
        outcome=row.outcome,
        showing_count=row.views,
    )
