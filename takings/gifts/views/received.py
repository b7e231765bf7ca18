"""Creators: what they were sent, whether they want gifts, and from whom not."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.gifts import actions, queries
from takings.people.queries import access_own_creator

PAGE = 30


@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """Show what a creator was sent, the newest first, and what they say about gifts."""
    creator = access_own_creator(user=request.user)
    page = Paginator(queries.gifts_received(creator=creator), PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "blocked": {row.user_id for row in queries.blocked_senders(creator=creator)},
        "is_open": queries.welcome_of(creator=creator).is_open,
    }
    return render(request, "gifts/received.html", context)


@require_POST
def welcome(request: HttpRequest) -> HttpResponse:
    """Take gifts, or take none."""
    act = actions.close_gifts if "close" in request.POST else actions.welcome_gifts
    act(creator=access_own_creator(user=request.user))
    return redirect("gifts:received")


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
