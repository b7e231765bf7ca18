"""What the browser says and is told: JSON in, JSON out, refusals with a sentence."""

import json
from uuid import UUID

import msgspec
from django.conf import settings

from takings.core import clock
from takings.core.errors import Refusal
from takings.core.statuses import NOT_ALLOWED, status_of
from takings.events.edge.requests import Gone, Message, Receive, Send, read_body
from takings.gifts.actions import Sent
from takings.gifts.edge.grouping import Group
from takings.gifts.queries import undo_until
from takings.gifts.rules import BadGiftId, Wish, read_sender

MOST_MOMENT_MS = 2**31 - 1
_group = Group()


class OnlyPostGifts(Refusal):
    """There is nothing to read here."""

    code = "only_post_gifts"
    sentence = "Send gifts with POST."


class _Said(msgspec.Struct, forbid_unknown_fields=True):
    """What a page sends."""

    id: UUID
    token: str
    video: UUID
    kind: str
    message: str = ""
    is_anonymous: bool = False
    moment_ms: int | None = None
    room: UUID | None = None


_read = msgspec.json.Decoder(_Said).decode


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Answer one request."""
    try:
        if scope["method"] != "POST":
            raise OnlyPostGifts
        sent = await _group.send(wish_of(await read_body(scope, receive)))
    except Gone:
        return
    except Refusal as refusal:
        status = status_of(refusal, otherwise=NOT_ALLOWED)
        await _answer(send, status, {"code": refusal.code, "sentence": str(refusal)})
    else:
        await _answer(send, 200, _told(sent))


async def shutdown() -> None:
    """Send what waits, and stop."""
    await _group.close()


def wish_of(body: bytes) -> Wish:
    """Read a wish. Refuses: BadGiftId, BadSenderToken."""
    try:
        said = _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise BadGiftId from wrong
    sender_id = read_sender(token=said.token, key=settings.SECRET_KEY, at=clock.now())
    moment = said.moment_ms
    return Wish(
        id=said.id,
        sender_id=sender_id,
        video_id=said.video,
        kind=said.kind,
        message=said.message,
        is_anonymous=said.is_anonymous,
        moment_ms=None if moment is None else max(0, min(moment, MOST_MOMENT_MS)),
        room_id=said.room,
    )


def _told(sent: Sent) -> dict[str, object]:
    gift = sent.gift
    return {
        "id": str(gift.pk),
        "combo": gift.combo,
        "message": gift.message,
        "coins": gift.coins_micros // 10**6,
        "undo_until_ms": clock.to_ms(undo_until(gift=gift)),
        "held_why": sent.held_why,
    }


async def _answer(send: Send, status: int, content: dict[str, object]) -> None:
    body = json.dumps(content).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(body)).encode()),
    ]
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})
