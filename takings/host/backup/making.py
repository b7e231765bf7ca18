"""Make a backup of a data home while its product runs, or while it does not."""

import contextlib
import datetime as dt
import errno
import fcntl
import importlib.metadata
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from takings.core.errors import Conflict, Forbidden, Unavailable
from takings.core.progress import Progress
from takings.host.backup.copying import MB, MORE_BYTES, Copier, digest_of, files_below, flush
from takings.host.backup.manifest import (
    CONTENTS,
    DATABASE,
    DUMP,
    Manifest,
    write_digests,
    write_manifest,
)
from takings.host.backup.tools import (
    ToolFailed,
    copy_cluster,
    dump_database,
    verify_cluster,
)
from takings.host.postgres.archive import archive_of
from takings.host.postgres.place import check_ownership
from takings.host.postgres.program import find_program
from takings.host.postgres.server import open_server

Clock = Callable[[], dt.datetime]
NO_SPACE = "No space left on device"


class BackupFolderUnfit(Conflict):
    """A backup makes its own folder."""

    code = "backup_folder_unfit"
    sentence = "A backup cannot be made at {folder}: {why}."


class BackupForbidden(Forbidden):
    """The folder cannot be written, or the home cannot be read."""

    code = "backup_forbidden"
    sentence = "{path}: {why}. Nothing was backed up."


class NoRoomForBackup(Unavailable):
    """The disk of the backup is full."""

    code = "no_room_for_backup"
    sentence = "The disk of {folder} has no room for this backup ({free_mb} MB free{needed})."


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to back up where. ``url`` is a database elsewhere; without it, ours is meant."""

    home: Path
    folder: Path
    url: str = ""


def make_backup(*, wish: Wish, progress: Progress, now: Clock) -> Manifest:
    """Back a data home up into a new folder; an interrupted backup never has its name.

    Refuses :class:`BackupFolderUnfit`, :class:`BackupForbidden`, :class:`NoRoomForBackup` and
    what PostgreSQL's tools say.
    """
    check_ownership(home=wish.home)
    _check_folder(wish)
    with _refusals(wish), _draft(wish) as draft:
        _check_room(wish)
        manifest = _fill(draft, wish=wish, progress=progress, now=now)
        flush(folder=draft)
        draft.rename(wish.folder)
        flush(folder=wish.folder)
    return manifest


def _fill(draft: Path, *, wish: Wish, progress: Progress, now: Clock) -> Manifest:
    began_at = now()
    (draft / CONTENTS).mkdir(mode=0o700)
    copier = Copier(source=wish.home, target=draft / CONTENTS, progress=progress)
    copier.copy(step="Files (MB)", top=True)
    digests, database_at = _copy_database(draft, wish=wish, progress=progress, now=now)
    copier.copy(step="Files that are new (MB)", top=False)
    digests |= {f"{CONTENTS}/{path}": digest for path, digest in copier.digests.items()}
    archive = archive_of(home=wish.home)
    manifest = Manifest(
        kind="dump" if wish.url else "cluster",
        began_at=began_at,
        database_at=database_at,
        finished_at=now(),
        takings=importlib.metadata.version("takings"),
        postgres_major=find_program().major,
        home=str(wish.home),
        archive=str(archive) if archive and not wish.url else None,
        file_count=len(digests),
        byte_count=sum((draft / path).stat().st_size for path in digests),
        files_sha256=write_digests(folder=draft, digests=digests),
    )
    write_manifest(folder=draft, manifest=manifest)
    return manifest


def _copy_database(
    draft: Path, *, wish: Wish, progress: Progress, now: Clock
) -> tuple[dict[str, str], dt.datetime]:
    """Copy the database; returns its digests and the instant its state is of.

    A copied cluster is that of the copy's end, a dump that of its beginning.
    """
    program = find_program()
    if wish.url:
        at = now()
        dump_database(url=wish.url, program=program, file=draft / DUMP, progress=progress)
        return {DUMP: digest_of(path=draft / DUMP)[0]}, at
    folder = draft / DATABASE
    with open_server(home=wish.home) as server:
        copy_cluster(place=server.place, program=program, folder=folder, progress=progress)
        at = now()
    found = verify_cluster(program=program, folder=folder)
    return {f"{DATABASE}/{path}": digest for path, digest in found.items()}, at


def _check_folder(wish: Wish) -> None:
    folder, why = wish.folder, ""
    if not wish.home.is_dir():
        raise BackupForbidden(path=wish.home, why="there is no data home here")
    if folder.resolve().is_relative_to(wish.home.resolve()):
        why = "it lies in the data home, and would be lost with it"
    elif folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        why = "it is not a folder"
    elif folder.is_dir() and os.path.ismount(folder):
        why = "a disk is mounted there; name a new folder on it"
    elif folder.is_dir() and any(folder.iterdir()):
        why = "the folder is not empty; name a new one"
    if why:
        raise BackupFolderUnfit(folder=folder, why=why)


@contextlib.contextmanager
def _draft(wish: Wish) -> Iterator[Path]:
    """Give a folder beside the wished one, gone again unless it was renamed.

    One that a killed backup left is removed; one that is being written is not.
    """
    draft = wish.folder.with_name(f"{wish.folder.name}.unfinished")
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _take(descriptor, wish=wish)
        for left in draft.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    finally:
        os.close(descriptor)


def _take(descriptor: int, *, wish: Wish) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        why = "another backup is being made there"
        raise BackupFolderUnfit(folder=wish.folder, why=why) from error


def _check_room(wish: Wish) -> None:
    needed = sum(seen.size for _, seen in files_below(folder=wish.home)) + MORE_BYTES
    cluster = wish.home / "postgres"
    if not wish.url and cluster.exists():
        tables = cluster.resolve() / "data" / "base"
        needed += sum(seen.size for _, seen in files_below(folder=tables))
    free = shutil.disk_usage(wish.folder.parent).free
    if free < needed:
        more = f", {needed // MB} needed"
        raise NoRoomForBackup(folder=wish.folder, free_mb=free // MB, needed=more)


@contextlib.contextmanager
def _refusals(wish: Wish) -> Iterator[None]:
    """Say what the operating system meant."""
    try:
        yield
    except ToolFailed as failed:
        if NO_SPACE in str(failed):
            raise _no_room(wish) from failed
        raise
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(wish) from error
        path = error.filename or wish.folder
        raise BackupForbidden(path=path, why=error.strerror or str(error)) from error


def _no_room(wish: Wish) -> NoRoomForBackup:
    free = shutil.disk_usage(wish.folder.parent).free
    return NoRoomForBackup(folder=wish.folder, free_mb=free // MB, needed="")
