"""Fans: the lists that everybody sees, and the creator's own with names of levels and thanks."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.gifts.actions import thanking
from takings.gifts.queries import goals as ask_goals
from takings.gifts.queries.fans import Look, board, level_names, look_at, way_at
from takings.gifts.queries.insights import sums_of
from takings.gifts.queries.standing import standing_gifts
from takings.gifts.rules import COIN
from takings.gifts.rules.fans import By, measured_by
from takings.gifts.rules.insights import Span
from takings.gifts.views.forms import LevelNamesForm, ThanksForm
from takings.live.queries import access_room
from takings.money import Money
from takings.people.models import Creator, User
from takings.people.queries import access_own_creator, creator_by_handle
from takings.policies.queries import fan_rule_at

PAGE = 20


@require_safe
def board_page(request: HttpRequest, handle: str) -> HttpResponse:
    """Show a creator's goals, the list of fans, and where oneself stands."""
    creator, at = creator_by_handle(handle=handle), clock.now()
    person = request.user if isinstance(request.user, User) else None
    videos, asked = ask_goals.giftable_videos(creator=creator), _video_id(request)
    video = videos.filter(pk=asked).first() if asked else None
    video_id = video.pk if video else None
    look = Look(
        creator=creator,
        span=Span.read(request.GET.get("span", Span.WEEK)),
        country=person.country if person else creator.user.country,
        video_id=video_id,
    )
    found = board(look=look, at=at)
    is_fan = person is not None and person != creator.user
    way = way_at(creator=creator, user=person, at=at) if person and is_fan else None
    goals = ask_goals.running_goals(creator=creator, at=at, video_id=video_id)
    context = {
        "creator": creator,
        "video": video,
        "board": found,
        "by_coins": found.by is By.COINS,
        "goals": [ask_goals.standing_of(goal=goal, at=at) for goal in goals],
        "way": way,
        "missing": Money(way.missing, COIN) if way and _by_coins(creator) else None,
        "span": look.span,
        "spans": list(Span),
    }
    return render(request, "gifts/board.html", context)


@require_safe
def room_page(request: HttpRequest, room_id: uuid.UUID) -> HttpResponse:
    """Show who gave in a room, to whoever may enter it: while it runs, and when it is over.

    Its creator alone sees what it brought.
    """
    at = clock.now()
    room = access_room(user=request.user, room_id=room_id, at=at)
    person = request.user if isinstance(request.user, User) else None
    found = board(look=look_at(room, person=person), at=at)
    gifts = standing_gifts(creator=room.creator).filter(room=room)
    context = {
        "room": room,
        "board": found,
        "by_coins": found.by is By.COINS,
        "whole": sums_of(gifts) if person == room.creator.user else None,
    }
    return render(request, "gifts/room.html", context)


@require_safe
def fans(request: HttpRequest) -> HttpResponse:
    """Show a creator their fans, the names of levels, and whom they can thank."""
    return _page(request, access_own_creator(user=request.user))


@require_POST
def name_levels(request: HttpRequest) -> HttpResponse:
    """Keep what a creator calls the levels of their fans."""
    creator, at = access_own_creator(user=request.user), clock.now()
    form = LevelNamesForm(request.POST, rule=fan_rule_at(at=at))
    if form.is_valid():
        try:
            thanking.name_levels(creator=creator, names=form.names(), at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Kept. Fans see the names at once.")
            return redirect("gifts:fans")
    return _page(request, creator, names=form)


@require_POST
def thank(request: HttpRequest) -> HttpResponse:
    """Thank for one gift, or for all that can be thanked for."""
    creator, at = access_own_creator(user=request.user), clock.now()
    form = ThanksForm(request.POST)
    if form.is_valid():
        text, gift_id = form.cleaned_data["text"], form.cleaned_data["gift"]
        try:
            if gift_id:
                thanking.thank_for(creator=creator, gift_id=gift_id, text=text, at=at)
                messages.success(request, "Thanked. They read it beside their gift.")
            else:
                count = thanking.thank_all(creator=creator, text=text, at=at)
                messages.success(request, f"Thanked for {count} gift{'' if count == 1 else 's'}.")
        except Refusal as refusal:
            form.add_error("text", str(refusal))
        else:
            return redirect("gifts:fans")
    return _page(request, creator, thanks=form)


def _page(
    request: HttpRequest,
    creator: Creator,
    *,
    names: LevelNamesForm | None = None,
    thanks: ThanksForm | None = None,
) -> HttpResponse:
    at, span = clock.now(), Span.read(request.GET.get("span", Span.MONTH))
    rule, country = fan_rule_at(at=at), creator.user.country
    found = board(look=Look(creator, span, country), at=at)
    waiting = Paginator(ask_goals.unthanked(creator=creator, at=at), PAGE)
    context = {
        "creator": creator,
        "board": found,
        "by_coins": found.by is By.COINS,
        "names": names or LevelNamesForm(rule=rule, initial_names=level_names(creator=creator)),
        "thanks": thanks or ThanksForm(),
        "page": waiting.get_page(request.GET.get("page")),
        "thanks_days": rule.thanks.days,
        "thanks_chars": rule.thanks_chars,
        "span": span,
        "spans": list(Span),
    }
    status = 422 if names or thanks else 200
    return render(request, "gifts/studio/fans.html", context, status=status)


def _by_coins(creator: Creator) -> bool:
    return measured_by(fan_rule_at(at=clock.now()), creator.user.country) is By.COINS


def _video_id(request: HttpRequest) -> uuid.UUID | None:
    """Read which video is asked for; what cannot be read asks for none."""
    try:
        return uuid.UUID(request.GET.get("video", ""))
    except ValueError:
        return None
