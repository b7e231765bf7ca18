"""Counting views: one text of SQL over the files of a pinned snapshot."""

import datetime as dt
from importlib import resources

import pyarrow as pa

from takings.core import clock
from takings.events.queries.engines import chosen_engine
from takings.events.queries.judging import judge
from takings.events.queries.snapshots import between_days, plan_files
from takings.events.rules.pairs import first_high, from_pair
from takings.events.rules.views import Counts, DailyCount, digest_counts
from takings.policies.rules import Policy

COUNTS = resources.files(__package__).joinpath("counts.sql").read_text()


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
    with chosen_engine().open(files) as session:
        query = COUNTS.format(
            showings=judge(session, policy=policy),
            first_high=first_high(starts_at),
            end_high=first_high(ends_at),
        )
        rows = tuple(_read(session.answer(query)))
    return Counts(files.snapshot_id, digest_counts(rows), rows)


def _read(table: pa.Table) -> list[DailyCount]:
    columns = [table[name].to_pylist() for name in table.column_names]
    videos = {pair: from_pair(*pair) for pair in set(zip(columns[2], columns[3], strict=True))}
    return [
        DailyCount(day, country, videos[high, low], outcome, views, watched_ms)
        for day, country, high, low, outcome, views, watched_ms in zip(*columns, strict=True)
    ]
