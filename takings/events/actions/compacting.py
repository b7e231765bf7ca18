"""Many small files into few: shipping every few seconds leaves a file each time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from takings.core.errors import Conflict
from takings.core.progress import Progress, silent
from takings.events.actions.rewriting import BATCH_ROWS, delete_files, swap_files, write_files
from takings.events.models import Operation, lake
from takings.events.queries.snapshots import Files, planned, reading

MOST_FILES = 32
"""A day with more small files than this is compacted; planning and opening each costs 2 ms."""
SMALL_BYTES = 32 << 20
"""A file of this size is large enough, and is left alone."""
ORDERED = "SELECT * FROM events ORDER BY type, video_hi, video_lo, id_hi, id_lo"


class RowsChanged(Conflict):
    """A rewrite must hold exactly the rows it replaces."""

    code = "rows_changed"
    sentence = "Rewriting {day} read {found} rows where the lake has {expected}; nothing changed."


@dataclass(frozen=True, slots=True)
class CompactedDay:
    """A day whose small files became one, or few."""

    day: dt.date
    row_count: int
    file_count: int


def compact_lake(*, at: dt.datetime, progress: Progress = silent) -> list[CompactedDay]:
    """Rewrite the small files of days that have many; earlier versions stay as they were.

    Every row keeps its columns, so counts, digests and ``segment_events`` do not change. Each day
    is a commit of its own: a run that is stopped goes on where it was. Refuses
    :class:`RowsChanged`.
    """
    table = lake.find_table()
    days = _crumbled_days(table) if table else {}
    done = []
    for number, (day, crumbs) in enumerate(sorted(days.items())):
        progress("compact", number, len(days))
        if table and _rewrite(table, day, crumbs, at=at):
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


def _rewrite(table: Table, day: dt.date, crumbs: Sequence[DataFile], *, at: dt.datetime) -> bool:
    with reading(Files(0, tuple(planned(file) for file in crumbs))) as engine:
        batches = engine.sql(ORDERED).to_arrow_reader(BATCH_ROWS)
        whole = write_files(table, day=day, batches=batches)
    expected = sum(file.record_count for file in crumbs)
    found = sum(file.record_count for file in whole)
    if found != expected:
        delete_files(table, whole)
        raise RowsChanged(day=day, found=found, expected=expected)
    return swap_files(old=crumbs, new=whole, operation=Operation.COMPACTED, at=at)
