"""What a player may send: the typed schema, versions 1 and 2, checked event by event.

A batch is refused whole when it is no batch; otherwise each bad event is refused by index and the
good ones are kept.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

from takings.core import clock
from takings.core.errors import Invalid, Refusal, TooMuch

VERSIONS = (1, 2)
LARGEST_BODY_BYTES = 256 * 1024
MOST_EVENTS = 500
FUTURE = dt.timedelta(minutes=5)
PAST = dt.timedelta(days=7)
_FUTURE_MS, _PAST_MS = (span // dt.timedelta(milliseconds=1) for span in (FUTURE, PAST))
_TIME_SHIFT, _VERSION_SHIFT, _VERSION = 80, 76, 7  # RFC 9562, version 7
_VERSION_BITS, _VERSION_MASK = 4, 0xF
EventType = Literal[
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
    "ad_start",
    "ad_first_quartile",
    "ad_midpoint",
    "ad_third_quartile",
    "ad_mute",
    "ad_unmute",
    "ad_click",
    "ad_skip",
    "ad_end",
]
AD_TYPES = frozenset(name for name in EventType.__args__ if name.startswith("ad_"))  # type: ignore[attr-defined]  # a Literal has its values there
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=86_400_000)]
Offset = Annotated[int, msgspec.Meta(ge=-(1 << 48), le=1 << 48)]


class NotJson(Invalid):
    """The body cannot be read at all."""

    code = "not_json"
    sentence = "The body is not JSON: {why}."


class BadBatch(Invalid):
    """The body is JSON but no batch."""

    code = "bad_batch"
    sentence = 'A batch is {{"v": 2, "sent_ms": …, "events": […]}}: {why}.'


class UnknownVersion(Invalid):
    """A player is newer than we are, or mistaken."""

    code = "unknown_version"
    sentence = "Batches of version {given} are not known here; send version 1 or 2."


class ClockIsWrong(Invalid):
    """Nothing was kept: with the offset that is named, the same batch will be."""

    code = "clock_is_wrong"
    sentence = (
        "“sent_ms” with “offset_ms” is {away_s} s away from our clock; "
        "send the same batch again with “offset_ms”: {offset_ms}."
    )


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
    sentence = (
        "“{field}” lies more than 5 minutes in the future; set the clock or “offset_ms” right."
    )


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
    type: EventType
    video: uuid.UUID
    view: uuid.UUID
    watched_ms: Milliseconds = 0
    position_ms: Milliseconds = 0
    surface: Literal["feed", "profile", "link", "search", "promoted"] = "feed"
    ad: Annotated[str, msgspec.Meta(max_length=2048)] | None = None


def view_day(event: Event) -> dt.date:
    """Return the UTC day on which the event's view began: the day it is filed and counted under."""
    return clock.from_ms(event.view.int >> _TIME_SHIFT).date()


class StrictEvent(Event, frozen=True, gc=False, forbid_unknown_fields=True):
    """An event of version 2: a field that is not known is a mistake, and named."""


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


class _One(msgspec.Struct, tag_field="v", tag=1):
    """Version 1: the player's clock is taken as it is; what is not known is passed over."""

    sent_ms: int
    events: list[Event]


class _Two(msgspec.Struct, tag_field="v", tag=2, forbid_unknown_fields=True):
    """Version 2: ``offset_ms`` sets the player's clock right, and every field must be known."""

    sent_ms: int
    events: list[StrictEvent]
    offset_ms: Offset = 0


class _LooseOne(msgspec.Struct, tag_field="v", tag=1):
    sent_ms: int
    events: list[msgspec.Raw]


class _LooseTwo(msgspec.Struct, tag_field="v", tag=2, forbid_unknown_fields=True):
    sent_ms: int
    events: list[msgspec.Raw]
    offset_ms: Offset = 0


class _Version(msgspec.Struct):
    v: int


class _Kind(msgspec.Struct):
    type: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A batch as it was sent: readable events with their places, the others refused."""

    sent_ms: int
    offset_ms: int | None  # None in version 1, which knows none
    events: dict[int, Event]
    rejected: list[Rejected]


_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_batches = msgspec.json.Decoder(_One | _Two)
_envelopes = msgspec.json.Decoder(_LooseOne | _LooseTwo)
_events = msgspec.json.Decoder(Event)
_strict_events = msgspec.json.Decoder(StrictEvent)
_versions = msgspec.json.Decoder(_Version)
_kinds = msgspec.json.Decoder(_Kind)


def check_batch(body: bytes, *, at: dt.datetime) -> Checked:
    """Read a request's body, and set the times in its ids right by the player's ``offset_ms``.

    Refuses the whole with :class:`NotJson`, :class:`BadBatch`, :class:`UnknownVersion`,
    :class:`TooManyEvents` or :class:`ClockIsWrong`.
    """
    at_ms = clock.to_ms(at)
    read = _decode(body)
    if read.offset_ms is not None:
        _check_clock(read.sent_ms, read.offset_ms, at_ms=at_ms)
    offset_ms = read.offset_ms or 0
    good, rejected = read.events, read.rejected
    if not _are_right(good, at_ms - offset_ms):
        good = {}
        for index, event in read.events.items():
            if (refusal := _flaw(event, at_ms - offset_ms)) is None:
                good[index] = event
            else:
                rejected.append(Rejected(index, refusal.code, str(refusal)))
        rejected.sort(key=lambda one: one.index)
    accepted = list(good.values())
    return Checked(
        [_moved(one, offset_ms) for one in accepted] if offset_ms else accepted, rejected
    )


def _decode(body: bytes) -> _Read:
    """Read all events at once; only when one is wrong, read them one by one to say which."""
    try:
        batch = _batches.decode(body)
    except _UNREADABLE:
        return _decode_singly(body)
    _check_count(len(batch.events))
    return _Read(batch.sent_ms, _offset(batch), dict(enumerate(batch.events)), [])


def _decode_singly(body: bytes) -> _Read:
    try:
        batch = _envelopes.decode(body)
    except msgspec.ValidationError as error:
        _check_version(body)
        raise BadBatch(why=str(error)) from error
    except _UNREADABLE as error:
        raise NotJson(why=str(error).rstrip(".")) from error
    _check_count(len(batch.events))
    read = _Read(batch.sent_ms, _offset(batch), {}, [])
    decoder = _events if isinstance(batch, _LooseOne) else _strict_events
    for index, raw in enumerate(batch.events):
        try:
            read.events[index] = decoder.decode(raw)
        except _UNREADABLE as error:
            refusal = _name(raw, error)
            read.rejected.append(Rejected(index, refusal.code, str(refusal)))
    return read


def _offset(batch: _One | _Two | _LooseOne | _LooseTwo) -> int | None:
    return batch.offset_ms if isinstance(batch, _Two | _LooseTwo) else None


def _check_version(body: bytes) -> None:
    with suppress(*_UNREADABLE):
        if (given := _versions.decode(body).v) not in VERSIONS:
            raise UnknownVersion(given=given)


def _check_clock(sent_ms: int, offset_ms: int, *, at_ms: int) -> None:
    away_ms = sent_ms + offset_ms - at_ms
    if abs(away_ms) > _FUTURE_MS:
        raise ClockIsWrong(away_s=away_ms // 1000, offset_ms=at_ms - sent_ms)


def _moved(event: Event, offset_ms: int) -> Event:
    """Return the event with the times inside its ids set right; same offset, same ids."""
    by = offset_ms << _TIME_SHIFT
    return msgspec.structs.replace(
        event, id=uuid.UUID(int=event.id.int + by), view=uuid.UUID(int=event.view.int + by)
    )


def _name(raw: msgspec.Raw, error: Exception) -> Refusal:
    try:
        kind = _kinds.decode(raw).type
    except _UNREADABLE:
        return BadEvent(why=str(error))
    if kind not in EventType.__args__:  # type: ignore[attr-defined]  # a Literal has its values there
        return UnknownType(given=kind[:40])
    return BadEvent(why=str(error))


def _check_count(count: int) -> None:
    if count > MOST_EVENTS:
        raise TooManyEvents(count=count, most=MOST_EVENTS)


def _are_right(events: Mapping[int, Event], at_ms: int) -> bool:
    """Tell whether nothing is wrong with any of them: a look at all at once, for the hot path."""
    dated = [one.id.int >> _VERSION_SHIFT for one in events.values()]
    dated += [one.view.int >> _VERSION_SHIFT for one in events.values()]
    return not dated or (
        min(dated) >= (at_ms - _PAST_MS) << _VERSION_BITS
        and max(dated) <= (at_ms + _FUTURE_MS) << _VERSION_BITS | _VERSION
        and {one & _VERSION_MASK for one in dated} == {_VERSION}
        and all((one.type in AD_TYPES) == (one.ad is not None) for one in events.values())
    )


def _flaw(event: Event, at_ms: int) -> Refusal | None:
    """Return what is wrong with an event at this instant."""
    for field, number in (("id", event.id.int), ("view", event.view.int)):
        if number >> _VERSION_SHIFT & _VERSION_MASK != _VERSION:
            return NoTimeInId(field=field)
        age_ms = at_ms - (number >> _TIME_SHIFT)
        if age_ms < -_FUTURE_MS:
            return FromTheFuture(field=field)
        if age_ms > _PAST_MS:
            return TooOld(field=field)
    return None if (event.type in AD_TYPES) == (event.ad is not None) else MisplacedAd()
