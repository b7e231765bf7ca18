"""Continuous archiving: each finished piece of the write-ahead log goes to another folder.

Chosen once (`takings up --archive FOLDER`), kept by every start of this data home, so that a
command that starts the database for itself leaves no gap. Together with a backup the archive
brings back any instant since (PostgreSQL manual, 25.3 “Continuous Archiving”).
"""

import os
import shlex
import struct
import subprocess
from pathlib import Path

from takings.core.errors import Conflict, Forbidden
from takings.host.child import Runner
from takings.host.postgres.place import Place, make_folder, write_owned

NOTE = "archive.folder"
OFF = "off"
CLUSTER = "cluster"
LONGEST_WAIT_S = 60  # a piece that is not full is archived after this; all that a lost disk costs
SCRIPT = """\
# Archives one piece of the write-ahead log: FOLDER PATH NAME. Safe to repeat; flushed to the disk
# before it has its name; never replaces a file that holds something else.
set -eu
umask 077
kept="$1/$3.gz" draft="$1/.$3.draft"
if [ -e "$kept" ]; then
    gzip -cd "$kept" | cmp -s - "$2" || { echo "$kept holds something else" >&2; exit 1; }
    sync "$1"
    exit 0
fi
gzip -nc1 "$2" > "$draft"
sync "$draft"
ln "$draft" "$kept"
rm "$draft"
sync "$1"
"""


class ArchiveUnfit(Forbidden):
    """The archive cannot lie there."""

    code = "archive_unfit"
    sentence = "{folder} cannot hold the archive: {why}."


class ArchiveOfAnother(Conflict):
    """Two databases in one archive would mix up their logs."""

    code = "archive_of_another"
    sentence = "{folder} is the archive of another database; name a folder of its own."


def choose_archive(*, home: Path, folder: str) -> None:
    """Archive into this folder from the next start on; `off` ends it. Refuses `ArchiveUnfit`."""
    note = home / NOTE
    if folder == OFF:
        note.unlink(missing_ok=True)
        return
    chosen = Path(folder).absolute()
    if chosen.resolve().is_relative_to(home.resolve()):
        raise ArchiveUnfit(folder=chosen, why="it lies in the data home, and would be lost with it")
    draft = note.with_suffix(".draft")
    draft.write_text(f"{chosen}\n")
    draft.replace(note)


def archive_of(*, home: Path) -> Path | None:
    """Return the folder this data home archives into, if it does."""
    try:
        return Path((home / NOTE).read_text().rstrip("\n"))
    except FileNotFoundError:
        return None


def archiving(*, home: Path, place: Place) -> list[str]:
    """Return the server's settings for archiving; makes the folder, refuses one that is unfit."""
    folder = archive_of(home=home)
    if folder is None:
        return []
    _claim(folder=folder, place=place)
    script = place.folder / "archive.sh"
    write_owned(path=script, runner=place.runner, text=SCRIPT)
    words = " ".join(_word(path) for path in (script, folder))
    return [
        "archive_mode=on",
        f"archive_command=/bin/sh {words} '%p' '%f'",
        f"archive_timeout={LONGEST_WAIT_S}",
    ]


def fetching(*, archive: Path | None, runner: Runner) -> str:
    """Return the `restore_command` that takes pieces from this archive; without one, none is there.

    Refuses :class:`ArchiveUnfit` where the server's user cannot read it.
    """
    if archive is None:
        return "restore_command=/bin/false"
    if not _may(question='cd "$1" && [ -r . ]', folder=archive, runner=runner):
        why = f"it is not there, or the user {runner.name} who runs PostgreSQL cannot read it"
        raise ArchiveUnfit(folder=archive, why=why)
    kept = f"{_word(archive)}/'%f'.gz"
    return f"restore_command=gzip -cd {kept} > '%p'.draft 2>/dev/null && mv '%p'.draft '%p'"


def _claim(*, folder: Path, place: Place) -> None:
    try:
        make_folder(folder=folder, mode=0o700, runner=place.runner)
    except OSError as error:
        raise ArchiveUnfit(folder=folder, why=error.strerror) from error
    if not _may(question='cd "$1" && [ -w . ]', folder=folder, runner=place.runner):
        name = place.runner.name
        why = f"the user {name}, who runs PostgreSQL, may not write there (chown {name} {folder})"
        raise ArchiveUnfit(folder=folder, why=why)
    identity, mark = _identity(place=place), folder / CLUSTER
    if not mark.exists():
        write_owned(path=mark, runner=place.runner, text=f"{identity}\n")
    if mark.read_text().strip() != str(identity):
        raise ArchiveOfAnother(folder=folder)


def _identity(*, place: Place) -> int:
    """Return the cluster's system identifier, the first field of pg_control (pg_control.h)."""
    with (place.data / "global" / "pg_control").open("rb") as file:
        (identity,) = struct.unpack("=Q", file.read(8))
    return int(identity)


def _may(*, question: str, folder: Path, runner: Runner) -> bool:
    """Ask as the server's user; tried, because modes do not tell everything."""
    done = subprocess.run(
        ["/bin/sh", "-c", question, "sh", str(folder)],
        user=runner.uid,
        group=runner.gid,
        extra_groups=[] if runner.uid is not None else None,
        cwd="/",
        env={"PATH": os.defpath},
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _word(path: Path) -> str:
    """Quote a path for the shell, and for PostgreSQL, which reads % as a hole."""
    return shlex.quote(str(path)).replace("%", "%%")
