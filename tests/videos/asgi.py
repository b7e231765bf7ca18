"""A small ASGI client: sends one request to the edge, message by message."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from django.test import Client

from takings.people.models import User
from takings.videos import edge
from takings.videos.edge.http import Message

Chunk = bytes | Callable[[], Awaitable[None]] | None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent_path: str = ""

    @property
    def content(self) -> dict[str, str]:
        """The body as JSON."""
        return cast("dict[str, str]", json.loads(self.body))


def cookie_of(user: User) -> str:
    """Sign someone in and return their session cookie."""
    client = Client()
    client.force_login(user)
    return f"theme=dark; sessionid={client.cookies['sessionid'].value}"


async def request(
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    chunks: list[Chunk] | None = None,
    pathsend: bool = False,
) -> Answer:
    """Send a request. A chunk is bytes, something to await, or None: the connection is cut."""
    scope: Message = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()],
        "extensions": {"http.response.pathsend": {}} if pathsend else {},
    }
    coming = _messages(chunks or [])
    sent: list[Message] = []

    async def receive() -> Message:
        return await anext(coming)

    async def send(message: Message) -> None:
        sent.append(message)

    await edge.app(scope, receive, send)
    return _answer(sent)


async def _messages(chunks: list[Chunk]) -> AsyncIterator[Message]:
    for chunk in chunks:
        if chunk is None:
            yield {"type": "http.disconnect"}
        elif isinstance(chunk, bytes):
            yield {"type": "http.request", "body": chunk, "more_body": True}
        else:
            await chunk()
    yield {"type": "http.request", "body": b"", "more_body": False}


def _answer(sent: list[Message]) -> Answer:
    if not sent:
        return Answer(0, {}, b"")
    start, *rest = sent
    pairs = cast("list[tuple[bytes, bytes]]", start["headers"])
    path = "".join(str(m["path"]) for m in rest if m["type"] == "http.response.pathsend")
    body = b"".join(cast("bytes", m.get("body", b"")) for m in rest)
    return Answer(
        status=cast("int", start["status"]),
        headers={name.decode(): value.decode() for name, value in pairs},
        body=Path(path).read_bytes() if path else body,
        sent_path=path,
    )


def send(method: str, path: str, **kwargs: object) -> Answer:
    """Send one request and wait for its answer."""
    return asyncio.run(request(method, path, **kwargs))  # type: ignore[arg-type]
