"""Many small files into few: shipping every few seconds leaves a file each time."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from takings.core.progress import Progress, silent
from takings.events.actions.rewriting import Rewrite, rewrite_files
from takings.events.models import Operation, lake

MOST_FILES = 32
"""A day with more small files than this is compacted; planning and opening each costs 2 ms."""
SMALL_BYTES = 32 << 20
"""A file of this size is large enough, and is left alone."""
ORDERED = "SELECT * FROM events ORDER BY type, video_hi, video_lo, id_hi, id_lo"


@dataclass(frozen=True, slots=True)
class CompactedDay:
    """A day whose small files became one, or few."""

    day: dt.date
    row_count: int
    file_count: int


def compact_lake(*, at: dt.datetime, progress: Progress = silent) -> list[CompactedDay]:
    """Rewrite the small files of days that have many; earlier versions stay as they were.

    Every row keeps its columns, so counts, digests and ``segment_events`` do not change. Each day
    is a commit of its own: a run that is stopped goes on where it was. Refuses ``RowsChanged`` and
    ``LakeFileBroken``.
    """
    table = lake.find_table()
    days = _crumbled_days(table) if table else {}
    done = []
    for number, (day, crumbs) in enumerate(sorted(days.items())):
        progress("compact", number, len(days))
        rewrite = Rewrite(day, ORDERED, {}, Operation.COMPACTED)
        if rewrite_files(old=crumbs, rewrite=rewrite, at=at):
            row_count = sum(file.record_count for file in crumbs)
            done.append(CompactedDay(day, row_count, len(crumbs)))
    progress("compact", len(days), len(days))
    return done


def _crumbled_days(table: Table) -> dict[dt.date, list[DataFile]]:
    days: dict[dt.date, list[DataFile]] = defaultdict(list)
    for task in table.scan().plan_files():
        if task.file.file_size_in_bytes < SMALL_BYTES:
            days[lake.day_of(task.file)].append(task.file)
    return {day: crumbs for day, crumbs in days.items() if len(crumbs) > MOST_FILES}
