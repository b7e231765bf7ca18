"""A pinned version of the lake: which files it consists of, and an engine to read them with."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from django.conf import settings
from pyiceberg.manifest import DataFile

from takings.core import clock
from takings.core.errors import Conflict, NotFound
from takings.events.models import Gone, LakeFile, Snapshot, lake
from takings.events.models.files import name_of
from takings.events.models.stores import BucketForEngines, is_bucket, store
from takings.events.queries.checking import LakeFileBroken, PlannedFile, check_bytes, check_files
from takings.events.rules.rows import COLUMNS


class NoSuchSnapshot(NotFound):
    """The lake never had this version, or it was expired."""

    code = "no_such_snapshot"
    sentence = "The event lake has no snapshot {snapshot_id}."


class SnapshotExpired(NotFound):
    """Nobody had named this version when it was given up."""

    code = "snapshot_expired"
    sentence = "Version {snapshot_id} of the event lake was given up at {at}: nothing had named it."


class EventsGone(NotFound):
    """A version that was named, whose events are kept no longer."""

    code = "events_gone"
    sentence = (
        "Version {snapshot_id} of the event lake cannot be read for {day} any more: a file of it"
        " was deleted at {at}, since {why}. What was counted from it is kept."
    )


class LakeHasDeletes(Conflict):
    """We only append and rewrite; another program must have deleted rows with delete files."""

    code = "lake_has_deletes"
    sentence = "{path} has delete files, so reading it plainly would count deleted events."


EVERYTHING = "day >= '1970-01-01'"


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one snapshot that can hold the wanted rows. Snapshot 0 is the empty lake."""

    snapshot_id: int
    planned: tuple[PlannedFile, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Where the files lie now, for an engine."""
        return tuple(file.path for file in self.planned)

    @property
    def row_count(self) -> int:
        """How many events are in the files."""
        return sum(file.row_count for file in self.planned)

    @property
    def byte_count(self) -> int:
        """How large the files are."""
        return sum(file.byte_count for file in self.planned)


def between_days(first: dt.date, last: dt.date) -> str:
    """Return the condition that prunes the lake to these days, both included."""
    return f"day >= '{first.isoformat()}' and day <= '{last.isoformat()}'"


def plan_files(*, where: str, snapshot_id: int | None = None) -> Files:
    """Return the files of this snapshot (the newest by default) that can hold such rows."""
    try:
        return _plan(where, snapshot_id)
    except FileNotFoundError as error:
        raise LakeFileBroken(
            file=name_of(str(error)), holds="what it consists of", expected="a file", found="none"
        ) from error


def _plan(where: str, snapshot_id: int | None) -> Files:
    table = lake.find_table()
    snapshot = table.current_snapshot() if table else None
    if table and snapshot_id is not None:
        snapshot = table.snapshot_by_id(snapshot_id)
    if table is None or snapshot is None:
        if snapshot_id:
            raise _unknown(snapshot_id)
        return Files(0, ())
    found = []
    for task in table.scan(row_filter=where, snapshot_id=snapshot.snapshot_id).plan_files():
        if task.delete_files:
            raise LakeHasDeletes(path=task.file.file_path)
        found.append(planned(task.file))
    if snapshot_id is not None:
        _refuse_gone(snapshot_id, found)
    return Files(snapshot.snapshot_id, tuple(sorted(found, key=lambda file: file.path)))


def _unknown(snapshot_id: int) -> NoSuchSnapshot | SnapshotExpired:
    row = Snapshot.objects.filter(pk=snapshot_id).exclude(expired_at=None).first()
    if row and row.expired_at:
        return SnapshotExpired(snapshot_id=snapshot_id, at=clock.said(row.expired_at))
    return NoSuchSnapshot(snapshot_id=snapshot_id)


def _refuse_gone(snapshot_id: int, files: Sequence[PlannedFile]) -> None:
    names = [file.name for file in files]
    gone = LakeFile.objects.filter(name__in=names).exclude(deleted_at=None).order_by("day").first()
    if gone and gone.deleted_at:
        raise EventsGone(
            snapshot_id=snapshot_id,
            day=gone.day,
            at=clock.said(gone.deleted_at),
            why=Gone(gone.gone).label,
        )


def planned(file: DataFile) -> PlannedFile:
    """Return what must be read of a file that the lake's own list names."""
    name = name_of(file.file_path)
    return PlannedFile(
        name,
        lake.engine_path_of(name),
        lake.day_of(file),
        file.record_count,
        file.file_size_in_bytes,
    )


@contextmanager
def reading(files: Files) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine whose relation ``events`` is exactly these files, in the lake's columns.

    Looks at them first (:func:`check_files`); refuses :class:`LakeFileBroken` when one of them
    cannot be read.
    """
    check_files(files.planned)
    spill = settings.LAKE_HOME / "spill"
    switches: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(spill),
    }
    with duckdb.connect(":memory:", config=switches) as engine:
        if is_bucket():
            engine.register_filesystem(BucketForEngines(store()))
        try:
            if files.paths:
                _read_files(engine, files.paths).create_view("events")
            else:
                engine.register("events", COLUMNS.empty_table())
            yield engine
        except duckdb.Error:
            check_bytes(files.planned)
            raise


def _read_files(engine: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> duckdb.DuckDBPyRelation:
    """Return the files' rows in exactly the lake's columns; null where a file is older than one."""
    listed = engine.read_parquet(list(paths), hive_partitioning=False, union_by_name=True)
    known = set(listed.columns)
    columns = [name if name in known else f"NULL::VARCHAR AS {name}" for name in COLUMNS.names]
    return listed.project(", ".join(columns))


def arrow(engine: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """Return the query's answer as a table."""
    return engine.sql(query).to_arrow_table()
