"""What some viewers watched of views that count: for pools shared by each member's own watching."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources

import pyarrow as pa

from takings.core import clock
from takings.events.queries.engines import chosen_engine
from takings.events.queries.judging import judge
from takings.events.queries.snapshots import between_days, plan_files
from takings.events.rules.pairs import first_high, from_pair, to_pair
from takings.policies.rules import Policy

WATCHED = resources.files(__package__).joinpath("watched.sql").read_text()


@dataclass(frozen=True, slots=True, order=True)
class ViewerWatched:
    """What one viewer watched of one video on one UTC day in one country."""

    viewer_id: uuid.UUID
    day: dt.date
    country: str
    video_id: uuid.UUID
    views: int
    watched_ms: int


def watching(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    policy: Policy,
    viewers: Collection[uuid.UUID],
    snapshot_id: int | None = None,
) -> list[ViewerWatched]:
    """Return what these viewers watched in [``starts_at``, ``ends_at``), of views that count.

    They are the same views as in :func:`daily_counts` of the same snapshot.
    """
    last = ends_at - dt.timedelta(microseconds=1)
    where = between_days(starts_at.astimezone(clock.UTC).date(), last.astimezone(clock.UTC).date())
    files = plan_files(where=where, snapshot_id=snapshot_id)
    pairs = [to_pair(viewer) for viewer in sorted(viewers)]
    members = {
        "viewer_hi": pa.array([high for high, _ in pairs], pa.int64()),
        "viewer_lo": pa.array([low for _, low in pairs], pa.int64()),
    }
    with chosen_engine().open(files) as session:
        session.add("members", pa.table(members))
        query = WATCHED.format(
            showings=judge(session, policy=policy),
            first_high=first_high(starts_at),
            end_high=first_high(ends_at),
        )
        return _read(session.answer(query))


def _read(table: pa.Table) -> list[ViewerWatched]:
    columns = [table[name].to_pylist() for name in table.column_names]
    return [
        ViewerWatched(
            viewer_id=from_pair(viewer_hi, viewer_lo),
            day=day,
            country=country,
            video_id=from_pair(video_hi, video_lo),
            views=views,
            watched_ms=watched_ms,
        )
        for viewer_hi, viewer_lo, day, country, video_hi, video_lo, views, watched_ms in zip(
            *columns, strict=True
        )
    ]
