"""Counting views: one text of SQL over the files of a pinned snapshot."""

import datetime as dt
from importlib import resources

import pyarrow as pa

from takings.core import clock
from takings.events.queries.snapshots import arrow, between_days, plan_files, reading
from takings.events.rules.pairs import first_high, from_pair, to_pair
from takings.events.rules.views import Counts, DailyCount, digest_counts
from takings.policies.rules import Policy
from takings.videos.models import Purpose, Video

SHOWINGS = resources.files(__package__).joinpath("showings.sql").read_text()
COUNTS = resources.files(__package__).joinpath("counts.sql").read_text()
DAY_MS = 86_400_000


def daily_counts(
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    policy: Policy,
    snapshot_id: int | None = None,
) -> Counts:
    """Count the views that began in [``starts_at``, ``ends_at``) by day, country, video, outcome.

    Both instants may fall inside a day. Every view has exactly one outcome, so the counts sum to
    all views; which of a viewer's views are repeats is decided over whole UTC days, so that
    periods meeting inside a day count each view once. Without ``snapshot_id`` the newest version
    of the lake is read; with it, the same counts come out again.
    """
    last = ends_at - dt.timedelta(microseconds=1)
    where = between_days(starts_at.astimezone(clock.UTC).date(), last.astimezone(clock.UTC).date())
    files = plan_files(where=where, snapshot_id=snapshot_id)
    query = COUNTS.format(
        showings=showings_sql(policy=policy),
        first_high=first_high(starts_at),
        end_high=first_high(ends_at),
    )
    with reading(files) as engine:
        engine.register("videos", video_table())
        rows = tuple(_read(arrow(engine, query)))
    return Counts(files.snapshot_id, digest_counts(rows), rows)


def showings_sql(*, policy: Policy, within: str = "") -> str:
    """Return the query that gives each view its outcome under this policy.

    It reads the relations ``events`` and ``videos``; ``within`` narrows the events by a condition
    that starts with ``AND``.
    """
    rule = policy.view
    return SHOWINGS.format(
        events="events",
        videos="videos",
        within=within,
        counts_own_views=int(rule.counts_own_views),
        late_ms=policy.settlement.late_days * DAY_MS,
        min_watch_ms=rule.min_watch_ms,
        min_percent=rule.min_percent,
        above=int(rule.watch_comparator == ">"),
        max_per_viewer_video_day=rule.max_per_viewer_video_day,
    )


def video_table() -> pa.Table:
    """Return the published posts: id, length, and the uploader's viewer id, for own views."""
    posts = Video.objects.filter(purpose=Purpose.POST, duration_ms__gt=0).order_by("pk")
    found = list(posts.values_list("id", "uploader__viewer_id", "duration_ms"))
    videos = [to_pair(video) for video, _, _ in found]
    owners = [to_pair(owner) for _, owner, _ in found]
    columns = {
        "video_hi": [high for high, _ in videos],
        "video_lo": [low for _, low in videos],
        "owner_hi": [high for high, _ in owners],
        "owner_lo": [low for _, low in owners],
        "duration_ms": [duration for _, _, duration in found],
    }
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


def _read(table: pa.Table) -> list[DailyCount]:
    columns = [table[name].to_pylist() for name in table.column_names]
    videos = {pair: from_pair(*pair) for pair in set(zip(columns[2], columns[3], strict=True))}
    return [
        DailyCount(day, country, videos[high, low], outcome, views, watched_ms)
        for day, country, high, low, outcome, views, watched_ms in zip(*columns, strict=True)
    ]
