"""A durable PostgreSQL in a temporary folder, the clients that torture it, and their faults."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from takings.host.child import die_with_parent
from takings.host.postgres.server import Server, start_server

FAULTS = {
    "kill_client": 8,
    "kill_backend": 2,  # PostgreSQL ends all other sessions too and recovers
    "kill_server": 1,
    "terminate_backend": 8,
    "cancel_backend": 5,
    "fill_disk": 3,
}
PAUSE_S = 0.02
SESSIONS = """
SELECT pid, state <> 'idle' FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid
"""
FULL_BYTES = (0, 8_192, 65_536, 1 << 20, 12 << 20)


@contextmanager
def made_books() -> Iterator[Path]:
    """Make a folder with an empty, migrated database in `made`; each round gets a copy in `books`.

    The address is the same for all rounds, so Django needs to be told only once.
    """
    ground = Path(tempfile.mkdtemp(prefix="takings-torture-"))
    ground.chmod(0o711)  # as root PostgreSQL runs as a system user, who must get in
    home = ground / "books"
    home.mkdir(mode=0o711, exist_ok=True)
    server = start_server(home=home)
    os.environ |= {"DATABASE_URL": server.url, "TAKINGS_HOME": str(home)}
    try:
        subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE torture_note (id uuid PRIMARY KEY)")
        server.stop()
        home.rename(ground / "made")
        yield ground
    finally:
        server.stop()
        shutil.rmtree(ground / "made", ignore_errors=True)
        with suppress(OSError):  # books that were kept
            ground.rmdir()


@contextmanager
def new_books(ground: Path) -> Iterator[Server]:
    """Give a running server with empty books, until the block ends."""
    home = ground / "books"
    home.mkdir(mode=0o711, exist_ok=True)
    subprocess.run(["cp", "-a", ground / "made" / "postgres", home], check=True)
    server = start_server(home=home)
    try:
        yield server
    finally:
        server.stop()


def in_child(work: Callable[[], None]) -> int:
    """Do something in a process of its own and return its id; ours never has a connection."""
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        die_with_parent(death_signal=signal.SIGKILL, parent=parent)
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - the edge of the process
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(code)


@dataclass(kw_only=True)
class Arena:
    """One round: clients, each a process that is started again when it was killed."""

    server: Server
    roll: random.Random
    clients: dict[int, Callable[[], None]]
    running: dict[int, int] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def run(self, *, weights: dict[str, int], for_s: float, must: tuple[str, ...] = ()) -> None:
        """Let all clients come to their end, with faults during the first ``for_s`` seconds."""
        for client in self.clients:
            self._start(client)
        due = list(must)
        end = time.monotonic() + for_s
        next_fault = time.monotonic() + self.roll.uniform(0.1, 0.5)
        while self.running:
            self._reap()
            now = time.monotonic()
            if self.running and weights and now >= next_fault and (now < end or due):
                [fault] = [due.pop(0)] if due else self.roll.choices(*_columns(weights))
                getattr(self, f"_{fault}")()
                next_fault = time.monotonic() + self.roll.uniform(0.05, 0.6)
            if self.server.process is not None and self.server.process.poll() is not None:
                self.server.restart()
            time.sleep(PAUSE_S)

    def stop(self) -> None:
        """End what still runs."""
        for pid in self.running.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self.running.clear()

    def _start(self, client: int) -> None:
        self.running[client] = in_child(self.clients[client])

    def _reap(self) -> None:
        for client, pid in list(self.running.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            del self.running[client]
            if os.WIFSIGNALED(status):
                self._start(client)
            elif status:
                self.broken.append(
                    f"client {client} ended with {os.waitstatus_to_exitcode(status)}"
                )

    def _kill_client(self) -> None:
        os.kill(self.roll.choice(list(self.running.values())), signal.SIGKILL)
        self.faults["kill_client"] += 1

    def _kill_server(self) -> None:
        assert self.server.process is not None
        self.server.process.kill()
        self.server.process.wait()
        self.faults["kill_server"] += 1
        self.server.restart()

    def _kill_backend(self) -> None:
        for backend in self._one_backend():
            with suppress(ProcessLookupError):
                os.kill(backend, signal.SIGKILL)
                self.faults["kill_backend"] += 1

    def _fill_disk(self) -> None:
        """Let one session find no room: its files may not grow beyond so much."""
        for backend in self._one_backend():
            most = self.roll.choice(FULL_BYTES)
            limits = (most, resource.RLIM_INFINITY)
            child = in_child(lambda: self._limit(backend, limits))  # noqa: B023 - it runs at once
            os.waitpid(child, 0)
            self.faults["fill_disk"] += 1

    def _limit(self, backend: int, limits: tuple[int, int]) -> None:
        """Limit a session's files, as the user that PostgreSQL runs as: only he may."""
        runner = self.server.place.runner
        if runner.uid is not None and runner.gid is not None:
            os.setgid(runner.gid)
            os.setuid(runner.uid)
        with suppress(ProcessLookupError):
            resource.prlimit(backend, resource.RLIMIT_FSIZE, limits)

    def _terminate_backend(self) -> None:
        self._ask("pg_terminate_backend")

    def _cancel_backend(self) -> None:
        self._ask("pg_cancel_backend")

    def _ask(self, function: str) -> None:
        for backend in self._one_backend():
            with suppress(psycopg.Error), psycopg.connect(self.server.url) as connection:
                connection.execute(f"SELECT {function}(%s)", [backend])
                self.faults[function.removeprefix("pg_")] += 1

    def _one_backend(self) -> list[int]:
        """Return the process of a session, preferably of one that is at work."""
        with suppress(psycopg.Error), psycopg.connect(self.server.url) as connection:
            rows = connection.execute(SESSIONS).fetchall()
            at_work = [pid for pid, is_busy in rows if is_busy] or [pid for pid, _ in rows]
            return [self.roll.choice(at_work)] if at_work else []
        return []


def _columns(weights: dict[str, int]) -> tuple[list[str], list[int]]:
    return list(weights), list(weights.values())
