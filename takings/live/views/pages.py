"""What guests see: which rooms there are, one room, and what they do in it without scripts."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.live import actions, queries
from takings.live.models import ReportReason
from takings.live.rules.chat import MOST_CHARS
from takings.people.models import User
from takings.people.queries import access_self


@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """Show what is on and what comes; what comes from whom one follows stands out."""
    user = request.user if isinstance(request.user, User) else None
    return render(request, "live/rooms.html", {"found": queries.rooms_for(user=user)})


@require_safe
def room(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """Show a room in whatever state it is."""
    now, after = clock.now(), actions.last_number()
    found = queries.access_room(user=request.user, room_id=room_id, at=now)
    entrance = queries.entrance(room=found, user=request.user, after=after, at=now)
    lines = queries.lines_of(room=found)
    context = {
        "room": found,
        "entrance": entrance,
        "lines": lines,
        "props": {
            "entrance": entrance.model_dump(),
            "reasons": list(ReportReason.choices),
            "mostChars": MOST_CHARS,
            "loginUrl": f"/accounts/login/?next={request.path}",
        },
        "reasons": ReportReason.choices,
        "line_id": ids.uuid7(at=now),
        "most_chars": MOST_CHARS,
        "is_chat_open": queries.is_chat_open(room=found, at=now),
        "last_step": found.steps.last(),
    }
    return render(request, "live/room.html", context)


@require_POST
def say(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """Say something, and show the room again; the form's id makes sending it twice once."""

    def act(user: User) -> None:
        now = clock.now()
        found = queries.access_room(user=user, room_id=room_id, at=now)
        line_id, text = _id(request), request.POST.get("text", "")
        actions.say(room=found, user=user, line_id=line_id, text=text, at=now)

    return _act(request, room_id, act)


@require_POST
def remind(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """Let somebody be told when a room begins, or not after all."""

    def act(user: User) -> None:
        now = clock.now()
        found = queries.access_room(user=user, room_id=room_id, at=now)
        if "stop" in request.POST:
            actions.drop_reminder(room=found, user=user)
            messages.success(request, "You get no letter about this room.")
        else:
            actions.ask_reminder(room=found, user=user, at=now)
            messages.success(request, "You get a letter when it begins.")

    return _act(request, room_id, act)


@require_POST
def act_on_line(request: HttpRequest, line_id: uuid.UUID, verb: str) -> HttpResponse:
    """Remove a line, put it back, silence who wrote it, or report it."""
    found = queries.access_line(user=request.user, line_id=line_id)

    def act(user: User) -> None:
        now = clock.now()
        if verb == "report":
            reason = ReportReason(request.POST.get("reason", ReportReason.SPAM))
            actions.report_line(line=found, user=user, reason=reason, at=now)
            messages.success(request, "Thank you. An operator looks at it.")
        else:
            VERBS[verb](line=found, by=user, at=now)

    return _act(request, found.room_id, act)


VERBS: dict[str, Callable[..., object]] = {
    "remove": actions.remove_line,
    "restore": actions.restore_line,
    "mute": actions.mute,
    "ban": actions.ban,
}


def _act(request: HttpRequest, room_id: uuid.UUID, act: Callable[[User], None]) -> HttpResponse:
    user = access_self(user=request.user)
    try:
        act(user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("live:room", room_id=room_id)


def _id(request: HttpRequest) -> uuid.UUID:
    """Return the form's id; a form without one is a new one each time."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return ids.uuid7(at=clock.now())
