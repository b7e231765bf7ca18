"""Servers to be measured: the collector, the ad server or gifts alone, and an echo."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.db import transaction  # noqa: E402 - after Django is ready

from config.edge import spare_what_is_loaded  # noqa: E402 - the same
from takings.ads import edge as ads  # noqa: E402 - the same
from takings.core import clock  # noqa: E402 - the same
from takings.events.edge import app as collect  # noqa: E402 - the same
from takings.events.edge import shutdown, startup  # noqa: E402 - the same
from takings.events.edge.requests import Message, Receive, Send, read_body  # noqa: E402 - the same
from takings.gifts import edge as gifts  # noqa: E402 - the same
from takings.gifts.actions import send_gift  # noqa: E402 - the same
from takings.gifts.edge.routes import wish_of  # noqa: E402 - the same
from takings.gifts.rules import Wish  # noqa: E402 - the same
from takings.people.models import Creator  # noqa: E402 - the same

ANSWER = b'{"accepted":20,"rejected":[],"server_ms":0}'
HEADERS = [(b"content-type", b"application/json")]


async def collector(scope: Message, receive: Receive, send: Send) -> None:
    """Answer by the collector; seal the log when the server stops."""
    if scope["type"] == "lifespan":
        await receive()
        await startup()
        spare_what_is_loaded()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await shutdown()
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await collect(scope, receive, send)


async def deciding(scope: Message, receive: Receive, send: Send) -> None:
    """Answer by the ad server; give back its leases when the server stops."""
    if scope["type"] == "lifespan":
        await receive()
        await ads.startup()
        spare_what_is_loaded()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await ads.shutdown()
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await ads.app(scope, receive, send)


async def giving(scope: Message, receive: Receive, send: Send) -> None:
    """Send gifts as the product does; those on their way are sent when the server stops."""
    if scope["type"] == "lifespan":
        await receive()
        spare_what_is_loaded()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await gifts.shutdown()
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await gifts.app(scope, receive, send)


threads = ThreadPoolExecutor(8)


async def giving_by_locks(scope: Message, receive: Receive, send: Send) -> None:
    """Send each gift in a transaction of its own, which locks the row of its creator."""
    if scope["type"] == "lifespan":
        await echo(scope, receive, send)
        return
    wish = wish_of(await read_body(scope, receive))
    await asyncio.get_running_loop().run_in_executor(threads, _send_alone, wish)
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


def _send_alone(wish: Wish) -> None:
    with transaction.atomic():
        Creator.objects.select_for_update().get(videos=wish.video_id)
        send_gift(wish=wish, at=clock.now())


async def echo(scope: Message, receive: Receive, send: Send) -> None:
    """Read the body and say that it was taken."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 202, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})
