"""Kill -9 in the middle of everything: what was acknowledged is in the lake, exactly once."""

import http.client
import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings

from takings.core import clock
from takings.events import actions, queries
from takings.events.models import Segment
from takings.events.queries.snapshots import EVERYTHING, plan_files, reading
from takings.events.rules.pairs import from_pair
from takings.events.rules.rows import EventRow
from takings.policies.queries import policy_at
from tests.make.collecting import BROWSER, batch, viewer_cookie
from tests.make.events import make_view
from tests.make.people import make_creator, make_user
from tests.make.videos import make_video

SECRET_KEY = "of this test"
ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "4"))
ACKS_BETWEEN_KILLS = 120
PLAYERS = 6


class Process:
    """A process group that can be killed at once and started again."""

    def __init__(self, *command: str, folder: Path) -> None:
        """Start it with a data home of its own and the database of this test."""
        made = connection.settings_dict
        url = f"postgresql://{made['USER']}@/{made['NAME']}?host={made['HOST']}"
        self._command = [sys.executable, *command]
        self._environment = {
            **os.environ,
            "TAKINGS_HOME": str(folder),
            "TAKINGS_SECRET_KEY": SECRET_KEY,
            "TAKINGS_EVENTS_PER_SECOND": "0",  # one viewer does all the watching
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
        }
        self.start()

    def start(self) -> None:
        """Start, in a process group of its own."""
        self._running = subprocess.Popen(
            self._command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill(self) -> None:
        """Kill -9 the whole group; killing the dead changes nothing."""
        with suppress(ProcessLookupError):
            os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()


@dataclass
class Players:
    """Several players that send what they watch until it is acknowledged."""

    ports: list[int]
    video: uuid.UUID
    viewer: uuid.UUID
    acknowledged: list[EventRow] = field(default_factory=list)
    sent_again: int = 0
    _turns: Iterator[int] = field(default_factory=itertools.count)
    stop: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def play(self) -> None:
        """Watch and send; the same batch again and again until it is acknowledged."""
        cookie = viewer_cookie(self.viewer)
        while not self.stop.is_set():
            view = make_view(self.video, self.viewer, 6_000, at=clock.now())
            while not self.stop.is_set() and not self._send(batch(view), cookie):
                self.sent_again += 1
                self.stop.wait(0.05)
            with self.changed:
                self.acknowledged += view if not self.stop.is_set() else []
                self.changed.notify_all()

    def _send(self, body: bytes, cookie: str) -> bool:
        client = http.client.HTTPConnection("127.0.0.1", self._next_port(), timeout=5)
        with closing(client), suppress(OSError, http.client.HTTPException):
            client.request("POST", "/e", body, {"Cookie": cookie, "User-Agent": BROWSER})
            return client.getresponse().status == 202
        return False

    def _next_port(self) -> int:
        return self.ports[next(self._turns) % len(self.ports)]

    def wait_for(self, count: int) -> None:
        """Wait until so many more events are acknowledged."""
        with self.changed:
            goal = len(self.acknowledged) + count
            assert self.changed.wait_for(lambda: len(self.acknowledged) >= goal, timeout=60)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def start(lake: Path) -> Iterator[Callable[..., Process]]:
    """Start processes on this test's lake, and kill them afterwards."""
    started: list[Process] = []

    def begin(*command: str) -> Process:
        started.append(Process(*command, folder=lake))
        return started[-1]

    with override_settings(SECRET_KEY=SECRET_KEY):
        yield begin
    for process in started:
        process.kill()


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_killing_collectors_and_shippers_loses_nothing_and_doubles_nothing(
    lake: Path, start: Callable[..., Process]
) -> None:
    ports = [free_port() for _ in range(2)]
    granian = ["-m", "granian", "--interface", "asginl", "tests.events.serving:app", "--port"]
    servers = [start(*granian, str(port)) for port in ports]
    shipper = start("-m", "tests.events.shipper")
    players = Players(ports, make_video(make_creator()).pk, make_user().viewer_id)
    threads = [threading.Thread(target=players.play) for _ in range(PLAYERS)]
    for thread in threads:
        thread.start()
    dice = random.Random(7)  # noqa: S311 - dice of a test
    try:
        for _ in range(KILLS):
            players.wait_for(dice.randrange(ACKS_BETWEEN_KILLS))
            for victim in dice.sample([*servers, shipper], dice.randrange(1, 4)):
                victim.kill()
                victim.start()
        players.wait_for(ACKS_BETWEEN_KILLS)
    finally:
        players.stop.set()
        for thread in threads:
            thread.join()
    for process in (*servers, shipper):
        process.kill()
    while list((lake / "events").iterdir()):  # a killed worker lets go of its lock when it is dead
        actions.ship_segments(at=clock.now())
    check_lake(players)


def check_lake(players: Players) -> None:
    """Compare the lake with what the players were told."""
    with reading(plan_files(where=EVERYTHING)) as engine:
        kept = engine.sql("SELECT id_hi, id_lo, segment FROM events").fetchall()
    by_id = {from_pair(high, low) for high, low, _ in kept}
    assert by_id >= {event.id for event in players.acknowledged}
    assert len(set(kept)) == len(kept)  # within a segment, no frame was written or shipped twice
    assert sum(segment.row_count for segment in Segment.objects.all()) == len(kept)
    at = clock.now()
    counts = queries.daily_counts(
        starts_at=at.replace(hour=0, minute=0, second=0) - clock.from_ms(0).resolution,
        ends_at=at,
        policy=policy_at(at=at),
    )
    assert sum(row.views for row in counts.rows) == len(by_id) // 2
