"""``POST /e``: from a request to frames in the log. No database, no Django view."""

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import cast

import msgspec
from django.conf import settings

from takings.core import clock
from takings.core.errors import Forbidden, Invalid, Refusal, TooMuch, Unavailable
from takings.events.edge.log import Limits, SegmentLog
from takings.events.edge.networks import WatchedNetworks
from takings.events.rules.batches import (
    LARGEST_BODY_BYTES,
    BodyTooLarge,
    Checked,
    ClockIsWrong,
    check_batch,
)
from takings.events.rules.clients import classify_agent, hash_network
from takings.events.rules.frames import frame
from takings.events.rules.records import Record, encode_record
from takings.people.rules import VIEWER_COOKIE, BadViewerToken, read_viewer

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

RETRY_AFTER_S = b"2"
STATUS: dict[type, int] = {
    BadViewerToken: 403,  # not the events' fault: the player keeps them for after the reload
    Forbidden: 403,
    TooMuch: 413,
    Invalid: 422,
    Unavailable: 503,
}
_WANTED = VIEWER_COOKIE.encode()
JSON_HEADER = (b"content-type", b"application/json")


class OnlyPost(Refusal):
    """There is nothing to read here."""

    code = "only_post"
    sentence = "Send events with POST."


class Gone(Exception):  # noqa: N818 - no error: the client left before its body was complete
    """The client went away."""


class Collector:
    """One process's collector: a log it owns, opened by the first request or by ``startup``."""

    def __init__(self) -> None:
        """Know nothing yet; the settings are read when the log is opened."""
        self._log: SegmentLog | None = None
        self._networks: WatchedNetworks | None = None

    async def startup(self) -> None:
        """Open the log and read the lists of networks."""
        if self._log is None:
            self._log = SegmentLog(Path(settings.EVENTS_HOME), limits=Limits())
            self._networks = WatchedNetworks(Path(settings.NETWORKS_HOME))

    async def shutdown(self) -> None:
        """Write what waits and seal the segment, so that it is shipped at once."""
        log, self._log = self._log, None
        if log is not None:
            await log.close()

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request: 202 when the events are durable, else a refusal as JSON."""
        try:
            checked = await self._collect(scope, receive)
        except Gone:
            return
        except Refusal as refusal:
            await _refuse(refusal, send)
            return
        answer = {
            "accepted": len(checked.accepted),
            "rejected": checked.rejected,
            "server_ms": clock.to_ms(clock.now()),
        }
        await _send(202, [JSON_HEADER], msgspec.json.encode(answer), send=send)

    async def _collect(self, scope: Message, receive: Receive) -> Checked:
        if scope["method"] != "POST":
            raise OnlyPost
        pairs = cast("list[tuple[bytes, bytes]]", scope["headers"])
        headers = dict(pairs)
        body = await _body(headers, receive)
        at = clock.now()
        viewer = read_viewer(token=_cookie(pairs), key=settings.SECRET_KEY, at=at)
        checked = check_batch(body, at=at)
        if checked.accepted:
            await self.startup()
            address = _address(scope)
            record = Record(
                received_ms=clock.to_ms(at),
                viewer=viewer.viewer_id,
                country=viewer.country,
                ua_class=classify_agent(headers.get(b"user-agent", b"").decode("latin-1")),
                network=hash_network(address=address, day=at.date(), key=settings.SECRET_KEY),
                events=checked.accepted,
                net_class=cast("WatchedNetworks", self._networks).classify(address),
            )
            await cast("SegmentLog", self._log).append(frame(encode_record(record)))
        return checked


async def _body(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """Read the body, at most :data:`LARGEST_BODY_BYTES` of it."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > LARGEST_BODY_BYTES:
        raise BodyTooLarge(most=LARGEST_BODY_BYTES)
    chunks: list[bytes] = []
    held = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        chunk = cast("bytes", message.get("body", b""))
        held += len(chunk)
        if held > LARGEST_BODY_BYTES:
            raise BodyTooLarge(most=LARGEST_BODY_BYTES)
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _cookie(headers: list[tuple[bytes, bytes]]) -> str:
    """Return the viewer's token, or nothing, which no reader accepts.

    HTTP/2 may send each cookie in a header of its own.
    """
    for pair in b";".join(value for name, value in headers if name == b"cookie").split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == _WANTED:
            return value.decode("latin-1")
    return ""


def _address(scope: Message) -> str:
    client = cast("tuple[str, int] | None", scope.get("client"))
    return client[0] if client else ""


async def _refuse(refusal: Refusal, send: Send) -> None:
    status = next((STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS), 405)
    headers = [JSON_HEADER]
    if status == 405:  # noqa: PLR2004 - method not allowed
        headers.append((b"allow", b"POST"))
    if status == 503:  # noqa: PLR2004 - service unavailable
        headers.append((b"retry-after", RETRY_AFTER_S))
    answer = {
        "code": refusal.code,
        "sentence": str(refusal),
        "server_ms": clock.to_ms(clock.now()),
    }
    if isinstance(refusal, ClockIsWrong):
        answer["offset_ms"] = refusal.facts["offset_ms"]
    await _send(status, headers, msgspec.json.encode(answer), send=send)


async def _send(
    status: int, headers: list[tuple[bytes, bytes]], body: bytes, *, send: Send
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_collector = Collector()
app, startup, shutdown = _collector.app, _collector.startup, _collector.shutdown
