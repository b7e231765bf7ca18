"""Taking in events: batches of 20 by HTTP, each acknowledged only after it is synced to the disk.

Value: events a second through the collector. Baseline: COPY into PostgreSQL, a batch a transaction,
over 16 connections and without HTTP, ids or checks in between, which is in its favour. An echo
that keeps nothing tells what the HTTP server alone costs. They take turns. The load comes from
`wrk` (Debian's package of that name), on the same machine.
"""

from bench import _world

SERVER = _world.start()

import itertools  # noqa: E402 - Django's settings are read from here on
import os  # noqa: E402
import shutil  # noqa: E402
import threading  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402
from statistics import median  # noqa: E402

import psycopg  # noqa: E402
from django.conf import settings  # noqa: E402

from bench._http import CONNECTIONS, Load, Request, load, serving, write_requests  # noqa: E402
from bench._shape import QUICK, check, report  # noqa: E402
from takings.core import clock  # noqa: E402
from takings.events.queries.segments import read_segment  # noqa: E402
from takings.events.rules.frames import State  # noqa: E402
from tests.make.collecting import batch, viewer_cookie  # noqa: E402
from tests.make.events import make_view  # noqa: E402

ROUNDS = 1 if QUICK else 3
SECONDS = 3 if QUICK else 8
BATCHES, VIEWS_OF_BATCH, EVENTS = 256, 10, 20
WORKERS = (1, 2)
COPIERS = 16

TABLE = """
CREATE TABLE raw_event (
    id uuid, type text, video uuid, view uuid, viewer uuid, watched_ms bigint, position_ms bigint,
    surface text, country text, ua_class text, network bigint, received_ms bigint
)
"""


Turn = Callable[[], Load]


class Batches:
    """The same batches for everybody, as requests and as rows."""

    def __init__(self, folder: Path) -> None:
        """Make them: each its own viewer, with ten showings."""
        requests, self.rows = [], []
        for _ in range(BATCHES):
            viewer, video = uuid.uuid4(), uuid.uuid4()
            views = [make_view(video, viewer, 6_000, at=clock.now()) for _ in range(VIEWS_OF_BATCH)]
            events = [event for view in views for event in view]
            requests.append(Request("POST", "/e", viewer_cookie(viewer), batch(events).decode()))
            self.rows.append(
                "".join(
                    f"{one.id}\t{one.type}\t{video}\t{one.view_id}\t{viewer}\t{one.watched_ms}\t"
                    f"{one.position_ms}\tfeed\tDE\tbrowser\t7\t{clock.to_ms(one.received_at)}\n"
                    for one in events
                ).encode()
            )
        self.file = write_requests(folder / "batches.tsv", requests)


def collect(batches: Batches, *, workers: int) -> Load:
    """Measure the collector, and compare its log with what it acknowledged."""
    home = Path(settings.EVENTS_HOME)
    shutil.rmtree(home, ignore_errors=True)
    with serving("collector", workers=workers) as port:
        done = load(port, file=batches.file, seconds=SECONDS)
    files = [read_segment(path) for path in home.iterdir()]
    kept = sum(file.frame_count for file in files)
    states = {file.state for file in files} | {file.torn_byte_count for file in files}
    check("every segment is sealed and whole", found=states, expected={State.SEALED, 0})
    extra = kept - done.requests
    check(
        f"every acknowledged batch is on the disk, and {extra} that wrk did not wait for",
        found=0 <= extra <= CONNECTIONS and sum(len(file.table) for file in files) == kept * EVENTS,
        expected=True,
    )
    return done


def echo(batches: Batches) -> Load:
    """Measure the HTTP server with an answer that keeps nothing."""
    with serving("echo", workers=1) as port:
        return load(port, file=batches.file, seconds=SECONDS)


def copy(batches: Batches) -> Load:
    """Measure COPY: each connection a batch a transaction, again and again."""
    with psycopg.connect(SERVER.url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS raw_event")
        connection.execute(TABLE)
    waits: list[float] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_copy, args=[batches, began + SECONDS, waits])
        for _ in range(COPIERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    with psycopg.connect(SERVER.url) as connection:
        [rows] = connection.execute("SELECT count(*) FROM raw_event").fetchone() or [0]
    check("every copied batch is in the table", found=rows, expected=len(waits) * EVENTS)
    ordered = sorted(waits)
    p50, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
    return Load(len(waits), took, p50, p99)


def _copy(batches: Batches, until: float, waits: list[float]) -> None:
    with psycopg.connect(SERVER.url, autocommit=True) as connection:
        for rows in itertools.cycle(batches.rows):
            began = time.perf_counter()
            if began >= until:
                return
            with connection.cursor() as cursor, cursor.copy("COPY raw_event FROM STDIN") as copied:
                copied.write(rows)
            waits.append(time.perf_counter() - began)


def main() -> None:
    """Let all take turns, then compare."""
    batches = Batches(Path(os.environ["TAKINGS_HOME"]))
    turns: dict[str, Turn] = {"echo, nothing kept": partial(echo, batches)}
    for workers in WORKERS:
        name = f"collector, {workers} process{'es' * (workers > 1)}"
        turns[name] = partial(collect, batches, workers=workers)
    turns["PostgreSQL COPY"] = partial(copy, batches)
    done: dict[str, list[Load]] = {name: [] for name in turns}
    for _ in range(ROUNDS):
        for name, turn in turns.items():
            done[name].append(turn())
    print(f"{'':<24}{'events/s':>12}{'p50 ms':>9}{'p99 ms':>9}")
    rates = {}
    for name, loads in done.items():
        rates[name] = median(one.per_second * EVENTS for one in loads)
        p50, p99 = (median(getattr(one, part) for one in loads) for part in ("p50_ms", "p99_ms"))
        print(f"{name:<24}{rates[name]:>12,.0f}{p50:>9.1f}{p99:>9.1f}")
    best = max(rate for name, rate in rates.items() if name.startswith("collector"))
    report(
        "events_ingest",
        "events synced to the disk before they are acknowledged",
        value=best,
        unit="events/s",
        baseline=rates["PostgreSQL COPY"],
    )


if __name__ == "__main__":
    main()
