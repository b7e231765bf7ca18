"""Requests and answers without a framework: a few headers, a refusal as JSON."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import cast

from takings.core.errors import Refusal, TooMuch
from takings.core.statuses import NOT_ALLOWED, status_of
from takings.people.queries import NotSignedIn
from takings.videos.actions import BusyUpload, NoRoom, TooManyUploads
from takings.videos.rules.files import BadRange
from takings.videos.rules.tus import TooSlow, WrongType, WrongVersion

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = dict[str, str]

_OWN: dict[type[Refusal], int] = {
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    BusyUpload: HTTPStatus.LOCKED,
    NoRoom: HTTPStatus.INSUFFICIENT_STORAGE,
    TooManyUploads: HTTPStatus.TOO_MANY_REQUESTS,
    WrongVersion: HTTPStatus.PRECONDITION_FAILED,
    WrongType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooSlow: HTTPStatus.REQUEST_TIMEOUT,
    BadRange: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    TooMuch: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


class WrongMethod(Refusal):
    """The address exists, but not for this method."""

    code = "wrong_method"
    sentence = "This address does not answer {method} requests."


class Gone(Exception):  # noqa: N818 - no error: the client left, there is nobody to answer
    """The client went away."""


class Request:
    """One request as the routes see it."""

    def __init__(self, scope: Message, receive: Receive) -> None:
        """Read what every route asks for."""
        self.receive = receive
        self.always: Headers = {}  # what the route puts on every answer, refusals included
        self.method = str(scope["method"])
        self.path = str(scope["path"])
        self.client = cast("tuple[str, int] | None", scope.get("client"))
        self.query = cast("bytes", scope.get("query_string", b"")).decode("latin-1")
        self.can_send_paths = "http.response.pathsend" in cast(
            "dict[str, object]", scope.get("extensions") or {}
        )
        pairs = cast("list[tuple[bytes, bytes]]", scope["headers"])
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in pairs}
        # HTTP/2 may send each cookie in a header of its own
        self._cookies = [value.decode("latin-1") for name, value in pairs if name == b"cookie"]

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name."""
        return self.headers.get(name)

    def cookie(self, name: str) -> str:
        """Return a cookie, empty when there is none."""
        for line in self._cookies:
            try:
                jar: SimpleCookie = SimpleCookie(line)
            except CookieError:
                continue
            if name in jar:
                return jar[name].value
        return ""


Route = Callable[[Request, Send], Awaitable[None]]


async def answer(
    send: Send, status: int, headers: Headers | None = None, *, body: bytes = b""
) -> None:
    """Send a whole answer."""
    await begin(send, status, {"content-length": str(len(body)), **(headers or {})})
    await send({"type": "http.response.body", "body": body})


async def begin(send: Send, status: int, headers: Headers) -> None:
    """Send the head of an answer."""
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def answer_refusals(route: Route, request: Request, send: Send) -> None:
    """Call a route; what it refuses becomes ``{"code", "sentence"}`` with its HTTP status."""
    try:
        await route(request, send)
    except Gone:
        return
    except Refusal as refusal:
        headers = {"content-type": "application/json", "cache-control": "no-store"}
        headers |= request.always
        status = status_of(refusal, own=_OWN, otherwise=NOT_ALLOWED)
        if isinstance(refusal, BadRange):
            headers["content-range"] = f"bytes */{refusal.facts['size']}"
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["retry-after"] = "5"
        body = json.dumps({"code": refusal.code, "sentence": str(refusal)}).encode()
        await answer(send, status, headers, body=b"" if request.method == "HEAD" else body)
