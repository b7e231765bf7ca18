"""Open streams of what happens now, as raw ASGI; one hub hears the bus for all of a process."""

import asyncio
import contextlib
from functools import partial

from takings.live.actions.publishing import bus
from takings.live.edge.hub import Hub
from takings.live.edge.presence import Counter
from takings.live.edge.stream import serve_stream
from takings.videos.edge.http import Message, Receive, Request, Send, answer_refusals

__all__ = ["app", "shutdown", "startup"]

_hub = Hub(bus)
_running: list[asyncio.Task[None]] = []


async def startup() -> None:
    """Begin to hear the bus, and to count who listens."""
    _running.extend(asyncio.create_task(part) for part in (_hub.run(), Counter(_hub).run()))


async def shutdown() -> None:
    """Hear no more; open streams are ended by the server."""
    while _running:
        task = _running.pop()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Answer ``/live/stream/…``."""
    await answer_refusals(partial(serve_stream, _hub), Request(scope, receive), send)
