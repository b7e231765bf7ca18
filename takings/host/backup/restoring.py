"""Bring a backup back into an empty data home, as of its own instant or of a later one."""

import contextlib
import datetime as dt
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from takings.core import clock
from takings.core.errors import Conflict, Invalid
from takings.core.progress import Progress
from takings.host import checks
from takings.host.backup.copying import MB, MORE_BYTES, Copier, copy_file, flush, make_folders
from takings.host.backup.manifest import (
    CONTENTS,
    DATABASE,
    BackupDamaged,
    Manifest,
    read_manifest,
    verified_files,
)
from takings.host.lock import FileLock
from takings.host.postgres import place as places
from takings.host.postgres.archive import ArchiveUnfit, fetching
from takings.host.postgres.cluster import OtherMajorVersion
from takings.host.postgres.place import RESTORING, Place
from takings.host.postgres.program import find_program
from takings.host.postgres.server import ServerDidNotStart, log_path, recover

LOCKS = {"up.lock", "owner.lock", "server.lock"}
ENDED_EARLY = "before configured recovery target"
LAST_SEEN = re.compile(r"last completed transaction was at log time (\S+ [\d:]+)")


class HomeInUse(Conflict):
    """A restore never replaces anything."""

    code = "home_in_use"
    sentence = (
        "{home} is not empty ({found}). A restore goes into an empty data home only: "
        "name another with --home, or throw this one away with takings reset."
    )


class BeforeTheBackup(Invalid):
    """The log is replayed forwards only."""

    code = "before_the_backup"
    sentence = "This backup is of {at}; for {to}, take one that was made before."


class NoArchive(Invalid):
    """A later instant needs the log since the backup."""

    code = "no_archive"
    sentence = "Nothing was archived when {folder} was made; name the archive with --archive."


class NotForADump(Invalid):
    """A dump is one instant and holds no log."""

    code = "not_for_a_dump"
    sentence = "{folder} holds a dump of its own instant; use your server's archive for others."


class ArchiveEndsEarlier(Conflict):
    """The archive does not reach the instant."""

    code = "archive_ends_earlier"
    sentence = (
        "The archive does not reach {to}: the last thing in it happened {last}. "
        "Choose an earlier instant, and run the restore again."
    )


class NotReplayed(Conflict):
    """PostgreSQL could not bring the copy to life."""

    code = "not_replayed"
    sentence = "The database could not be brought back. {why}"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What to restore where. ``files_from`` is an older home, for files newer than the backup."""

    folder: Path
    home: Path
    to: dt.datetime | None = None
    archive: Path | None = None
    files_from: Path | None = None


@contextlib.contextmanager
def restored(*, wish: Wish, progress: Progress) -> Iterator[Manifest]:
    """Verify a backup and bring it back; what a dump still needs is done inside of the block.

    Until the block has ended the home is marked as unfinished: nothing else starts on it, and the
    same restore begins anew. Refuses a damaged backup and a home in use before it writes anything.
    """
    manifest = read_manifest(folder=wish.folder)
    _check(wish, manifest=manifest)
    _check_home(wish)
    files = verified_files(folder=wish.folder, manifest=manifest, progress=progress)
    with _claimed(wish):
        checks.check_home(home=wish.home, needed_bytes=manifest.byte_count + MORE_BYTES)
        _copy(files, wish=wish, manifest=manifest, progress=progress)
        if manifest.kind == "cluster":
            _replay(wish, manifest=manifest)
        yield manifest
        flush(folder=wish.home)
        (wish.home / RESTORING).unlink()


def _check(wish: Wish, *, manifest: Manifest) -> None:
    if wish.to is not None:
        if manifest.kind == "dump":
            raise NotForADump(folder=wish.folder)
        if wish.to < manifest.database_at:
            raise BeforeTheBackup(at=clock.said(manifest.database_at), to=clock.said(wish.to))
        archive = _archive(wish, manifest=manifest)
        if archive is None:
            raise NoArchive(folder=wish.folder)
        if not archive.is_dir():
            raise ArchiveUnfit(folder=archive, why="it is not there")
    major = find_program().major
    if manifest.kind == "cluster" and manifest.postgres_major != major:
        raise OtherMajorVersion(folder=wish.folder, written=manifest.postgres_major, major=major)


def _check_home(wish: Wish) -> None:
    places.check_ownership(home=wish.home)
    if wish.home.exists() and not (wish.home / RESTORING).exists():
        found = sorted({path.name for path in wish.home.iterdir()} - LOCKS)
        if found:
            raise HomeInUse(home=wish.home, found=", ".join(found[:3]))


@contextlib.contextmanager
def _claimed(wish: Wish) -> Iterator[None]:
    """Mark the home as unfinished and hold it; what an interrupted restore left is removed."""
    wish.home.mkdir(parents=True, exist_ok=True, mode=0o711)
    with contextlib.closing(FileLock(path=wish.home / "up.lock")) as lock:
        if not lock.take_now():
            raise HomeInUse(home=wish.home, found=lock.noted())
        lock.note(text=f"process {os.getpid()}, restoring")
        _check_home(wish)
        (wish.home / RESTORING).write_text(f"{wish.folder}\n")
        _remove_left(wish.home)
        yield


def _remove_left(home: Path) -> None:
    places.erase(home=home)
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in LOCKS | {RESTORING}:
            path.unlink()


def _copy(files: dict[str, str], *, wish: Wish, manifest: Manifest, progress: Progress) -> None:
    """Copy everything to its place, once more against its digest."""
    targets = {CONTENTS: wish.home}
    place = places.settle(home=wish.home)
    if manifest.kind == "cluster":
        targets[DATABASE] = place.data
        shutil.copytree(wish.folder / DATABASE, place.data, ignore=_only_folders)
    done = 0
    for path, digest in files.items():
        kind, _, name = path.partition("/")
        if kind not in targets:
            continue
        make_folders(folder=(targets[kind] / name).parent)
        found, size = copy_file(source=wish.folder / path, target=targets[kind] / name)
        if found != digest:
            raise BackupDamaged(folder=wish.folder, path=path, how="was changed")
        done += size
        progress("Restoring (MB)", done // MB, manifest.byte_count // MB)
    if manifest.kind == "cluster":
        _hand_over(place)
    if wish.files_from is not None:
        _add_newer(wish.files_from, home=wish.home, progress=progress)
    flush(folder=place.folder)


def _only_folders(folder: str, names: list[str]) -> list[str]:
    """Leave out the files: PostgreSQL wants its empty folders, too."""
    return [name for name in names if not (Path(folder) / name).is_dir()]


def _hand_over(place: Place) -> None:
    """Make the server's system user the owner, as it has to be when root restores."""
    for path in (place.data, *place.data.rglob("*")):
        places.give(path=path, runner=place.runner)
        if path.is_dir():
            path.chmod(0o700)


def _add_newer(older: Path, *, home: Path, progress: Progress) -> None:
    """Add the files of an older home that the backup lacks; what it has stays as it is."""
    copier = Copier(source=older, target=home, progress=progress, keep=True)
    copier.copy(step="Files that are newer than the backup (MB)", top=False)


def _replay(wish: Wish, *, manifest: Manifest) -> None:
    """Let PostgreSQL replay to the instant and begin a new timeline there."""
    place = places.settle(home=wish.home)
    target = f"_time={wish.to.isoformat()}" if wish.to else "=immediate"
    settings = [
        _fetching(wish, manifest=manifest, place=place),
        f"recovery_target{target}",
        "recovery_target_action=promote",
        "hot_standby=off",  # or it says it is ready while it still replays
    ]
    places.write_owned(path=place.data / "recovery.signal", runner=place.runner, text="")
    try:
        recover(home=wish.home, settings=settings)
    except ServerDidNotStart as failed:
        said = log_path(home=wish.home).read_text(errors="replace")
        if wish.to is not None and ENDED_EARLY in said:
            seen = LAST_SEEN.findall(said)
            last = f"at {seen[-1]} UTC" if seen else "before this backup ended"
            raise ArchiveEndsEarlier(to=clock.said(wish.to), last=last) from failed
        raise NotReplayed(why=failed) from failed


def _fetching(wish: Wish, *, manifest: Manifest, place: Place) -> str:
    """Return where the log is fetched from.

    The backup's own instant needs no archive, only a timeline that nobody has used, where there
    is an archive to ask.
    """
    try:
        return fetching(archive=_archive(wish, manifest=manifest), runner=place.runner)
    except ArchiveUnfit:
        if wish.to is not None:
            raise
        return fetching(archive=None, runner=place.runner)


def _archive(wish: Wish, *, manifest: Manifest) -> Path | None:
    if wish.archive is not None:
        return wish.archive.absolute()
    return Path(manifest.archive) if manifest.archive else None
