"""Creators: what they were sent, whether they want gifts, which words, and from whom not."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.gifts import actions, queries
from takings.gifts.views.forms import WelcomeForm
from takings.people.models import Creator
from takings.people.queries import access_own_creator

PAGE = 30


@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """Show what a creator was sent, the newest first, and what they say about gifts."""
    return _page(request, access_own_creator(user=request.user))


@require_POST
def welcome(request: HttpRequest) -> HttpResponse:
    """Keep what a creator says about gifts."""
    creator = access_own_creator(user=request.user)
    form = WelcomeForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions.welcome_gifts(creator=creator, is_open=said["is_open"], words=said["words"])
        except Refusal as refusal:
            form.add_error("words", str(refusal))
        else:
            messages.success(request, "Kept.")
            return redirect("gifts:received")
    return _page(request, creator, form=form)


@require_POST
def block(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    """Take no more gifts of whoever sent this one, or take them again."""
    creator = access_own_creator(user=request.user)
    gift = get_object_or_404(queries.gifts_received(creator=creator), pk=gift_id)
    stops = "stop" in request.POST
    act = actions.unblock_sender if stops else actions.block_sender
    act(creator=creator, user=gift.sender, at=clock.now())
    messages.success(request, "They may send you gifts again." if stops else "Blocked.")
    return redirect("gifts:received")


def _page(
    request: HttpRequest, creator: Creator, *, form: WelcomeForm | None = None
) -> HttpResponse:
    say = queries.welcome_of(creator=creator)
    known = {"is_open": say.is_open, "words": "\n".join(say.blocked_words)}
    page = Paginator(queries.gifts_received(creator=creator), PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "blocked": {row.user_id for row in queries.blocked_senders(creator=creator)},
        "form": form or WelcomeForm(initial=known),
    }
    return render(request, "gifts/received.html", context, status=422 if form else 200)
