"""The web process: hot routes as raw ASGI, everything else by Django through the bridge."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable

from django.conf import settings

from config import proxy
from config.application import wsgi
from config.bridge import Bridge
from config.edge import (
    SECURITY_HEADERS,
    App,
    Message,
    Receive,
    Send,
    Sender,
    send_json,
)
from config.health import Health
from takings.ads import edge as ads_edge
from takings.events import edge as events_edge
from takings.host.garbage import spare_what_is_loaded
from takings.live import edge as live_edge
from takings.videos import edge as videos_edge

log = logging.getLogger(__name__)

DJANGO_THREADS = 8
DJANGO_WAITING = 256
LAST_WORDS_S = 1.0  # what requests get to end by themselves when the server stops

EDGE: tuple[tuple[str, App], ...] = (
    ("/ads/next", ads_edge.app),
    ("/ads/click", ads_edge.app),
    ("/ads/list", ads_edge.players_app),
    ("/vast", ads_edge.players_app),
    ("/vmap", ads_edge.players_app),
    ("/openrtb2", ads_edge.auctions_app),
    ("/e", events_edge.app),
    ("/uploads", videos_edge.app),
    ("/media", videos_edge.app),
    ("/live/stream", live_edge.app),
    ("/healthz", Health().app),
)
STARTUPS: tuple[Callable[[], Awaitable[None]], ...] = (
    events_edge.startup,
    ads_edge.startup,
    live_edge.startup,
)
SHUTDOWNS: tuple[Callable[[], Awaitable[None]], ...] = (
    events_edge.shutdown,
    videos_edge.shutdown,
    ads_edge.shutdown,
    live_edge.shutdown,
)
HSTS = (b"strict-transport-security", b"max-age=31536000")

bridge = Bridge(wsgi, threads=DJANGO_THREADS, waiting=DJANGO_WAITING)
extra_headers = [*SECURITY_HEADERS, HSTS] if settings.SECURE else SECURITY_HEADERS
open_requests: set[asyncio.Task[None]] = set()


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Send a request to its route."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    if scope["type"] != "http":
        await send({"type": "websocket.close", "code": 1000})
        return
    if settings.BEHIND_PROXY:
        proxy.believe(scope)
    edge = _edge_route(str(scope["path"]))
    if edge is None:
        await bridge.app(scope, receive, send)
    else:
        await _answer(edge, scope, receive, send=Sender(send, extra=extra_headers))


def _edge_route(path: str) -> App | None:
    for prefix, route in EDGE:
        if path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/"):
            return route
    return None


async def _answer(route: App, scope: Message, receive: Receive, *, send: Sender) -> None:
    """Call an edge route; whatever it did not foresee is logged and answered with 500."""
    task = asyncio.current_task()
    if task is not None:
        open_requests.add(task)
    try:
        await route(scope, receive, send)
    except asyncio.CancelledError:
        log.info("Ended an open stream because the server stops.")
    except Exception:  # the outermost edge
        log.exception("The route %s failed.", scope["path"])
        if not send.begun:
            sentence = "Something went wrong on our side; it has been written down."
            await send_json(send, status=500, content={"code": "fault", "sentence": sentence})
    finally:
        if task is not None:
            open_requests.discard(task)


async def _live(receive: Receive, send: Send) -> None:
    """Start and stop with the server."""
    await receive()
    try:
        _hear_the_end()
        for start in STARTUPS:
            await start()
        spare_what_is_loaded()
    except Exception as error:
        log.exception("The web process could not start.")
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for stop in SHUTDOWNS:
        await stop()
    bridge.close()
    await send({"type": "lifespan.shutdown.complete"})


def _hear_the_end() -> None:
    """End open streams when the server shall stop.

    Granian waits for open responses before it ends, for ever if one never does.
    """
    loop = asyncio.get_running_loop()

    def stop(number: int, frame: object) -> None:
        del number, frame
        loop.call_soon_threadsafe(loop.call_later, LAST_WORDS_S, _end_streams)

    # The loop hears of a signal by its wake-up file whoever handles it, so Granian's own part of
    # stopping, registered with the loop, goes on.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _end_streams() -> None:
    for task in list(open_requests):
        task.cancel()
