"""Servers to be measured: open streams by the edge, and as a Django view that looks for news."""

import django

django.setup()

import asyncio  # noqa: E402 - after Django is ready
from collections.abc import AsyncIterator  # noqa: E402 - the same
from pathlib import Path  # noqa: E402 - the same

from django.conf import settings  # noqa: E402 - the same
from django.core.handlers.asgi import ASGIHandler  # noqa: E402 - the same
from django.http import HttpRequest, StreamingHttpResponse  # noqa: E402 - the same
from django.urls import path  # noqa: E402 - the same

from config.edge import Message, Receive, Send, send_json, spare_what_is_loaded  # noqa: E402
from takings.live import edge, models  # noqa: E402 - the same

LOOK_S = 0.25
MOST = 1_000


def stream(_request: HttpRequest, topic: str) -> StreamingHttpResponse:
    """Open a stream that looks for news four times a second."""
    headers = {"Cache-Control": "no-store"}
    told = _news(topic)
    return StreamingHttpResponse(told, content_type="text/event-stream", headers=headers)


async def _news(topic: str) -> AsyncIterator[str]:
    yield ": hello\n\n"
    last = await models.Event.objects.order_by("-pk").values_list("pk", flat=True).afirst() or 0
    while True:
        news = models.Event.objects.filter(topic=topic, pk__gt=last).order_by("pk")[:MOST]
        async for event in news:
            last = event.pk
            yield f"id: {last}\ndata: [[{event.kind!r},{event.body}]]\n\n"
        await asyncio.sleep(LOOK_S)


urlpatterns = [path("live/stream/<str:topic>", stream)]


async def living(scope: Message, receive: Receive, send: Send) -> None:
    """Answer by the edge."""
    if scope["type"] == "lifespan":
        await receive()
        await edge.startup()
        spare_what_is_loaded()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await edge.shutdown()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["path"] == "/rss":
        await _tell_memory(send)
    else:
        await edge.app(scope, receive, send)


async def plain(scope: Message, receive: Receive, send: Send) -> None:
    """Answer by Django, all middleware included, as it comes."""
    if scope["type"] == "lifespan":
        await receive()
        settings.ROOT_URLCONF = __name__
        settings.DATABASES["default"]["OPTIONS"] = {}  # no pool: each view keeps its connection
        spare_what_is_loaded()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    elif scope["path"] == "/rss":
        await _tell_memory(send)
    else:
        await _django(scope, receive, send)  # type: ignore[arg-type]  # asgiref's own names


_django = ASGIHandler()


async def _tell_memory(send: Send) -> None:
    status = await asyncio.to_thread(Path("/proc/self/status").read_text)
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    await send_json(send, status=200, content={"kB": int(line.split()[1])})
