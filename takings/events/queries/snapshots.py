"""A pinned version of the lake: which files it consists of, and an engine to read them with."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from django.conf import settings

from takings.core.errors import Conflict, NotFound, Unavailable
from takings.events.models import lake
from takings.events.models.files import present_path
from takings.events.rules.rows import COLUMNS


class NoSuchSnapshot(NotFound):
    """The lake never had this version, or it was expired."""

    code = "no_such_snapshot"
    sentence = "The event lake has no snapshot {snapshot_id}."


class LakeHasDeletes(Conflict):
    """We only append and rewrite; another program must have deleted rows with delete files."""

    code = "lake_has_deletes"
    sentence = "{path} has delete files, so reading it plainly would count deleted events."


class LakeFileBroken(Unavailable):
    """A file the snapshot names is missing or damaged; nothing may be counted without it."""

    code = "lake_file_broken"
    sentence = "The event lake cannot be read: {why}"


EVERYTHING = "day >= '1970-01-01'"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one snapshot that can hold the wanted rows. Snapshot 0 is the empty lake."""

    snapshot_id: int
    paths: tuple[str, ...]
    row_count: int
    byte_count: int


def between_days(first: dt.date, last: dt.date) -> str:
    """Return the condition that prunes the lake to these days, both included."""
    return f"day >= '{first.isoformat()}' and day <= '{last.isoformat()}'"


def plan_files(*, where: str, snapshot_id: int | None = None) -> Files:
    """Return the files of this snapshot (the newest by default) that can hold such rows."""
    try:
        table = lake.find_table()
    except FileNotFoundError as error:
        raise LakeFileBroken(why=str(error)) from error
    snapshot = table.current_snapshot() if table else None
    if table and snapshot_id is not None:
        snapshot = table.snapshot_by_id(snapshot_id)
    if table is None or snapshot is None:
        if snapshot_id:
            raise NoSuchSnapshot(snapshot_id=snapshot_id)
        return Files(0, (), 0, 0)
    found = []
    for task in table.scan(row_filter=where, snapshot_id=snapshot.snapshot_id).plan_files():
        if task.delete_files:
            raise LakeHasDeletes(path=task.file.file_path)
        found.append(task.file)
    found.sort(key=lambda file: file.file_path)
    return Files(
        snapshot.snapshot_id,
        tuple(present_path(file.file_path, warehouse=lake.warehouse()) for file in found),
        sum(file.record_count for file in found),
        sum(file.file_size_in_bytes for file in found),
    )


@contextmanager
def reading(files: Files) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine whose relation ``events`` is exactly these files, in the lake's columns.

    Refuses :class:`LakeFileBroken` when one of them cannot be read.
    """
    spill = settings.LAKE_HOME / "spill"
    switches: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(spill),
    }
    with duckdb.connect(":memory:", config=switches) as engine:
        try:
            if files.paths:
                _read_files(engine, files.paths).create_view("events")
            else:
                engine.register("events", COLUMNS.empty_table())
            yield engine
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise LakeFileBroken(why=str(error)) from error


def _read_files(engine: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> duckdb.DuckDBPyRelation:
    """Return the files' rows in exactly the lake's columns; null where a file is older than one."""
    listed = engine.read_parquet(list(paths), hive_partitioning=False, union_by_name=True)
    known = set(listed.columns)
    columns = [name if name in known else f"NULL::VARCHAR AS {name}" for name in COLUMNS.names]
    return listed.project(", ".join(columns))


def arrow(engine: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """Return the query's answer as a table."""
    return engine.sql(query).to_arrow_table()
