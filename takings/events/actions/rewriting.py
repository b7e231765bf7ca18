"""Putting other files in the place of some: written beside the lake, swapped in one short commit.

Shipping goes on while a day is rewritten. The swap names the files it takes out, so what arrives
meanwhile stays; where somebody else took one of them out first, nothing is swapped. A process that
dies in between leaves a file that no version names.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import pyarrow as pa
from django.conf import settings
from pyarrow import parquet
from pyiceberg.io.pyarrow import parquet_file_to_data_file, schema_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table

from takings.core.errors import Conflict
from takings.events.actions.append import bring_up_to_date, one_committer
from takings.events.actions.recording import record_snapshots
from takings.events.models import Operation, lake
from takings.events.queries.snapshots import Files, planned, reading

FILE_ROWS = 4_000_000
"""So many events, and a rewritten file ends with the next batch: about 140 MB."""
BATCH_ROWS = 250_000
"""How many events are held in memory at once: about 60 MB."""


class RowsChanged(Conflict):
    """A rewrite must hold exactly the rows it replaces."""

    code = "rows_changed"
    sentence = "Rewriting {day} read {found} rows where the lake has {expected}; nothing changed."


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What becomes of files of one day: a query over ``events`` and these relations."""

    day: dt.date
    query: str
    relations: Mapping[str, pa.Table]
    operation: Operation


def rewrite_files(*, old: Sequence[DataFile], rewrite: Rewrite, at: dt.datetime) -> bool:
    """Put what the query makes of the old files in their place; tells whether it did.

    If not, somebody else took an old file out first. Refuses :class:`RowsChanged` and
    ``LakeFileBroken``; either way nothing changed.
    """
    with one_committer(at=at):
        table = lake.open_table()
        bring_up_to_date(table)
    with reading(Files(0, tuple(planned(file) for file in old))) as engine:
        engine.execute("SET memory_limit = ?", [settings.ENGINE_MEMORY])
        for name, relation in rewrite.relations.items():
            engine.register(name, relation)
        batches = engine.sql(rewrite.query).to_arrow_reader(BATCH_ROWS)
        new = write_files(table, day=rewrite.day, batches=batches)
    expected, found = (sum(file.record_count for file in files) for files in (old, new))
    if found != expected:
        delete_files(table, new)
        raise RowsChanged(day=rewrite.day, found=found, expected=expected)
    return swap_files(old=old, new=new, operation=rewrite.operation, at=at)


def write_files(table: Table, *, day: dt.date, batches: Iterable[pa.RecordBatch]) -> list[DataFile]:
    """Write events of one day into new files, batch by batch; nobody reads them before the swap."""
    columns = schema_to_pyarrow(table.schema())
    waiting = iter(batches)
    written = []
    for first in waiting:
        location = table.location_provider().new_data_location(f"day={day}/{uuid.uuid4()}.parquet")
        row_count = 0
        with (
            table.io.new_output(location).create() as file,
            parquet.ParquetWriter(file, columns, compression="zstd") as writer,
        ):
            for batch in chain([first], waiting):
                rows = pa.Table.from_batches([batch])
                writer.write(rows.select(columns.names).cast(columns))
                row_count += len(rows)
                if row_count >= FILE_ROWS:
                    break
        written.append(parquet_file_to_data_file(table.io, table.metadata, location))
    return written


def swap_files(
    *, old: Sequence[DataFile], new: Sequence[DataFile], operation: Operation, at: dt.datetime
) -> bool:
    """Take the old files out and put the new ones in, as one version; tells whether it did.

    If not, somebody else took an old file out first, and the new files are deleted.
    """
    with one_committer(at=at):
        table = lake.open_table()
        live = {task.file.file_path for task in table.scan().plan_files()}
        if not live.issuperset(file.file_path for file in old):
            delete_files(table, new)
            return False
        marked = {lake.OPERATION_PROPERTY: operation.value}
        with table.transaction() as commit, commit.update_snapshot(marked).overwrite() as swap:
            for file in old:
                swap.delete_data_file(file)
            for file in new:
                swap.append_data_file(file)
        record_snapshots(table, at=at)
    return True


def delete_files(table: Table, files: Iterable[DataFile]) -> None:
    """Delete files that no version names."""
    for file in files:
        table.io.delete(file.file_path)
