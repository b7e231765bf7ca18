"""Keeping the lake small: days settled long ago go, and versions that nobody named."""

import datetime as dt
from collections.abc import Sequence

from pyarrow.fs import FileInfo, FileSelector, FileType
from pyiceberg.table import Table

from takings.core.progress import Progress, silent
from takings.events.actions.append import one_committer
from takings.events.actions.deleting import delete_lake_files
from takings.events.actions.rewriting import swap_files
from takings.events.models import Gone, LakeFile, Operation, Retention, Snapshot, lake
from takings.events.models.files import DATA_FOLDER, name_of
from takings.events.models.stores import store
from takings.events.queries.keeping import (
    SettledAt,
    expendable_days,
    named_snapshots,
    unused_files,
)
from takings.events.queries.snapshots import between_days

UNNAMED = dt.timedelta(hours=2)
"""How long a version is kept that nobody named: longer than anybody reads one."""
STRAY = dt.timedelta(days=1)
"""A file that no version names may be one that is being written; after that it is not."""
LISTS_FOLDER = "metadata/"


def retain_lake(
    *, settled_at: SettledAt, keep_days: int, at: dt.datetime, progress: Progress = silent
) -> Retention:
    """Drop whole days that were settled longer ago than is kept, and give up unnamed versions.

    ``settled_at`` tells when the last period of a day was closed: its counts are stored then. A
    named version stays, but asking it for a dropped day refuses ``EventsGone``. A run that was
    stopped is finished by the next. Returns the record of the run.
    """
    days = expendable_days(settled_at=settled_at, keep=dt.timedelta(days=keep_days), at=at)
    for number, day in enumerate(days):
        progress("drop days", number, len(days))
        _drop(day, at=at)
    progress("drop days", len(days), len(days))
    dropped = list(LakeFile.objects.filter(day__in=days, removed__isnull=False, deleted_at=None))
    rows = sum(file.row_count for file in dropped if file.removed_id and _is_dropped(file))
    delete_lake_files(dropped, gone=Gone.DROPPED, at=at)
    snapshot_count = _give_up_versions(at=at)
    unused = unused_files()
    delete_lake_files(unused, gone=Gone.UNUSED, at=at)
    return Retention.objects.create(
        ran_at=at,
        keep_days=keep_days,
        day_count=len(days),
        row_count=rows,
        file_count=len(dropped) + len(unused),
        byte_count=sum(file.byte_count for file in (*dropped, *unused)),
        snapshot_count=snapshot_count,
        stray_count=_delete_strays(at=at),
    )


def _drop(day: dt.date, *, at: dt.datetime) -> None:
    tasks = lake.open_table().scan(between_days(day, day)).plan_files()
    if files := [task.file for task in tasks]:
        swap_files(old=files, new=[], operation=Operation.DROPPED, at=at)


def _is_dropped(file: LakeFile) -> bool:
    return file.removed is not None and file.removed.operation == Operation.DROPPED


def _give_up_versions(*, at: dt.datetime) -> int:
    """Let Iceberg forget old versions that nobody named, and delete the lists that were theirs."""
    with one_committer(at=at):
        table = lake.find_table()
        current = table.current_snapshot() if table else None
        if table is None or current is None:
            return 0
        old = Snapshot.objects.filter(expired_at=None, committed_at__lt=at - UNNAMED)
        named = named_snapshots() | {current.snapshot_id}
        ids = set(old.values_list("pk", flat=True)) - named
        known = {snapshot.snapshot_id for snapshot in table.snapshots()}
        if ids & known:
            table.maintenance.expire_snapshots().by_ids(sorted(ids & known)).commit()
        Snapshot.objects.filter(pk__in=ids).update(expired_at=at)
        _delete_lists(table)
        return len(ids)


def _delete_lists(table: Table) -> None:
    """Delete lists of files that no version names; nobody writes one while we hold the lake."""
    named: set[str] = set()
    for snapshot in lake.open_table().snapshots():
        named.add(name_of(snapshot.manifest_list))
        named |= {name_of(one.manifest_path) for one in snapshot.manifests(table.io)}
    for file in _listed(LISTS_FOLDER):
        name = _name(file)
        if name.endswith(".avro") and name not in named:
            lake.delete_file(name)


def _delete_strays(*, at: dt.datetime) -> int:
    """Delete data files that the register never knew."""
    names = {_name(file) for file in _listed(DATA_FOLDER) if file.mtime < at - STRAY}
    known = LakeFile.objects.filter(name__in=names).values_list("name", flat=True)
    strays = names - set(known)
    for name in sorted(strays):
        lake.delete_file(name)
    return len(strays)


def _listed(folder: str) -> Sequence[FileInfo]:
    selector = FileSelector(lake.path_of(folder), allow_not_found=True, recursive=True)
    return [file for file in store().get_file_info(selector) if file.type == FileType.File]


def _name(file: FileInfo) -> str:
    return str(file.path).removeprefix(lake.path_of(""))
