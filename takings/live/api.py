"""Rooms over JSON: what there is to watch together, what is said there, and what is decided.

What happens in a room comes over ``GET /live/stream/room/<id>`` as server-sent events: frames of
``data: [["line",{…}],["gone",{…}],["room",{…}],…]``, resumed by ``Last-Event-ID``.
"""

import uuid
from collections.abc import Callable
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, ConfigDict, Field

from takings.core import clock
from takings.live import actions, queries
from takings.live.models import Line, ReportReason
from takings.live.queries import shown_line, state_of
from takings.live.rules.chat import MOST_CHARS
from takings.live.rules.shown import Entrance, ShownLine, ShownRoom
from takings.people.models import User
from takings.people.queries import access_self

router = Router(tags=["live"])


class Rooms(BaseModel):
    """What runs and what comes, each by its begin."""

    running: list[ShownRoom]
    coming: list[ShownRoom]


class NewLine(BaseModel):
    """A line to say; with the same ``id`` again nothing new is said."""

    model_config = ConfigDict(extra="forbid")

    id: uuid.UUID
    text: Annotated[str, Field(max_length=4 * MOST_CHARS)]


class Complaint(BaseModel):
    """What is wrong with a line."""

    model_config = ConfigDict(extra="forbid")

    reason: Literal["harassment", "hate", "sexual", "spam", "danger"]


@router.get("/live/rooms", auth=None, response=Rooms)
def live_rooms(request: HttpRequest) -> Rooms:
    """Return the rooms that anybody can find."""
    user = request.user if isinstance(request.user, User) else None
    found = queries.rooms_for(user=user)
    return Rooms(
        running=[state_of(room) for room in found.running],
        coming=[state_of(room) for room in found.coming],
    )


@router.get("/live/rooms/{room_id}", auth=None, response=Entrance)
def live_room(request: HttpRequest, room_id: uuid.UUID) -> Entrance:
    """Return all of a room: what runs, what was said, and where its stream goes on."""
    now, after = clock.now(), actions.last_number()
    room = queries.access_room(user=request.user, room_id=room_id, at=now)
    return queries.entrance(room=room, user=request.user, after=after, at=now)


@router.post("/live/rooms/{room_id}/lines", response=ShownLine)
def say_line(request: HttpRequest, room_id: uuid.UUID, line: NewLine) -> ShownLine:
    """Say something in a room."""
    user, now = access_self(user=request.user), clock.now()
    room = queries.access_room(user=user, room_id=room_id, at=now)
    said = actions.say(room=room, user=user, line_id=line.id, text=line.text, at=now)
    return shown_line(said, room=room, at=now)


@router.post("/live/rooms/{room_id}/reminder", response={204: None})
def ask_reminder(request: HttpRequest, room_id: uuid.UUID) -> Status[None]:
    """Let oneself be told by letter when a room begins."""
    user, now = access_self(user=request.user), clock.now()
    room = queries.access_room(user=user, room_id=room_id, at=now)
    actions.ask_reminder(room=room, user=user, at=now)
    return Status(204, None)


@router.delete("/live/rooms/{room_id}/reminder", response={204: None})
def drop_reminder(request: HttpRequest, room_id: uuid.UUID) -> Status[None]:
    """Be told nothing after all."""
    user = access_self(user=request.user)
    actions.drop_reminder(room=queries.room_of(room_id=room_id), user=user)
    return Status(204, None)


@router.post("/live/rooms/{room_id}/name", response={204: None})
def show_name(request: HttpRequest, room_id: uuid.UUID) -> Status[None]:
    """Let others in a room read one's name while one is there; from the next stream on."""
    user, now = access_self(user=request.user), clock.now()
    room = queries.access_room(user=user, room_id=room_id, at=now)
    actions.show_name(room=room, user=user)
    return Status(204, None)


@router.delete("/live/rooms/{room_id}/name", response={204: None})
def hide_name(request: HttpRequest, room_id: uuid.UUID) -> Status[None]:
    """Let nobody read one's name any more."""
    user = access_self(user=request.user)
    actions.hide_name(room=queries.room_of(room_id=room_id), user=user)
    return Status(204, None)


@router.delete("/live/lines/{line_id}", response={204: None})
def remove_line(request: HttpRequest, line_id: uuid.UUID) -> Status[None]:
    """Take a line out: one's own, or as who moderates the room."""
    return _decide(request, line_id, actions.remove_line)


@router.post("/live/lines/{line_id}/restoration", response={204: None})
def restore_line(request: HttpRequest, line_id: uuid.UUID) -> Status[None]:
    """Put a line back that a moderator removed."""
    return _decide(request, line_id, actions.restore_line)


@router.post("/live/lines/{line_id}/mute", response={204: None})
def mute_talker(request: HttpRequest, line_id: uuid.UUID) -> Status[None]:
    """Let who wrote a line be silent for some minutes."""
    return _decide(request, line_id, actions.mute)


@router.post("/live/lines/{line_id}/ban", response={204: None})
def ban_talker(request: HttpRequest, line_id: uuid.UUID) -> Status[None]:
    """Let who wrote a line write no more in its room."""
    return _decide(request, line_id, actions.ban)


@router.post("/live/lines/{line_id}/report", response={204: None})
def report_line(request: HttpRequest, line_id: uuid.UUID, complaint: Complaint) -> Status[None]:
    """Say that a line should not be there."""
    user = access_self(user=request.user)
    line: Line = queries.access_line(user=user, line_id=line_id)
    reason = ReportReason(complaint.reason)
    actions.report_line(line=line, user=user, reason=reason, at=clock.now())
    return Status(204, None)


def _decide(request: HttpRequest, line_id: uuid.UUID, act: Callable[..., object]) -> Status[None]:
    line = queries.access_line(user=request.user, line_id=line_id)
    act(line=line, by=access_self(user=request.user), at=clock.now())
    return Status(204, None)
