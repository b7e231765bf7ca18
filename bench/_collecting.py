"""Servers to be measured: the collector or the ad server alone, and an echo that keeps nothing."""

import django

django.setup()

from takings.ads import edge as ads  # noqa: E402 - the same
from takings.events.edge import app as collect  # noqa: E402 - the same
from takings.events.edge import shutdown, startup  # noqa: E402 - the same
from takings.events.edge.requests import Message, Receive, Send  # noqa: E402 - the same
from takings.host.garbage import spare_what_is_loaded  # noqa: E402 - after Django is ready

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
