"""Start, join and stop the server of one data home.

Two locks tell the truth where process ids lie (a zombie or a re-used id looks alive): `owner.lock`
is held by the process that started the server, and `server.lock` is inherited by every PostgreSQL
process, so whoever takes it knows that not one of them is left.
"""

import contextlib
import logging
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from takings.core.errors import Conflict, Unavailable
from takings.host import child
from takings.host.lock import PAUSE_S, FileLock
from takings.host.postgres import cluster
from takings.host.postgres.archive import archiving
from takings.host.postgres.place import SOCKET_NAME, Place, settle
from takings.host.postgres.program import find_program, runnable_by

log = logging.getLogger(__name__)

JOIN_S = 60.0
LEFTOVERS_S = 120.0  # the shutdown checkpoint of a server whose owner was killed
STOP_S = 30.0
STATUS_LINE = 7  # of postmaster.pid, counted from 0 (miscadmin.h, LOCK_FILE_LINE_PM_STATUS)
LOG_LIMIT_BYTES = 10_000_000
SPOKEN = re.compile(r"(?:LOG|ERROR|FATAL|PANIC|error): +(.+)")
SPEED_OVER_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServerDidNotStart(Unavailable):
    """PostgreSQL ended while starting."""

    code = "server_did_not_start"
    sentence = "PostgreSQL did not start: {why} The whole story is in {log}."


class ServerBusy(Conflict):
    """Another process owns the server of this data home."""

    code = "server_busy"
    sentence = "Another Takings process ({owner}) is using {home}; wait until it is done or end it."


@dataclass(kw_only=True)
class Server:
    """A running server; ``url`` is that of the owner of its database.

    ``process`` is None when another process owns the server.
    """

    url: str
    home: Path
    place: Place
    process: subprocess.Popen[bytes] | None = None
    owner: FileLock | None = None
    durable: bool = True

    def restart(self) -> subprocess.Popen[bytes]:
        """Start the server again after it died; only its owner may."""
        if self.owner is None:
            raise ServerBusy(owner="the one that started it", home=self.home)
        self.process = _run(place=self.place, home=self.home, durable=self.durable)
        return self.process

    def stop(self) -> None:
        """Stop the server if it is ours: fast shutdown, sessions are rolled back."""
        if self.process is None:
            return
        for word in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(word)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(STOP_S)
        if self.owner is not None:
            self.owner.close()
            self.owner = None


@contextlib.contextmanager
def open_server(*, home: Path) -> Iterator[Server]:
    """Give the server of this data home: the running one, or our own until the block ends."""
    place = settle(home=home)
    owner = FileLock(path=home / "owner.lock")
    deadline = time.monotonic() + JOIN_S
    while not owner.take_now():
        if _is_ready(place=place) and _answers(place=place):
            owner.close()
            yield Server(url=url_of(place=place), home=home, place=place)
            return
        if time.monotonic() > deadline:
            owner.close()
            raise ServerBusy(owner=owner.noted(), home=home)
        time.sleep(PAUSE_S)
    server = _own(place=place, home=home, owner=owner, durable=True)
    try:
        yield server
    finally:
        server.stop()


def start_server(*, home: Path, durable: bool = True, patience_s: float = 10.0) -> Server:
    """Start the server and own it; refuses `ServerBusy` while another process does.

    Not ``durable`` trades safety for speed: for tests, whose data nobody misses.
    """
    place = settle(home=home)
    owner = FileLock(path=home / "owner.lock")
    if not owner.take_within(seconds=patience_s):
        owner.close()
        raise ServerBusy(owner=owner.noted(), home=home)
    return _own(place=place, home=home, owner=owner, durable=durable)


def recover(*, home: Path, settings: Sequence[str]) -> None:
    """Let the server replay its write-ahead log under these settings, and stop it again.

    Refuses :class:`ServerDidNotStart` with what PostgreSQL said when it cannot.
    """
    place = settle(home=home)
    owner = FileLock(path=home / "owner.lock")
    if not owner.take_within(seconds=JOIN_S):
        owner.close()
        raise ServerBusy(owner=owner.noted(), home=home)
    _own(place=place, home=home, owner=owner, durable=True, more=settings).stop()


def url_of(*, place: Place, role: str = cluster.ROLE) -> str:
    """Return the address of the database for a role, in the form libpq and Django settings read."""
    return f"postgresql://{role}@/{cluster.DATABASE}?host={quote(str(place.sockets))}"


def log_path(*, home: Path) -> Path:
    """Return where the server writes its log."""
    return home / "postgres.log"


def _own(
    *, place: Place, home: Path, owner: FileLock, durable: bool, more: Sequence[str] = ()
) -> Server:
    owner.note(text=f"process {os.getpid()}")
    try:
        process = _run(place=place, home=home, durable=durable, more=more)
    except BaseException:
        owner.close()
        raise
    return Server(
        url=url_of(place=place),
        home=home,
        place=place,
        process=process,
        owner=owner,
        durable=durable,
    )


def _run(
    *, place: Place, home: Path, durable: bool, more: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start the server once no process of an earlier one is left, and wait until it is ready."""
    with contextlib.closing(FileLock(path=home / "server.lock")) as lock:
        if not lock.take_within(seconds=LEFTOVERS_S):
            raise ServerBusy(owner="a PostgreSQL that is still shutting down", home=home)
        for left in (place.data / "postmaster.pid", *place.sockets.glob(f"{SOCKET_NAME}*")):
            left.unlink(missing_ok=True)
        process = _launch(place=place, home=home, lock=lock, durable=durable, more=more)
    while not _is_ready(place=place):
        if process.poll() is not None:
            raise ServerDidNotStart(why=_last_words(home=home), log=log_path(home=home))
        time.sleep(PAUSE_S)
    return process


def _launch(
    *, place: Place, home: Path, lock: FileLock, durable: bool, more: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    program = runnable_by(program=find_program(), runner=place.runner, copies=place.copies)
    cluster.ensure(place=place, program=program)
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={place.sockets}",
        "unix_socket_permissions=0700",
        f"hba_file={cluster.rules_of_entry(place=place)}",
        f"ident_file={cluster.names(place=place)}",
        "timezone=UTC",
        "log_timezone=UTC",
        "log_checkpoints=off",
        "max_connections=100",
        "cluster_name=takings",
        *(() if durable else SPEED_OVER_SAFETY),
        *archiving(home=home, place=place),
        *more,
    ]
    words = [str(program.folder / "postgres"), "-D", str(place.data)]
    words += [word for setting in settings for word in ("-c", setting)]
    path = log_path(home=home)
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.rename(path.with_suffix(".log.1"))
    path.touch(mode=0o600)
    with path.open("ab") as output:
        spawn = child.Spawn(
            words=words,
            runner=place.runner,
            death_signal=signal.SIGINT,
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            folder=place.folder,
            inherited_files=(lock.fileno(),),
            output=output,
        )
        return child.start(spawn=spawn)


def _is_ready(*, place: Place) -> bool:
    """Tell whether the server says so in its own pid file, as `pg_ctl` asks it."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"


def _answers(*, place: Place) -> bool:
    """Tell whether someone listens: the pid file may be left over from a killed server."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(str(place.sockets / SOCKET_NAME)) == 0


def _last_words(*, home: Path) -> str:
    """Return what the server said last: the reason comes before the line that gives up."""
    lines = log_path(home=home).read_text(errors="replace").splitlines()
    spoken = [match[1].rstrip(".") for line in lines if (match := SPOKEN.search(line))]
    return "; ".join(spoken[-2:] or lines[-1:] or ["it said nothing"]) + "."
