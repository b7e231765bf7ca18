"""Many small files into few: shipping every few seconds leaves a file each time."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from takings.core.errors import Conflict
from takings.events.actions.append import one_committer
from takings.events.models import lake
from takings.events.queries.snapshots import between_days, plan_files, reading
from takings.events.rules.rows import COLUMNS

MOST_FILES = 32
"""A day with more files than this is rewritten; planning and opening each costs about 2 ms."""
MOST_BYTES = 128 << 20
"""A day larger than this has files that are large enough, and is left alone."""


class RowsChanged(Conflict):
    """A rewrite must hold exactly the rows it replaces."""

    code = "rows_changed"
    sentence = "Rewriting {day} read {found} rows where the lake has {expected}; nothing changed."


@dataclass(frozen=True, slots=True)
class CompactedDay:
    """A day whose files became one."""

    day: dt.date
    row_count: int
    file_count: int


def compact_lake(*, at: dt.datetime) -> list[CompactedDay]:
    """Rewrite the days that consist of many small files; earlier snapshots stay as they were.

    Every row keeps its columns, so counts, digests and ``segment_events`` do not change. Refuses
    :class:`RowsChanged`.
    """
    return [_rewrite(day, at=at) for day in _crumbled_days()]


def _crumbled_days() -> list[dt.date]:
    table = lake.find_table()
    counts: Counter[dt.date] = Counter()
    sizes: Counter[dt.date] = Counter()
    for task in table.scan().plan_files() if table else ():
        day = lake.day_of(task.file)
        counts[day] += 1
        sizes[day] += task.file.file_size_in_bytes
    return sorted(day for day in counts if counts[day] > MOST_FILES and sizes[day] < MOST_BYTES)


def _rewrite(day: dt.date, *, at: dt.datetime) -> CompactedDay:
    with one_committer(at=at):
        files = plan_files(where=between_days(day, day))
        with reading(files) as engine:
            query = "SELECT * FROM events ORDER BY type, video_hi, video_lo, id_hi, id_lo"
            rows = engine.sql(query).to_arrow_table().select(COLUMNS.names).cast(COLUMNS)
        if len(rows) != files.row_count or set(rows["day"].unique().to_pylist()) != {day}:
            raise RowsChanged(day=day, found=len(rows), expected=files.row_count)
        lake.open_table().overwrite(rows, overwrite_filter=between_days(day, day))
    return CompactedDay(day, len(rows), len(files.paths))
