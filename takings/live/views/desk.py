"""What operators decide: lines that were reported, and rooms that must not go on."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock
from takings.live import actions, queries
from takings.people.queries import access_operator

MOST_REASON_CHARS = 300


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """Show the lines that wait for an answer, and the rooms that are on."""
    access_operator(user=request.user)
    context = {"reported": queries.reported_lines(), "found": queries.rooms_for(user=None)}
    return render(request, "live/desk.html", context)


@require_POST
def answer(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Answer all reports of a line."""
    operator = access_operator(user=request.user)
    line = queries.access_line(user=operator, line_id=line_id)
    was_right = request.POST.get("answer") == "remove"
    actions.answer_reports(line=line, operator=operator, was_right=was_right, at=clock.now())
    messages.success(request, "The line is removed." if was_right else "The line stays.")
    return redirect("live:desk")


@require_http_methods(["GET", "HEAD", "POST"])
def end_room(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """Ask for the reason, then end or cancel somebody's room."""
    operator = access_operator(user=request.user)
    room = queries.room_of(room_id=room_id)
    why = request.POST.get("why", "").strip()[:MOST_REASON_CHARS]
    if request.method == "POST" and why:
        ended = actions.end_room(room_id=room.pk, by=operator, why=why, at=clock.now())
        messages.success(request, f"The room is {ended.state.value}.")
        return redirect("live:room", room_id=room.pk)
    context = {"room": room, "is_asked_again": request.method == "POST"}
    return render(request, "live/end_room.html", context, status=422 if request.POST else 200)
