"""Counting views: one text of SQL over the files of a pinned snapshot, a day at a time."""

import datetime as dt
from collections.abc import Iterator
from importlib import resources
from itertools import groupby

import pyarrow as pa

from takings.core import clock
from takings.events.queries.engines import chosen_engine
from takings.events.queries.judging import judge
from takings.events.queries.snapshots import Files, between_days, plan_files
from takings.events.rules.pairs import first_high, from_pair
from takings.events.rules.views import Counts, DailyCount, digest_counts
from takings.policies.rules import Policy

READ = ("day", "country", "video_hi", "video_lo", "outcome", "views", "watched_ms")
COUNTS, PAIRS = (
    resources.files(__package__).joinpath(name).read_text() for name in ("counts.sql", "pairs.sql")
)


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
    view once. Where the policy lets a view count once ever, every day since the lake began is
    looked at. Without ``snapshot_id`` the newest version of the lake is read; with it, the same
    counts come out again.
    """
    last = ends_at - dt.timedelta(microseconds=1)
    first_day, last_day = (at.astimezone(clock.UTC).date() for at in (starts_at, last))
    once_ever = policy.view.once_ever
    where = between_days(dt.date(1970, 1, 1) if once_ever else first_day, last_day)
    files = plan_files(where=where, snapshot_id=snapshot_id)
    bounds = {"first_high": first_high(starts_at), "end_high": first_high(ends_at)}
    rows: list[DailyCount] = []
    earlier: pa.Table | None = None
    for day, part in days_of(files):
        with chosen_engine().open(part) as session:
            showings = judge(session, policy=policy, earlier=earlier)
            if day >= first_day:
                rows += _read(session.answer(COUNTS.format(showings=showings, **bounds)))
            if once_ever:
                pairs = session.answer(PAIRS.format(showings=showings))
                earlier = pairs if earlier is None else pa.concat_tables([earlier, pairs])
    return Counts(files.snapshot_id, digest_counts(rows), tuple(rows))


def days_of(files: Files) -> Iterator[tuple[dt.date, Files]]:
    """Yield the files of each day, in order."""
    ordered = sorted(files.planned, key=lambda file: (file.day, file.path))
    for day, planned in groupby(ordered, key=lambda file: file.day):
        yield day, Files(files.snapshot_id, tuple(planned))


def _read(table: pa.Table) -> list[DailyCount]:
    columns = [table[name].to_pylist() for name in READ]
    videos = {pair: from_pair(*pair) for pair in set(zip(columns[2], columns[3], strict=True))}
    return [
        DailyCount(day, country, videos[high, low], outcome, views, watched_ms)
        for day, country, high, low, outcome, views, watched_ms in zip(*columns, strict=True)
    ]
