"""A server of open streams without a database: `/live/stream/…` for anybody, and two more.

``/tell?<count>`` tells all of it so many events of a kilobyte and answers when they were delivered;
``/count`` answers how many listen, and the memory of the process in kB.
"""

from config import application  # isort: skip  # noqa: F401 - models are read from here on

import asyncio
import resource
import uuid
from pathlib import Path

from takings.live.actions.bus import MemoryBus
from takings.live.edge import hub as hubs
from takings.live.edge.hub import Hub
from takings.live.edge.listener import Guest
from takings.live.edge.stream import tell_guest
from takings.live.rules.bus import Event
from takings.videos.edge.http import Message, Receive, Request, Send

TOPIC = "video:one"
WORDS = '{"w":"%s"}' % ("w" * 1_000)

hubs.HEARTBEAT_S = 0.2
hub = Hub(MemoryBus())


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Answer one request, or live with the server."""
    if scope["type"] == "lifespan":
        beats = asyncio.create_task(hub.run())
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})
        beats.cancel()
        return
    request = Request(scope, receive)
    if request.path == "/tell":
        first = hub.position + 1
        for number in range(first, first + int(request.query)):
            hub.deliver([Event(number, TOPIC, "word", WORDS, may_drop=False)])
            await asyncio.sleep(0)
    elif request.path != "/count":
        await tell_guest(hub, request, send, topic=TOPIC, guest=Guest(uuid.uuid4()))
        return
    body = f"{hub.count} {resident_kb()}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def resident_kb() -> int:
    """Return how much memory the process takes."""
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * resource.getpagesize() // 1_024
