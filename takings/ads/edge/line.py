"""HTTP/1.1 to one partner: connections that stay open, to an address that was looked at.

As little of RFC 9112 as a bidder needs: a POST, an answer with a known length or in chunks, no
redirects, no compression. What is not of that shape ends the connection.
"""

import asyncio
import http.client
import io
from collections import deque
from typing import NamedTuple

from takings.ads.queries.outside import Outside
from takings.ads.rules.outside import check_address

MOST_CONNECTIONS = 64
HEAD_BYTES = 16 * 1024
ANSWER_BYTES = 256 * 1024
ADDRESS_LIFE_S = 60.0
_EMPTY = frozenset({204, 304})


class BadAnswerError(Exception):
    """It does not speak HTTP as we do."""


class AnswerTooLargeError(Exception):
    """More than is read."""


class LineBusyError(Exception):
    """All connections wait for answers."""


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class _Connection(NamedTuple):
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Line:
    """The connections of one process to one address; use it on one event loop."""

    def __init__(self, endpoint: str, *, outside: Outside) -> None:
        """Connect to nobody yet. Refuses: BadOutsideAddress."""
        parts = check_address(endpoint)
        self._host = parts.hostname or ""
        self._target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
        self._outside = outside
        self._idle: deque[_Connection] = deque()
        self._open_count = 0
        self._place: tuple[str, int] | None = None
        self._place_until = 0.0

    async def post(self, body: bytes, headers: dict[str, str]) -> Reply:
        """Send a body and return the answer; whoever cancels this ends the connection.

        Raises: ``OSError``, BadAnswerError, AnswerTooLargeError, LineBusyError.
        Refuses: NotPublic, OutsideIsSilent.
        """
        lines = [f"POST {self._target} HTTP/1.1", f"host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["accept-encoding: identity", f"content-length: {len(body)}", "", ""]
        message = "\r\n".join(lines).encode("ascii") + body
        while self._idle:
            known = self._idle.pop()
            try:
                return await self._exchange(known, message)
            except (ConnectionError, BadAnswerError):
                continue  # it was closed while nobody looked; a question may be asked twice
        return await self._exchange(await self._connect(), message)

    async def _exchange(self, connection: _Connection, message: bytes) -> Reply:
        is_reusable = False
        try:
            connection.writer.write(message)
            await connection.writer.drain()
            reply, is_reusable = await _read(connection.reader)
        except (ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise BadAnswerError from error
        finally:
            if is_reusable:
                self._idle.append(connection)
            else:
                self._end(connection)
        return reply

    async def _connect(self) -> _Connection:
        if self._open_count >= MOST_CONNECTIONS:
            raise LineBusyError
        self._open_count += 1
        try:
            address, port = await self._looked_at()
            reader, writer = await asyncio.open_connection(
                address, port, ssl=self._outside.tls, server_hostname=self._host, limit=HEAD_BYTES
            )
        except BaseException:
            self._open_count -= 1
            raise
        return _Connection(reader, writer)

    async def _looked_at(self) -> tuple[str, int]:
        """Return the address, looked up again once a minute, by a thread: it may take long."""
        now = asyncio.get_running_loop().time()
        if self._place is None or now >= self._place_until:
            self._place = await asyncio.to_thread(self._outside.place, self._host)
            self._place_until = now + ADDRESS_LIFE_S
        return self._place

    def _end(self, connection: _Connection) -> None:
        self._open_count -= 1
        connection.writer.transport.abort()

    def close(self) -> None:
        """End the idle connections."""
        while self._idle:
            self._end(self._idle.pop())


async def _read(reader: asyncio.StreamReader) -> tuple[Reply, bool]:
    """Read an answer; tell whether the connection can be used again."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError:
        raise AnswerTooLargeError from None
    first, _, rest = head.partition(b"\r\n")
    version, _, status_words = first.partition(b" ")
    if version not in {b"HTTP/1.1", b"HTTP/1.0"}:
        raise BadAnswerError
    status = int(status_words[:3])
    try:
        headers = http.client.parse_headers(io.BytesIO(rest))
    except http.client.HTTPException:
        raise BadAnswerError from None
    if headers.get("content-encoding", "identity") != "identity":
        raise BadAnswerError
    body, is_whole = await _body(reader, headers, status=status)
    keeps = headers.get("connection", "").lower() != "close" and version == b"HTTP/1.1"
    return Reply(status, body), keeps and is_whole


async def _body(
    reader: asyncio.StreamReader, headers: http.client.HTTPMessage, *, status: int
) -> tuple[bytes, bool]:
    """Read a body; tell whether its end is known without the end of the connection."""
    if status in _EMPTY:
        return b"", True
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader), True
    length = headers.get("content-length")
    if length is not None:
        return await _exactly(reader, int(length)), True
    body = bytearray()
    while more := await reader.read(ANSWER_BYTES):
        body += more
        _check_size(len(body))
    return bytes(body), False


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        _check_size(len(body) + size)
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        continue  # trailers say nothing to us
    return bytes(body)


async def _exactly(reader: asyncio.StreamReader, size: int) -> bytes:
    _check_size(size)
    return await reader.readexactly(size)


def _check_size(size: int) -> None:
    if size > ANSWER_BYTES:
        raise AnswerTooLargeError
