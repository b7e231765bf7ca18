"""What a player may send: the typed schema, version 1, checked event by event.

A batch is refused whole when it is no batch; otherwise each bad event is refused by index and the
good ones are kept.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from takings.core import clock
from takings.core.errors import Invalid, Refusal, TooMuch

LARGEST_BODY_BYTES = 256 * 1024
MOST_EVENTS = 500
FUTURE = dt.timedelta(minutes=5)
PAST = dt.timedelta(days=7)
_FUTURE_MS, _PAST_MS = (span // dt.timedelta(milliseconds=1) for span in (FUTURE, PAST))
_TIME_SHIFT, _VERSION_SHIFT, _VERSION = 80, 76, 7  # RFC 9562, version 7
_TYPES = Literal[
    "start",
    "heartbeat",
    "progress",
    "replay",
    "end",
    "mute",
    "unmute",
    "not_interested",
    "ad_impression",
    "ad_viewable",
    "ad_click",
    "ad_skip",
    "ad_end",
]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=86_400_000)]


class NotJson(Invalid):
    """The body cannot be read at all."""

    code = "not_json"
    sentence = "The body is not JSON: {why}."


class BadBatch(Invalid):
    """The body is JSON but no batch of version 1."""

    code = "bad_batch"
    sentence = 'A batch is {{"v": 1, "sent_ms": …, "events": […]}}: {why}.'


class TooManyEvents(TooMuch):
    """Batches are small so that a retry is cheap."""

    code = "too_many_events"
    sentence = "{count} events in one batch; send at most {most}."


class BodyTooLarge(TooMuch):
    """Batches are small so that a retry is cheap."""

    code = "body_too_large"
    sentence = "A batch may have at most {most} bytes; send fewer events at once."


class UnknownType(Invalid):
    """The schema lists the types."""

    code = "unknown_type"
    sentence = "There is no event type “{given}”."


class BadEvent(Invalid):
    """A field is missing, of the wrong kind, or out of its range."""

    code = "bad_event"
    sentence = "{why}."


class NoTimeInId(Invalid):
    """Ids carry the time: of the event, and of the start of its view."""

    code = "no_time_in_id"
    sentence = "“{field}” must be a UUID of version 7."


class FromTheFuture(Invalid):
    """The player's clock is wrong; clamping would move a retry to another day."""

    code = "from_the_future"
    sentence = "“{field}” lies more than 5 minutes in the future; set the clock right."


class TooOld(Invalid):
    """Days close; an event this old can no longer count."""

    code = "too_old"
    sentence = "“{field}” is more than 7 days old."


class MisplacedAd(Invalid):
    """An ad event is worth money only with the decision it answers."""

    code = "misplaced_ad"
    sentence = "Ad events carry the ad's token in “ad”; other events carry none."


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened in a player; ``watched_ms`` is cumulative over the view."""

    id: uuid.UUID
    type: _TYPES
    video: uuid.UUID
    view: uuid.UUID
    watched_ms: Milliseconds = 0
    position_ms: Milliseconds = 0
    surface: Literal["feed", "profile", "link", "search", "promoted"] = "feed"
    ad: Annotated[str, msgspec.Meta(max_length=2048)] | None = None


class Rejected(msgspec.Struct, frozen=True):
    """One event that was not kept, and why."""

    index: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A batch after the check: what is kept, what is not."""

    accepted: list[Event]
    rejected: list[Rejected]


class _Batch(msgspec.Struct):
    v: Literal[1]
    sent_ms: int
    events: list[Event]


class _Envelope(msgspec.Struct):
    v: Literal[1]
    sent_ms: int
    events: list[msgspec.Raw]


class _Kind(msgspec.Struct):
    type: str


_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_batches = msgspec.json.Decoder(_Batch)
_envelopes = msgspec.json.Decoder(_Envelope)
_events = msgspec.json.Decoder(Event)
_kinds = msgspec.json.Decoder(_Kind)


def check_batch(body: bytes, *, at: dt.datetime) -> Checked:
    """Read a request's body.

    Refuses the whole with :class:`NotJson`, :class:`BadBatch` or :class:`TooManyEvents`.
    """
    at_ms = clock.to_ms(at)
    events, rejected = _decode(body)
    accepted = []
    for index, event in events:
        if (refusal := _judge(event, at_ms)) is None:
            accepted.append(event)
        else:
            rejected.append(Rejected(index, refusal.code, str(refusal)))
    rejected.sort(key=lambda one: one.index)
    return Checked(accepted, rejected)


def _decode(body: bytes) -> tuple[list[tuple[int, Event]], list[Rejected]]:
    """Read all events at once; only when one is wrong, read them one by one to say which."""
    try:
        events = _batches.decode(body).events
    except _UNREADABLE:
        return _decode_singly(body)
    _check_count(len(events))
    return list(enumerate(events)), []


def _decode_singly(body: bytes) -> tuple[list[tuple[int, Event]], list[Rejected]]:
    try:
        raws = _envelopes.decode(body).events
    except msgspec.ValidationError as error:
        raise BadBatch(why=str(error)) from error
    except _UNREADABLE as error:
        raise NotJson(why=str(error).rstrip(".")) from error
    _check_count(len(raws))
    events: list[tuple[int, Event]] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(raws):
        try:
            events.append((index, _events.decode(raw)))
        except _UNREADABLE as error:
            refusal = _name(raw, error)
            rejected.append(Rejected(index, refusal.code, str(refusal)))
    return events, rejected


def _name(raw: msgspec.Raw, error: Exception) -> Refusal:
    try:
        kind = _kinds.decode(raw).type
    except _UNREADABLE:
        return BadEvent(why=str(error))
    if kind not in _TYPES.__args__:  # type: ignore[attr-defined]  # a Literal has its values there
        return UnknownType(given=kind[:40])
    return BadEvent(why=str(error))


def _check_count(count: int) -> None:
    if count > MOST_EVENTS:
        raise TooManyEvents(count=count, most=MOST_EVENTS)


def _judge(event: Event, at_ms: int) -> Refusal | None:
    for field, number in (("id", event.id.int), ("view", event.view.int)):
        if number >> _VERSION_SHIFT & 0xF != _VERSION:
            return NoTimeInId(field=field)
        age_ms = at_ms - (number >> _TIME_SHIFT)
        if age_ms < -_FUTURE_MS:
            return FromTheFuture(field=field)
        if age_ms > _PAST_MS:
            return TooOld(field=field)
    if event.type.startswith("ad_") != (event.ad is not None):
        return MisplacedAd()
    return None
