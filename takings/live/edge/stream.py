"""``GET /live/stream/<kind>/<id>``: what happens in a room or on a video, as server-sent events."""

import asyncio
import uuid
from http import HTTPStatus
from urllib.parse import parse_qs

from django.conf import settings

from takings.core import clock
from takings.core.errors import NotFound
from takings.live.edge.cutting import Cutter
from takings.live.edge.hub import Hub
from takings.live.edge.listener import Guest, Listener
from takings.live.queries import access_topic, shows_name
from takings.live.rules.bus import Topic
from takings.live.rules.frames import RETRY_MS, passing
from takings.people.models import User
from takings.people.queries import NotSignedIn
from takings.people.rules import VIEWER_COOKIE, BadViewerToken, read_viewer
from takings.videos.edge.caller import has_session, signed_in_user
from takings.videos.edge.http import Request, Send, WrongMethod, begin
from takings.videos.edge.threads import ask

PREFIX = "/live/stream/"
HEADERS = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",  # nginx would gather bytes until its buffer is full
}
_cutter = Cutter()


class NoSuchStream(NotFound):
    """Nothing is told there."""

    code = "no_such_stream"
    sentence = "There is nothing to listen to here."


async def serve_stream(hub: Hub, request: Request, send: Send) -> None:
    """Send what happens until the browser goes, or may not listen any more, or the server stops.

    Refuses: WrongMethod, NoSuchStream, TooManyListeners, and what the topic refuses.
    """
    if request.method != "GET":
        raise WrongMethod(method=request.method)
    topic, guest = await ask(_admit, request)
    await hub.ready()
    await tell_guest(hub, request, send, topic=topic, guest=guest)


async def tell_guest(hub: Hub, request: Request, send: Send, *, topic: str, guest: Guest) -> None:
    """Send what a topic is told to somebody who may listen; cut off who takes nothing of it.

    Refuses: TooManyListeners.
    """
    after = _after(request)
    listener = hub.join(topic, guest)
    try:
        if after is not None:
            await _tell_again(hub, listener, topic=topic, after=after)
        async with asyncio.timeout(None) as patience:
            listener.give_up = lambda: patience.reschedule(0)
            await _tell(listener, request, send)
    except TimeoutError:
        if request.client is not None:
            _cutter.cut(request.client)
    finally:
        hub.leave(topic, listener)


async def _tell(listener: Listener, request: Request, send: Send) -> None:
    await begin(send, HTTPStatus.OK, HEADERS)
    hello = passing("hello", {"now": clock.to_ms(clock.now())}).data
    await _send(send, b"retry: %d\n" % RETRY_MS + hello)
    gone = asyncio.ensure_future(_until_gone(request))
    gone.add_done_callback(lambda _: listener.close())
    try:
        while data := await listener.next():
            await _send(send, data)
    finally:
        gone.cancel()
    await send({"type": "http.response.body", "body": b""})


def _admit(request: Request) -> tuple[str, Guest]:
    """Return what is asked for and who asks, once they may listen; asks the database."""
    kind, _, name = request.path.removeprefix(PREFIX).partition("/")
    try:
        topic, topic_id = Topic(kind), uuid.UUID(name)
    except ValueError:
        raise NoSuchStream from None
    user = _user(request)
    access_topic(topic=topic, topic_id=topic_id, user=user, at=clock.now())
    return topic.of(topic_id), _guest(request, user, topic_id)


def _guest(request: Request, user: User | None, topic_id: uuid.UUID) -> Guest:
    if user:
        is_shown = shows_name(user=user, room_id=topic_id)
        return Guest(user.viewer_id, user.pk, user.display_name if is_shown else "")
    token, now = request.cookie(VIEWER_COOKIE), clock.now()
    try:
        return Guest(read_viewer(token=token, key=settings.SECRET_KEY, at=now).viewer_id)
    except BadViewerToken:
        return Guest(uuid.uuid4())


def _user(request: Request) -> User | None:
    if not has_session(request):
        return None
    try:
        return signed_in_user(request)
    except NotSignedIn:
        return None


def _after(request: Request) -> int | None:
    """Return after which event it goes on: what the browser saw last, else what the page showed."""
    said = request.header("last-event-id") or parse_qs(request.query).get("after", [""])[-1]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None  # noqa: PLR2004 - a bigint


async def _tell_again(hub: Hub, listener: Listener, *, topic: str, after: int) -> None:
    """Tell what was told meanwhile; who was away too long looks at the page again."""
    told = await ask(hub.bus.since, topic=topic, after=after)
    if told is None:
        listener.miss(hub.position)
    else:
        listener.begin(told, after=after)


async def _send(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
