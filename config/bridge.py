"""Django as WSGI inside the ASGI server, on a bounded pool of threads.

Django's own ASGI handler costs 2–4 ms of processor time a request; the same views called through
this bridge cost 0.4–1.6 ms. A body is received completely before a thread is taken, so slow
senders hold no thread; beyond 64 KiB it lies on disk, beyond 16 MiB it is refused (uploads have
an edge route of their own).
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Protocol, cast

from config.edge import Headers, Message, Receive, Send, send_json

BODY_LIMIT_BYTES = 16 * 1024 * 1024
IN_MEMORY_BYTES = 64 * 1024
FILE_BLOCK_BYTES = 256 * 1024

Environ = dict[str, object]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType]


class StartResponse(Protocol):
    """The callable WSGI hands to the application (PEP 3333)."""

    def __call__(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> object:
        """Take the status and headers of the response."""


Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]


class ClientGone(Exception):  # noqa: N818 - the client left; there is nobody to answer
    """The client went away before its request was complete."""


class FileBlocks:
    """An open file in blocks large enough to be worth a hop between threads."""

    def __init__(self, file: BinaryIO, block_size: int = 0) -> None:
        """Wrap the file; the block size the application asks for is too small for us."""
        self._file = file
        self._size = max(block_size, FILE_BLOCK_BYTES)

    def __iter__(self) -> Iterator[bytes]:
        """Yield the blocks."""
        while block := self._file.read(self._size):
            yield block

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@dataclass
class Answer:
    """What the application gave to ``start_response``."""

    status: int = 500
    headers: Headers = field(default_factory=list)

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None, /
    ) -> object:
        """Keep status and headers until the first byte is sent."""
        del exc_info
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.strip().encode("latin-1"))
            for name, value in headers
        ]
        return None


class Bridge:
    """The WSGI application as an ASGI one."""

    def __init__(self, wsgi: Wsgi, *, threads: int, waiting: int) -> None:
        """Serve with so many threads; beyond so many waiting requests answer 503."""
        self._wsgi = wsgi
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self._most = threads + waiting
        self._open = 0

    async def app(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if self._open >= self._most:
            sentence = "The server is busy. Please try again in a moment."
            await send_json(
                send,
                status=503,
                content={"code": "busy", "sentence": sentence},
                headers=[(b"retry-after", b"2")],
            )
            return
        self._open += 1
        try:
            with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as body:
                length = await _receive_body(receive, body=cast("BinaryIO", body))
                if length is None:
                    await _refuse_body(send)
                    return
                environ = environment(scope, body=cast("BinaryIO", body), length=length)
                await self._run(environ, send)
        except ClientGone:
            return
        finally:
            self._open -= 1

    async def _run(self, environ: Environ, send: Send) -> None:
        loop = asyncio.get_running_loop()

        def pass_on(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(_awaited(send, message), loop).result()

        last = await loop.run_in_executor(self._pool, self._call, environ, pass_on)
        for message in last:
            await send(message)

    def _call(
        self,
        environ: Environ,
        pass_on: Callable[[Message], None],
    ) -> list[Message]:
        """Call the application in this thread; return the messages that are left to send.

        An ordinary response comes back whole, with one hop; a streaming one is passed on block by
        block, each waiting until the server has taken the one before.
        """
        answer = Answer()
        bodiless = environ["REQUEST_METHOD"] == "HEAD"
        response = self._wsgi(environ, answer.start)
        try:
            if not isinstance(response, FileBlocks) and not getattr(response, "streaming", False):
                body = b"" if bodiless else b"".join(response)
                return [_start(answer), {"type": "http.response.body", "body": body}]
            pass_on(_start(answer))
            for block in () if bodiless else response:
                pass_on({"type": "http.response.body", "body": block, "more_body": True})
            return [{"type": "http.response.body", "body": b""}]
        finally:
            if (close := getattr(response, "close", None)) is not None:
                close()

    def close(self) -> None:
        """Let the running requests end and give the threads back."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def environment(scope: Message, *, body: BinaryIO, length: int) -> Environ:
    """Return the WSGI environment of an ASGI scope (PEP 3333).

    Header names with an underscore are dropped: as WSGI variables they could not be told from
    those with a hyphen, which a proxy may have set.
    """
    client = cast("tuple[str, int] | None", scope.get("client")) or ("", 0)
    server = cast("tuple[str, int] | None", scope.get("server")) or ("localhost", 80)
    path = cast("str", scope["path"]).encode("utf-8", "surrogateescape")
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path.decode("latin-1"),
        "QUERY_STRING": cast("bytes", scope["query_string"]).decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileBlocks,
    }
    for name, value in cast("Headers", scope["headers"]):
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    if "_" in name or name in ("content-length", "proxy"):  # "proxy" would set HTTP_PROXY
        return
    if name == "content-type":
        environ["CONTENT_TYPE"] = value
        return
    key = "HTTP_" + name.upper().replace("-", "_")
    joint = "; " if name == "cookie" else ","
    environ[key] = f"{environ[key]}{joint}{value}" if key in environ else value


async def _receive_body(receive: Receive, *, body: BinaryIO) -> int | None:
    """Receive the whole body; None when it is larger than the limit."""
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunk = cast("bytes", message.get("body", b""))
        length += len(chunk)
        if length > BODY_LIMIT_BYTES:
            return None
        body.write(chunk)
        if not message.get("more_body"):
            body.seek(0)
            return length


async def _refuse_body(send: Send) -> None:
    sentence = "This is more than 16 MB. Send large files through the upload page."
    content: dict[str, object] = {"code": "body_too_large", "sentence": sentence}
    await send_json(send, status=413, content=content, headers=[(b"connection", b"close")])


async def _awaited(send: Send, message: Message) -> None:
    await send(message)


def _start(answer: Answer) -> Message:
    return {
        "type": "http.response.start",
        "status": answer.status,
        "headers": answer.headers,
    }
