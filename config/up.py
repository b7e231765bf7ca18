"""`takings up`: everything on one machine, from PostgreSQL to the workers, and nothing left behind.

This process imports no Django: it is ready in a moment, and stays small while it watches.
"""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from config.database import Addresses, addresses_of, given_addresses
from config.readiness import is_prepared
from config.show import out, say
from takings.core.errors import Conflict, Unavailable
from takings.demo.rules.cast import logins
from takings.host import checks
from takings.host.environment import setting
from takings.host.lock import FileLock
from takings.host.postgres import place
from takings.host.postgres.archive import ArchiveUnfit, choose_archive
from takings.host.postgres.server import Server, start_server
from takings.host.supervisor import Member, Supervisor, spawn_python

QUEUES = {"worker": ("default", "ads", "events", "payments"), "video worker": ("video",)}
VIDEO_NICE = 10
OWNER = "TAKINGS_OWNER_DATABASE_URL"
ASK_AGAIN_S = 0.03
HEALTHY_WITHIN_S = 60.0
WEB_DEATHS_ALLOWED = 2


class AlreadyUp(Conflict):
    """Two of us on one data home would fight."""

    code = "already_up"
    sentence = "Takings is already running on {home}: {holder}."


class WebDidNotStart(Unavailable):
    """The web process ends or does not answer."""

    code = "web_did_not_start"
    sentence = "The web server did not start; what it said is above."


class NotPrepared(Unavailable):
    """Migrating or seeding failed; the child has said why."""

    code = "not_prepared"
    sentence = "The database could not be prepared; what went wrong is above."


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the person asked for on the command line."""

    home: Path
    address: str
    port: int
    demo: bool
    public_demo: bool
    timings: bool
    archive: str = ""

    @property
    def url(self) -> str:
        """Return the address to open in a browser."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        shown = "127.0.0.1" if host in ("0.0.0.0", "[::]") else host  # noqa: S104 - only compared
        return setting("TAKINGS_PUBLIC_URL") or f"http://{shown}:{self.port}"


class Stopwatch:
    """Says how long each phase of the start took, when asked to."""

    def __init__(self, *, loud: bool) -> None:
        """Start counting."""
        self._loud = loud
        self._began = self._last = time.monotonic()

    def lap(self, phase: str) -> None:
        """Note the end of a phase."""
        now = time.monotonic()
        if self._loud:
            say(f"{now - self._began:6.2f} s  (+{now - self._last:.2f})  {phase}")
        self._last = now


def run(wish: Wish) -> None:
    """Start everything, print where it is, and stay until Ctrl-C or SIGTERM."""
    watch = Stopwatch(loud=wish.timings)
    _check(wish)
    with ExitStack() as stack:
        stack.enter_context(_alone(wish))
        supervisor = stack.enter_context(Supervisor(say=say))
        addresses = _start_database(wish, supervisor=supervisor, stack=stack)
        watch.lap("database")
        surroundings = _surroundings(wish, database_url=addresses.app)
        if not is_prepared(home=wish.home, url=addresses.app, demo=wish.demo):
            _prepare(wish, surroundings=surroundings | {OWNER: addresses.owner})
            watch.lap("migrations and demo world")
        supervisor.add(_web(wish, surroundings=surroundings))
        if _await_web(wish, supervisor=supervisor):
            return
        watch.lap("web")
        _announce(wish)
        for name, queues in QUEUES.items():
            supervisor.add(_worker(name, queues=queues, surroundings=surroundings))
        watch.lap("workers")
        supervisor.run()
        say("Stopping …")


def _check(wish: Wish) -> None:
    if wish.demo:
        checks.check_demo_address(address=wish.address, insisted=wish.public_demo)
    place.check_ownership(home=wish.home)
    place.check_whole(home=wish.home)
    checks.check_home(home=wish.home)


@contextmanager
def _alone(wish: Wish) -> Iterator[None]:
    """Hold the data home for ourselves; the port is asked second, for the better sentence."""
    lock = FileLock(path=wish.home / "up.lock")
    if not lock.take_now():
        raise AlreadyUp(home=wish.home, holder=lock.noted())
    lock.note(text=f"process {os.getpid()}, {wish.url}")
    try:
        checks.check_address(address=wish.address, port=wish.port)
        yield
    finally:
        lock.close()


def _start_database(wish: Wish, *, supervisor: Supervisor, stack: ExitStack) -> Addresses:
    if given := given_addresses():
        if wish.archive:
            raise ArchiveUnfit(folder=wish.archive, why="the server of DATABASE_URL keeps its own")
        return given
    if wish.archive:
        choose_archive(home=wish.home, folder=wish.archive)
    server = start_server(home=wish.home)
    stack.callback(server.stop)
    stack.callback(supervisor.stop)  # runs first: whoever uses the database ends before it
    supervisor.first = Member(
        name="database", start=lambda: _restart(server), process=server.process
    )
    return addresses_of(server=server)


def _restart(server: Server) -> subprocess.Popen[bytes]:
    return server.restart()


def _surroundings(wish: Wish, *, database_url: str) -> dict[str, str]:
    """Return what every child is told; only the one that prepares learns who the owner is."""
    return {key: value for key, value in os.environ.items() if key != OWNER} | {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "TAKINGS_DEMO": "1" if wish.demo else "",
        "TAKINGS_HOME": str(wish.home),
        "TAKINGS_PUBLIC_URL": wish.url,
    }


def _prepare(wish: Wish, *, surroundings: dict[str, str]) -> None:
    words = ["-m", "config.prepare", *(["--demo"] if wish.demo else [])]
    child = spawn_python(words=words, python=sys.executable, environment=surroundings)
    try:
        while child.poll() is None:
            heard = signal.sigwaitinfo({signal.SIGCHLD, signal.SIGINT, signal.SIGTERM})
            if heard.si_signo != signal.SIGCHLD:
                raise KeyboardInterrupt
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if child.returncode:
        raise NotPrepared


def _web(wish: Wish, *, surroundings: dict[str, str]) -> Member:
    words = ["-m", "config.web", wish.address, str(wish.port)]
    return Member(
        name="web server",
        start=lambda: spawn_python(words=words, python=sys.executable, environment=surroundings),
    )


def _worker(name: str, *, queues: tuple[str, ...], surroundings: dict[str, str]) -> Member:
    nice = VIDEO_NICE if "video" in queues else 0
    return Member(
        name=name,
        start=lambda: spawn_python(
            words=["-m", "config.worker", *queues],
            python=sys.executable,
            environment=surroundings,
            nice=nice,
        ),
    )


def _await_web(wish: Wish, *, supervisor: Supervisor) -> bool:
    """Wait until the web process answers; tell whether we were asked to stop meanwhile."""
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while not _is_healthy(wish):
        if supervisor.wait(seconds=ASK_AGAIN_S):
            return True
        supervisor.revive()
        deaths = sum(member.deaths for member in supervisor.members)
        if deaths >= WEB_DEATHS_ALLOWED or time.monotonic() > deadline:
            raise WebDidNotStart
    return False


def _is_healthy(wish: Wish) -> bool:
    address = "127.0.0.1" if wish.address == "0.0.0.0" else wish.address  # noqa: S104 - only compared
    connection = http.client.HTTPConnection(address, wish.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _announce(wish: Wish) -> None:
    out.print(f"\n  Takings is at [bold]{wish.url}[/bold]\n")
    if wish.demo:
        _print_logins()
    out.print("  Ctrl-C stops it.\n")


def _print_logins() -> None:
    table = Table(box=None, padding=(0, 2), show_header=False)
    for login in logins():
        table.add_row(f"  {login.role}", login.name, login.email, login.password)
    out.print(table)
    out.print()
