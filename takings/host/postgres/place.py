"""Where PostgreSQL's files lie and who owns them.

An ordinary user owns them in `<data home>/postgres`. For root the server runs as a system user
(PostgreSQL refuses root); where that user cannot enter the data home, as below /root, the files lie
in `/var/lib/takings/<mark>` and `<data home>/postgres` is a link to them.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from takings.core.errors import Conflict, Forbidden, Unavailable
from takings.host.child import Runner

SYSTEM_FOLDER = Path("/var/lib/takings")
SYSTEM_USERS = ("postgres", "nobody")
RESTORING = (
    "restoring.from"  # lies in a data home until its restore is done; holds the backup's path
)
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 107  # sun_path is 108 bytes with its closing zero, unix(7)


class ForeignHome(Forbidden):
    """The data home belongs to someone else."""

    code = "foreign_home"
    sentence = (
        "{home} belongs to the user {owner}, and you are {user}. Run Takings as {owner}, give the "
        "folder to yourself (sudo chown -R {user} {home}), or name another folder in TAKINGS_HOME."
    )


class NamelessUser(Unavailable):
    """PostgreSQL needs a user with a name."""

    code = "nameless_user"
    sentence = (
        "The user id {uid} has no name on this machine, and PostgreSQL needs one. Run Takings as a "
        "user listed in /etc/passwd, or set DATABASE_URL to a PostgreSQL that runs elsewhere."
    )


class UnsafeSocketFolder(Forbidden):
    """Someone else made the folder where our socket must lie."""

    code = "unsafe_socket_folder"
    sentence = (
        "{folder} was made by another user; remove it, or choose a TAKINGS_HOME with a short path."
    )


class HalfRestored(Conflict):
    """A restore was interrupted; what lies here is not whole."""

    code = "half_restored"
    sentence = (
        "A restore into {home} was interrupted. Run it again: takings restore {backup}; "
        "or throw away what it left: takings reset."
    )


@dataclass(frozen=True, kw_only=True)
class Place:
    """The folder of everything PostgreSQL owns, the folder of its socket, and its system user."""

    folder: Path
    sockets: Path
    runner: Runner

    @property
    def data(self) -> Path:
        """Return the cluster's folder (PGDATA)."""
        return self.folder / "data"

    @property
    def copies(self) -> Path:
        """Return the folder of copied programs."""
        return self.folder / "program"


def user_name() -> str:
    """Return the name of the user we run as; refuses `NamelessUser`."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError as error:
        raise NamelessUser(uid=os.geteuid()) from error


def settle(*, home: Path) -> Place:
    """Return the place of this data home, making its folders."""
    check_ownership(home=home)
    runner = _runner(folder=home / "postgres")
    make_folder(folder=home, mode=0o711)
    folder = _folder(home=home, runner=runner)
    place = Place(folder=folder, sockets=_socket_folder(folder=folder), runner=runner)
    make_folder(folder=place.sockets, mode=0o700, runner=runner)
    if place.sockets.stat().st_uid != folder.stat().st_uid:
        raise UnsafeSocketFolder(folder=place.sockets)
    return place


def erase(*, home: Path) -> None:
    """Remove PostgreSQL's files of this data home, wherever they lie."""
    folder = home / "postgres"
    if not folder.exists() and not folder.is_symlink():
        return
    target = folder.resolve()
    shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(_socket_folder(folder=target), ignore_errors=True)
    if folder.is_symlink():
        folder.unlink()


def check_ownership(*, home: Path) -> None:
    """Refuse a data home that is someone else's; root may use anyone's."""
    if os.geteuid() == 0:
        return
    for folder in (home, home / "postgres"):
        if folder.exists() and folder.stat().st_uid != os.geteuid():
            owner = folder.stat().st_uid
            raise ForeignHome(home=folder, owner=name_of(uid=owner), user=user_name())


def check_whole(*, home: Path) -> None:
    """Refuse a data home whose restore was interrupted."""
    mark = home / RESTORING
    if mark.exists():
        raise HalfRestored(home=home, backup=mark.read_text().strip())


def name_of(*, uid: int) -> str:
    """Return the user's name, or the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def make_folder(*, folder: Path, mode: int, runner: Runner | None = None) -> None:
    """Make the folder unless it is there; a new one belongs to ``runner``."""
    try:
        folder.mkdir(mode=mode, parents=True)
    except FileExistsError:
        return
    folder.chmod(mode)
    if runner is not None:
        give(path=folder, runner=runner)


def write_owned(*, path: Path, runner: Runner, text: str) -> None:
    """Write a small file that belongs to the runner alone, whole or not at all."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.chmod(0o600)
    give(path=draft, runner=runner)
    draft.rename(path)


def give(*, path: Path, runner: Runner) -> None:
    """Make the runner the owner, where it is not ourselves."""
    if runner.uid is not None and runner.gid is not None:
        os.chown(path, runner.uid, runner.gid)


def _runner(*, folder: Path) -> Runner:
    """Return who runs the server: as root the owner of the existing files, or a system user."""
    if os.geteuid() != 0:
        return Runner(name=user_name())
    if folder.exists() and (uid := folder.stat().st_uid):
        entry = pwd.getpwuid(uid)
        return Runner(name=entry.pw_name, uid=uid, gid=entry.pw_gid)
    for name in SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise NamelessUser(uid=0)


def _folder(*, home: Path, runner: Runner) -> Path:
    """Return the folder of PostgreSQL's files, making it where ``runner`` can enter."""
    wished = home / "postgres"
    if wished.is_symlink():
        make_folder(folder=wished.readlink(), mode=0o700, runner=runner)
        return wished.readlink()
    make_folder(folder=wished, mode=0o700, runner=runner)
    if runner.uid is None or _may_enter(folder=wished, runner=runner):
        return wished
    if any(wished.iterdir()):
        raise ForeignHome(home=wished, owner=name_of(uid=wished.stat().st_uid), user=runner.name)
    make_folder(folder=SYSTEM_FOLDER, mode=0o711)
    elsewhere = SYSTEM_FOLDER / _mark(home)
    make_folder(folder=elsewhere, mode=0o700, runner=runner)
    wished.rmdir()
    wished.symlink_to(elsewhere)
    return elsewhere


def _may_enter(*, folder: Path, runner: Runner) -> bool:
    """Tell whether the runner can enter; tried, because modes do not tell everything."""
    done = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)],
        user=runner.uid,
        group=runner.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _socket_folder(*, folder: Path) -> Path:
    wished = folder / "run"
    if len(os.fsencode(wished / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return wished
    return Path("/tmp") / f"takings-{_mark(folder)}"  # noqa: S108 - ours alone: mode 700, owner checked


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def is_socket(*, path: Path) -> bool:
    """Tell whether a server has put its socket here."""
    return path.exists() and stat.S_ISSOCK(path.stat().st_mode)
