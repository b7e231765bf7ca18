"""A small client of open streams: asks as a browser does, and reads frame by frame."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from takings.live.edge.hub import Hub
from takings.live.edge.stream import serve_stream
from takings.videos.edge.http import Message, Request, answer_refusals

PATIENCE_S = 20


@dataclass(frozen=True)
class Told:
    """One frame as a browser reads it."""

    id: str
    kind: str
    data: list[list[object]]

    def words(self) -> list[object]:
        """Return the bodies of its events."""
        return [body for _, body in self.data]


@dataclass
class Tab:
    """One browser tab that listens."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_over: bool = False
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> Message:
        """Say nothing until it goes."""
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take what the server sends."""
        if message["type"] == "http.response.start":
            self.status = cast("int", message["status"])
            pairs = cast("list[tuple[bytes, bytes]]", message["headers"])
            self.headers = {name.decode(): value.decode() for name, value in pairs}
        else:
            self.body += cast("bytes", message.get("body", b""))
            self.is_over = not message.get("more_body", False)
        self._more.set()

    def go(self) -> None:
        """Close the tab."""
        self._gone.set()

    def told(self) -> list[Told]:
        """Return the frames so far, without the greeting."""
        frames = [frame for frame in self.body.decode().split("\n\n")[:-1] if frame.strip(":\n")]
        found = [_read(frame) for frame in frames]
        return [frame for frame in found if not frame.data or frame.data[0][0] != "hello"]

    async def opened(self) -> None:
        """Wait until it is greeted or refused."""
        await self._wait(lambda: bool(self.body))

    async def frames(self, count: int) -> list[Told]:
        """Wait for so many frames."""
        await self._wait(lambda: len(self.told()) >= count)
        return self.told()

    async def words(self, count: int) -> list[object]:
        """Wait for so many events, and return their bodies."""
        await self._wait(lambda: sum(len(frame.data) for frame in self.told()) >= count)
        return [word for frame in self.told() for word in frame.words()]

    async def end(self) -> None:
        """Wait until the server ends the stream."""
        await self._wait(lambda: self.is_over)

    async def _wait(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not is_so():
                self._more.clear()
                await self._more.wait()

    def refusal(self) -> tuple[int, str]:
        """Return the status and the code of a refusal."""
        return self.status, json.loads(self.body)["code"]


@asynccontextmanager
async def running(hub: Hub) -> AsyncIterator[Hub]:
    """Let a hub hear its bus."""
    task = asyncio.create_task(hub.run())
    await hub.ready()
    yield hub
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def listening(
    hub: Hub, path: str, *, headers: dict[str, str] | None = None
) -> AsyncIterator[Tab]:
    """Open a stream in a tab, and wait until it is open or refused."""
    tab = Tab()
    path, _, query = path.partition("?")
    scope: Message = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
    }
    request = Request(scope, tab.receive)
    task = asyncio.create_task(answer_refusals(partial(serve_stream, hub), request, tab.send))
    await tab.opened()
    yield tab
    tab.go()
    await task


def _read(frame: str) -> Told:
    lines = dict(line.split(": ", 1) for line in frame.splitlines())
    return Told(lines.get("id", ""), lines.get("event", "message"), json.loads(lines["data"]))
