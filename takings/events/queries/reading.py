"""Reading events back: by the segment they came in, and how big the lake is."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
from django.conf import settings
from django.db.models import Max, Min, Sum

from takings.core import clock
from takings.events.models import Segment
from takings.events.queries.snapshots import EVERYTHING, between_days, plan_files, reading
from takings.events.rules.pairs import from_pair
from takings.events.rules.rows import EventRow

BATCH_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class LakeStats:
    """What is in the lake, and what still waits in the log of this machine."""

    snapshot_id: int
    file_count: int
    row_count: int
    byte_count: int
    segment_count: int
    first_day: dt.date | None
    last_day: dt.date | None
    shipped_at: dt.datetime | None
    waiting_segment_count: int
    waiting_byte_count: int
    unreadable_segment_count: int


def segment_events(*, segment: str, types: Sequence[str]) -> Iterator[EventRow]:
    """Yield the segment's events of these types by id; one the lake lacks yields nothing.

    An id that was sent twice comes once for each time it was written: deduplicate by the id, or
    by what the event is about.
    """
    row = Segment.objects.filter(name=segment).first()
    if row is None or row.first_day is None or row.last_day is None:
        return
    files = plan_files(
        where=f"segment = '{row.name}' and {between_days(row.first_day, row.last_day)}"
    )
    with reading(files) as engine:
        query = (
            "SELECT * FROM events WHERE segment = $segment AND list_contains($types, type)"
            " ORDER BY id_hi, id_lo"
        )
        answer = engine.sql(query, params={"segment": segment, "types": list(types)})
        for batch in answer.to_arrow_reader(BATCH_ROWS):
            yield from _rows(batch)


def events_of_days(*, first: dt.date, last: dt.date, types: Sequence[str]) -> Iterator[EventRow]:
    """Yield the events of these types of showings that began on these UTC days, in no order."""
    with reading(plan_files(where=between_days(first, last))) as engine:
        query = "SELECT * FROM events WHERE list_contains($types, type)"
        answer = engine.sql(query, params={"types": list(types)})
        for batch in answer.to_arrow_reader(BATCH_ROWS):
            yield from _rows(batch)


def lake_stats() -> LakeStats:
    """Return sizes of the newest snapshot and of this machine's log."""
    files = plan_files(where=EVERYTHING)
    known = Segment.objects.aggregate(
        first=Min("first_day"), last=Max("last_day"), at=Max("shipped_at"), rows=Sum("row_count")
    )
    home = settings.EVENTS_HOME
    waiting = [path.stat().st_size for path in (*home.glob("*.open"), *home.glob("*.sealed"))]
    return LakeStats(
        snapshot_id=files.snapshot_id,
        file_count=len(files.paths),
        row_count=files.row_count,
        byte_count=files.byte_count,
        segment_count=Segment.objects.count(),
        first_day=known["first"],
        last_day=known["last"],
        shipped_at=known["at"],
        waiting_segment_count=len(waiting),
        waiting_byte_count=sum(waiting),
        unreadable_segment_count=len([*home.glob("*.unreadable"), *home.glob("*.damaged")]),
    )


def _rows(batch: pa.RecordBatch) -> Iterator[EventRow]:
    for event in batch.to_pylist():
        yield EventRow(
            id=from_pair(event["id_hi"], event["id_lo"]),
            type=event["type"],
            view_id=from_pair(event["view_hi"], event["view_lo"]),
            video_id=from_pair(event["video_hi"], event["video_lo"]),
            viewer_id=from_pair(event["viewer_hi"], event["viewer_lo"]),
            received_at=clock.from_ms(event["received_ms"]),
            watched_ms=event["watched_ms"],
            position_ms=event["position_ms"],
            country=event["country"],
            surface=event["surface"],
            ua_class=event["ua_class"],
            network=event["network"],
            net_class=event["net_class"] or "",
            ad=event["ad"],
            segment=event["segment"],
        )
