"""Two thousand who watch one video: how soon each hears of what is published, and what they cost.

Value: milliseconds from before a transaction publishes until a listener has read it, at the 99th
percentile. Baseline: the same over a Django view that streams and looks for news by itself, with a
fortieth of the listeners: each keeps a connection to the database. Every listener must hear
everything once and in order; who is cut off comes back and misses nothing.
"""

from bench import _world

_world.start()

import asyncio  # noqa: E402 - Django's settings are read from here on
import json  # noqa: E402
import re  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import time  # noqa: E402
import urllib.request  # noqa: E402
from dataclasses import dataclass  # noqa: E402

from django.db import connection, transaction  # noqa: E402
from typing_extensions import override  # noqa: E402

from bench._http import serving  # noqa: E402
from bench._shape import QUICK, check, report  # noqa: E402
from takings.core import clock  # noqa: E402
from takings.live.actions import publish  # noqa: E402
from takings.live.rules.bus import Topic  # noqa: E402
from tests.make.audience import make_post  # noqa: E402

LISTENERS = 500 if QUICK else 2_000
EVENTS = 20 if QUICK else 60
PAUSE_S = 0.2
FEWER = LISTENERS // 40
OPENING = 100  # connections that are opened at once
PATIENCE_S = 120.0
SENT = re.compile(rb'"sent":(\d+)')
NUMBER = re.compile(rb"(?:^|\n)id: (\d+)\n")
GOAL_MS = 250.0
GB_IN_KB = 1_000_000


@dataclass(frozen=True)
class Watched:
    """What is measured: by which server, at which address, and where it is published."""

    by: str
    path: str
    topic: str


class Ear(asyncio.Protocol):
    """A browser that only reads."""

    def __init__(self, path: str, after: str = "") -> None:
        """Ask for a stream, from an event on if given."""
        self.heard: list[int] = []  # when what it heard was sent, in nanoseconds
        self.waits: list[int] = []
        self.last = ""
        self.opened, self.more = asyncio.Event(), asyncio.Event()
        self._ask = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {after}\r\n\r\n"

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._ask.encode())

    @override
    def data_received(self, data: bytes) -> None:
        """Note what was heard, and when."""
        now = time.time_ns()
        self.opened.set()
        for sent in SENT.findall(data):
            self.heard.append(int(sent))
            self.waits.append(now - int(sent))
        for number in NUMBER.findall(data):
            self.last = number.decode()
        self.more.set()


async def listen(port: int, path: str, *, count: int, after: str = "") -> list[Ear]:
    """Open so many streams, some at a time."""
    loop, ears = asyncio.get_running_loop(), list[Ear]()
    while len(ears) < count:
        some = [Ear(path, after) for _ in range(min(OPENING, count - len(ears)))]
        await asyncio.gather(
            *(loop.create_connection(lambda ear=ear: ear, "127.0.0.1", port) for ear in some)  # type: ignore[misc]
        )
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*(ear.opened.wait() for ear in some))
        ears += some
    return ears


def tell(topic: str, count: int) -> list[int]:
    """Publish, each in a transaction of its own; return when."""
    sent = []
    for _ in range(count):
        sent.append(time.time_ns())
        with transaction.atomic():
            publish(topic=topic, kind="gift", body={"sent": sent[-1]}, at=clock.now())
        time.sleep(PAUSE_S)
    connection.close()
    return sent


async def hear(ears: list[Ear], sent: list[int]) -> None:
    """Wait until all heard all; each once, in order."""
    for ear in ears:
        async with asyncio.timeout(PATIENCE_S):
            while len(ear.heard) < len(sent):
                ear.more.clear()
                await ear.more.wait()
    wrong = sum(ear.heard != sent for ear in ears)
    check(f"{len(ears):,} heard {len(sent)} events, once and in order", found=wrong, expected=0)


async def measure(port: int, watched: Watched, *, count: int) -> tuple[float, list[Ear]]:
    """Open the streams, publish, and return the 99th percentile in milliseconds."""
    before, began = memory(port), time.perf_counter()
    ears = await listen(port, watched.path, count=count)
    took = time.perf_counter() - began
    await asyncio.sleep(1)
    each = (memory(port) - before) / count
    print(f"{watched.by}: {count:,} open in {took:.1f} s, {each:.0f} kB each:", end=" ")
    print(f"{GB_IN_KB / each:,.0f} a GB")
    sent = await asyncio.to_thread(tell, watched.topic, EVENTS)
    await hear(ears, sent)
    waits = sorted(wait / 1e6 for ear in ears for wait in ear.waits)
    p50, p99 = statistics.median(waits), waits[int(0.99 * len(waits))]
    print(f"{watched.by}: p50 {p50:.0f} ms, p99 {p99:.0f} ms, max {waits[-1]:.0f} ms")
    return p99, ears


async def resume(port: int, watched: Watched, ears: list[Ear]) -> None:
    """Cut everybody off, publish meanwhile, and let them come back."""
    last = max(int(ear.last) for ear in ears)
    for ear in ears:
        ear.transport.abort()
    sent = await asyncio.to_thread(tell, watched.topic, 5)
    back = await listen(port, watched.path, count=len(ears), after=str(last))
    await hear(back, sent)


def memory(port: int) -> int:
    """Return what the server holds, in kB."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/rss", timeout=30) as answer:
        return int(json.load(answer)["kB"])


async def by_edge(port: int, watched: Watched) -> float:
    """Measure the edge, and that its streams resume."""
    p99, ears = await measure(port, watched, count=LISTENERS)
    await resume(port, watched, ears)
    return p99


async def by_view(port: int, watched: Watched) -> float:
    """Measure the Django view."""
    p99, _ = await measure(port, watched, count=FEWER)
    return p99


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    video = make_post().pk
    topic = Topic.VIDEO.of(video)
    with serving("living", module="_living") as port:
        there = Watched("edge", f"/live/stream/video/{video}", topic)
        edge_ms = asyncio.run(by_edge(port, there))
    with serving("plain", module="_living") as port:
        view_ms = asyncio.run(by_view(port, Watched("view", f"/live/stream/{topic}", topic)))
    check(f"p99 within {GOAL_MS:.0f} ms", found=edge_ms <= GOAL_MS, expected=True)
    report("live", "publish to screen, p99", value=edge_ms, unit="ms", baseline=view_ms)
