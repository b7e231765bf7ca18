"""What every raw ASGI route shares: its types, the security headers, an answer in JSON."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import cast

Message = MutableMapping[str, object]
Headers = list[tuple[bytes, bytes]]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

SECURITY_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


class Sender:
    """Sends a response with the security headers, and remembers whether it has begun."""

    def __init__(self, send: Send, *, extra: Headers) -> None:
        """Wrap the server's ``send``; ``extra`` headers join unless the route set its own."""
        self.begun = False
        self._send = send
        self._extra = extra

    async def __call__(self, message: Message) -> None:
        """Pass the message on."""
        if message["type"] == "http.response.start":
            self.begun = True
            headers = cast("Headers", message.get("headers", []))
            present = {name.lower() for name, _ in headers}
            added = [pair for pair in self._extra if pair[0] not in present]
            message["headers"] = [*headers, *added]
        await self._send(message)


async def send_json(
    send: Send, *, status: int, content: dict[str, object], headers: Headers | None = None
) -> None:
    """Answer with a small JSON object that no cache keeps."""
    body = json.dumps(content).encode()
    fixed = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send(
        {"type": "http.response.start", "status": status, "headers": [*fixed, *(headers or [])]}
    )
    await send({"type": "http.response.body", "body": body})
