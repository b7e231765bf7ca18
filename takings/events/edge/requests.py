"""A request to the collector, read: who sends it, what may be kept of them, and the body."""

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import cast

from django.conf import settings

from takings.core.errors import Refusal
from takings.events.rules.batches import LARGEST_BODY_BYTES, BodyTooLarge
from takings.events.rules.clients import (
    check_site,
    classify_agent,
    day_viewer,
    hash_network,
    is_private,
    read_cookies,
)
from takings.people.rules import VIEWER_COOKIE, Viewer, read_viewer

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class OnlyPost(Refusal):
    """There is nothing to read here."""

    code = "only_post"
    sentence = "Send events with POST."


class Gone(Exception):  # noqa: N818 - no error: the client left before its body was complete
    """The client went away."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a batch. ``network`` is the hash of this day, 0 where it may not be kept."""

    viewer: Viewer
    address: str
    ua_class: str
    network: int
    is_private: bool

    def viewer_on(self, day: dt.date) -> uuid.UUID:
        """Return the viewer as the events of views of this day may name them."""
        if not self.is_private:
            return self.viewer.viewer_id
        key = settings.SECRET_KEY
        return day_viewer(viewer_id=self.viewer.viewer_id, day=day, key=key)


def read_sender(scope: Message, *, at: dt.datetime) -> Sender:
    """Read everything but the body. Refuses: OnlyPost, CrossSite, BadViewerToken."""
    if scope["method"] != "POST":
        raise OnlyPost
    pairs = cast("list[tuple[bytes, bytes]]", scope["headers"])
    headers, cookies = dict(pairs), read_cookies(pairs)
    check_site(headers=headers, public_url=settings.PUBLIC_URL)
    private = is_private(headers=headers, cookies=cookies)
    address = client_address(scope)
    network = 0
    if not private:
        network = hash_network(address=address, day=at.date(), key=settings.SECRET_KEY)
    return Sender(
        viewer=read_viewer(token=cookies.get(VIEWER_COOKIE, ""), key=settings.SECRET_KEY, at=at),
        address=address,
        ua_class=classify_agent(headers.get(b"user-agent", b"").decode("latin-1")),
        network=network,
        is_private=private,
    )


async def read_body(scope: Message, receive: Receive) -> bytes:
    """Read the body, at most :data:`LARGEST_BODY_BYTES` of it; raises :class:`Gone`."""
    length = dict(cast("list[tuple[bytes, bytes]]", scope["headers"])).get(b"content-length", b"0")
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


def client_address(scope: Message) -> str:
    """Return the client's address; behind a trusted proxy the server has put it there already."""
    client = cast("tuple[str, int] | None", scope.get("client"))
    return client[0] if client else ""
