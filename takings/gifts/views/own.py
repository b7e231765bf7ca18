"""Who sends: the form for browsers without the player's tray, what was sent, and undoing it."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.gifts import actions, queries
from takings.gifts.actions.thanking import hide_name as hide
from takings.gifts.queries.fans import is_anonymous
from takings.gifts.rules import BadGiftId, Wish
from takings.gifts.views.forms import GiftForm
from takings.people.queries import access_self

PAGE = 30


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Show what somebody sent, the newest first."""
    user, now = access_self(user=request.user), clock.now()
    page = Paginator(queries.gifts_sent(user=user), PAGE).get_page(request.GET.get("page"))
    undoable = {one.pk for one in page if queries.undo_until(gift=one) >= now}
    context = {"page": page, "undoable": undoable, "is_anonymous": is_anonymous(user=user)}
    return render(request, "gifts/sent.html", context)


@require_POST
def hide_name(request: HttpRequest) -> HttpResponse:
    """Name somebody on lists of fans no more, or again."""
    shows = "show" in request.POST
    hide(user=access_self(user=request.user), is_anonymous=not shows)
    messages.success(request, "Your name is shown." if shows else "Your name is not shown.")
    return redirect("gifts:sent")


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, video_id: uuid.UUID) -> HttpResponse:
    """Send a gift by a plain form; what was filled in stays when it is refused."""
    user, now = access_self(user=request.user), clock.now()
    known = {"is_anonymous": is_anonymous(user=user), "room": request.GET.get("room")}
    form = GiftForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound:
        try:
            gift = actions.send_gift(wish=_wish(form, video_id, user.pk), at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Sent: {gift.kind.name}. Thank you!")
            return redirect("gifts:sent")
    context = {
        "tray": queries.tray_for(user=user, video_id=video_id, at=now),
        "video_id": video_id,
        "form": form,
        "gift_id": form["id"].value() or ids.uuid7(at=now),
        "chosen": form["kind"].value(),
    }
    return render(request, "gifts/send.html", context, status=422 if form.errors else 200)


@require_POST
def undo(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    """Take a gift back that was just sent."""
    gift = queries.access_sent_gift(user=request.user, gift_id=gift_id)
    try:
        actions.undo_gift(gift=gift, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Undone. Your coins are back.")
    return redirect("gifts:sent")


def _wish(form: GiftForm, video_id: uuid.UUID, user_id: int) -> Wish:
    if not form.is_valid():
        raise BadGiftId
    data = form.cleaned_data
    return Wish(
        id=data["id"],
        sender_id=user_id,
        video_id=video_id,
        kind=data["kind"],
        message=data["message"],
        is_anonymous=data["is_anonymous"],
        room_id=data["room"],
    )
