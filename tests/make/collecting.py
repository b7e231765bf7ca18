"""Players without a browser: batches, cookies, and a way to post them to the collector."""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from takings.core import clock
from takings.events.edge.collector import Collector
from takings.events.edge.requests import Message
from takings.events.rules.rows import EventRow
from takings.people.rules import VIEWER_COOKIE, Viewer, sign_viewer

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the collector said."""

    status: int
    headers: dict[bytes, bytes]
    json: dict[str, object]


def batch(rows: Iterable[EventRow]) -> bytes:
    """Return the events as a player sends them."""
    events = [
        {
            "id": str(row.id),
            "type": row.type,
            "video": str(row.video_id),
            "view": str(row.view_id),
            "watched_ms": row.watched_ms,
            "position_ms": row.position_ms,
            "surface": row.surface,
            **({"ad": row.ad} if row.ad else {}),
        }
        for row in rows
    ]
    return json.dumps({"v": 1, "sent_ms": clock.to_ms(clock.now()), "events": events}).encode()


def viewer_cookie(
    viewer_id: uuid.UUID,
    *,
    country: str = "DE",
    age: str = "",
    ad_free_until: dt.datetime | None = None,
) -> str:
    """Return the Cookie header of this viewer's browser."""
    viewer = Viewer(viewer_id, None, country, clock.now(), age=age, ad_free_until=ad_free_until)
    token = sign_viewer(viewer, key=settings.SECRET_KEY)
    return f"theme=dark; {VIEWER_COOKIE}={token}"


async def post(
    collector: Collector, body: bytes, *, headers: dict[str, str], method: str = "POST"
) -> Answer:
    """Send one request to a collector in this process, the body in two pieces."""
    pieces = [body[: len(body) // 2], body[len(body) // 2 :]]
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0)
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    given = {"user-agent": BROWSER, **headers}
    scope: Message = {
        "type": "http",
        "method": method,
        "path": "/e",
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "client": ("192.0.2.7", 40_000),
    }
    await collector.app(scope, receive, send)
    start, end = sent
    status, listed, text = start["status"], start["headers"], end["body"]
    assert isinstance(status, int)
    assert isinstance(listed, list)
    assert isinstance(text, bytes)
    return Answer(status, dict(listed), json.loads(text))
