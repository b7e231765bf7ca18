"""A creator's rooms: announcing, changing, beginning and ending them, and who may not write."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.core.zones import time_zone_or_utc
from takings.live import actions, queries
from takings.live.rules.rooms import State
from takings.live.views.forms import NewRoomForm, RoomForm, as_filled_in
from takings.people.models import User
from takings.people.queries import access_own_creator, access_self


@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request: HttpRequest) -> HttpResponse:
    """Show one's rooms and the words one does not want to read; keep these."""
    creator = access_own_creator(user=request.user)
    words = "\n".join(queries.blocked_words(creator=creator))
    status = 200
    if request.method == "POST":
        words = request.POST.get("words", "")
        try:
            actions.set_blocked_words(creator=creator, text=words, at=clock.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            status = 422
        else:
            messages.success(request, "These words are not written in your rooms any more.")
            return redirect("live:studio")
    context = {"rooms": queries.rooms_of(creator=creator), "words": words}
    return render(request, "live/studio.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def new_room(request: HttpRequest) -> HttpResponse:
    """Announce a room."""
    creator, now = access_own_creator(user=request.user), clock.now()
    videos = queries.videos_for_rooms(creator=creator)
    first = {
        "id": ids.uuid7(at=now),
        "time_zone": _zone(creator.user),
        "video": request.GET.get("video", ""),
    }
    form = NewRoomForm(request.POST or None, initial=first)
    form.offer(videos)
    if form.is_valid():
        try:
            room = actions.schedule_room(
                creator=creator,
                room_id=form.cleaned_data["id"],
                video_id=form.cleaned_data["video"],
                plan=form.plan(),
                at=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The room is announced.")
            return redirect("live:own_room", room_id=room.pk)
    context = {"form": form, "videos": videos}
    return render(request, "live/new_room.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def own_room(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """Show one of one's rooms, and change its plan."""
    user, now = access_self(user=request.user), clock.now()
    room = queries.access_own_room(user=user, room_id=room_id)
    initial = as_filled_in(room, zone=_zone(user))
    form = RoomForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            actions.change_room(room_id=room.pk, plan=form.plan(), by=user, at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved, and told to who is there.")
            return redirect("live:own_room", room_id=room.pk)
    context = {
        "room": room,
        "form": form,
        "restraints": queries.restraints_of(room=room, at=now),
        "removed": queries.removed_lines(room=room),
        "steps": room.steps.select_related("taken_by"),
        "is_open": room.state in {State.COMING, State.RUNNING},
        "reminder_count": room.reminders.count(),
    }
    return render(request, "live/own_room.html", context, status=422 if form.errors else 200)


@require_POST
def begin(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """Begin a room now."""
    user = access_self(user=request.user)
    room = queries.access_own_room(user=user, room_id=room_id)
    try:
        actions.begin_room(room_id=room.pk, by=user, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("live:own_room", room_id=room.pk)
    return redirect("live:room", room_id=room.pk)


@require_POST
def end(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """End a room now, or cancel it."""
    user = access_self(user=request.user)
    room = queries.access_own_room(user=user, room_id=room_id)
    ended = actions.end_room(room_id=room.pk, by=user, at=clock.now())
    messages.success(request, f"The room is {ended.state.value}.")
    return redirect("live:own_room", room_id=room.pk)


@require_POST
def lift(request: HttpRequest, restraint_id: int) -> HttpResponse:
    """Let somebody write again."""
    found = queries.access_restraint(user=request.user, restraint_id=restraint_id)
    actions.lift(restraint=found, at=clock.now())
    messages.success(request, f"{found.user} may write again.")
    is_own = found.room.creator.user_id == access_self(user=request.user).pk
    return redirect("live:own_room" if is_own else "live:room", room_id=found.room_id)


def _zone(user: User) -> str:
    return time_zone_or_utc(user.time_zone)
