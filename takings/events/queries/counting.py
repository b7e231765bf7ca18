"""What was watched: views by day and outcome, and by viewer; always the same numbers."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

import duckdb
import pyarrow as pa

from takings.events.queries.partials import Kind, merging
from takings.events.queries.spans import Span
from takings.events.rules.pairs import from_pair, to_pair
from takings.events.rules.views import Counts, DailyCount, ViewerWatched, digest_counts
from takings.policies.rules import Policy

MERGED = """
SELECT p.day, p.country, p.video_hi, p.video_lo, p.outcome, p.views, p.watched_ms FROM parts p
"""
OF_VIEWERS = """
SELECT
    p.viewer_hi, p.viewer_lo, p.day, p.country, p.video_hi, p.video_lo,
    CAST(SUM(p.views) AS BIGINT) AS views, CAST(SUM(p.watched_ms) AS BIGINT) AS watched_ms
FROM parts p
JOIN wanted w ON w.viewer_hi = p.viewer_hi AND w.viewer_lo = p.viewer_lo
GROUP BY p.viewer_hi, p.viewer_lo, p.day, p.country, p.video_hi, p.video_lo
"""


def daily_counts(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    policy: Policy,
    snapshot_id: int | None = None,
) -> Counts:
    """Count the views that began in [``starts_at``, ``ends_at``) by day, country, video, outcome.

    Both instants may fall inside a day. Every view has exactly one outcome, so the counts sum to
    all views; it is decided over whole UTC days, so that periods meeting inside a day count each
    view once. Whole days that ``count_days`` has counted are read from its partials. Without
    ``snapshot_id`` the newest version of the lake is read; with it, the same counts come again.
    """
    span = Span.of(starts_at, ends_at, policy=policy, snapshot_id=snapshot_id)
    rows: list[DailyCount] = []
    kept = span.kept(Kind.COUNTS)
    if kept:
        with merging(list(kept.values()), videos=span.videos) as engine:
            rows += _counts(engine.sql(MERGED).to_arrow_table())
    for table in span.count(Kind.COUNTS, but=kept):
        rows += _counts(table)
    rows.sort()
    return Counts(span.snapshot_id, digest_counts(rows), tuple(rows))


def watching(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    policy: Policy,
    viewers: Collection[UUID],
    snapshot_id: int | None = None,
) -> list[ViewerWatched]:
    """Return what these viewers watched that counted in [``starts_at``, ``ends_at``), in one order.

    Days are read and counted as by :func:`daily_counts`, of which this is a part: a view counts
    here if and only if it counts there.
    """
    span = Span.of(starts_at, ends_at, policy=policy, snapshot_id=snapshot_id)
    pairs = [to_pair(viewer) for viewer in sorted(viewers)]
    wanted = pa.table(
        {
            "viewer_hi": pa.array([high for high, _ in pairs], pa.int64()),
            "viewer_lo": pa.array([low for _, low in pairs], pa.int64()),
        }
    )
    kept = span.kept(Kind.WATCHING)
    found = [_of(wanted, table) for table in span.count(Kind.WATCHING, but=kept)]
    if kept:
        with merging(list(kept.values()), videos=span.videos) as engine:
            engine.register("wanted", wanted)
            found.append(engine.sql(OF_VIEWERS).to_arrow_table())
    if not found:
        return []
    whole = pa.concat_tables(found)
    return sorted(_watched(_of(wanted, whole)))


def _of(wanted: pa.Table, table: pa.Table) -> pa.Table:
    """Return the sums of the wanted viewers only."""
    with duckdb.connect(":memory:") as engine:
        engine.register("wanted", wanted)
        engine.register("parts", table)
        return engine.sql(OF_VIEWERS).to_arrow_table()


def _counts(table: pa.Table) -> list[DailyCount]:
    columns = [table[name].to_pylist() for name in _COUNTED]
    videos = {pair: from_pair(*pair) for pair in set(zip(columns[2], columns[3], strict=True))}
    return [
        DailyCount(day, country, videos[high, low], outcome, views, watched_ms)
        for day, country, high, low, outcome, views, watched_ms in zip(*columns, strict=True)
    ]


_COUNTED = ("day", "country", "video_hi", "video_lo", "outcome", "views", "watched_ms")


def _watched(table: pa.Table) -> list[ViewerWatched]:
    return [
        ViewerWatched(
            viewer_id=from_pair(row["viewer_hi"], row["viewer_lo"]),
            day=row["day"],
            country=row["country"],
            video_id=from_pair(row["video_hi"], row["video_lo"]),
            views=row["views"],
            watched_ms=row["watched_ms"],
        )
        for row in table.to_pylist()
    ]
