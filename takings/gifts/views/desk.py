"""Operators: the catalogue, gifts that are held, and taking gifts back."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.gifts import actions, queries
from takings.gifts.actions import Why
from takings.gifts.rules import Cause
from takings.gifts.views.forms import (
    ChangedKindForm,
    KindForm,
    ReleaseForm,
    TakeBackForm,
    said_kind,
)
from takings.people.queries import access_operator

PAGE = 30


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what is held, what was sent last, and the catalogue."""
    access_operator(user=request.user)
    page = Paginator(queries.newest_gifts(), PAGE).get_page(request.GET.get("page"))
    context = {"catalogue": queries.catalogue(), "held": queries.held_gifts(), "page": page}
    return render(request, "gifts/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_kind(request: HttpRequest) -> HttpResponse:
    """Put a gift into the catalogue."""
    operator = access_operator(user=request.user)
    form = KindForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            kind = actions.make_kind(
                operator=operator,
                slug=form.cleaned_data["slug"],
                looks=form.looks(),
                offer=form.offer(),
                at=clock.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"“{kind.name}” is in the catalogue.")
            return redirect("gifts:desk")
    return render(request, "gifts/kind.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a gift of the catalogue, and change it."""
    operator = access_operator(user=request.user)
    found = queries.gift_kind(slug=slug)
    form = ChangedKindForm(
        request.POST if request.method == "POST" else None, initial=said_kind(found)
    )
    if form.is_bound and form.is_valid():
        try:
            actions.change_kind(
                operator=operator,
                kind=found,
                looks=form.looks(),
                offer=form.offer(),
                at=clock.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Changed. What was sent keeps what it cost.")
            return redirect("gifts:kind", slug=slug)
    context = {"form": form, "kind": found}
    return render(request, "gifts/kind.html", context, status=422 if form.errors else 200)


@require_POST
def retire(request: HttpRequest, slug: str) -> HttpResponse:
    """Sell a gift no more, or again."""
    operator = access_operator(user=request.user)
    act = actions.restore_kind if "restore" in request.POST else actions.retire_kind
    act(operator=operator, kind=queries.gift_kind(slug=slug), at=clock.now())
    return redirect("gifts:kind", slug=slug)


@require_safe
def gift(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    """Show one gift with all that became of it."""
    access_operator(user=request.user)
    return _gift_page(request, gift_id)


@require_POST
def take_back(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    """Take a gift back."""
    operator = access_operator(user=request.user)
    found, form = queries.gift(gift_id=gift_id), TakeBackForm(request.POST)
    if not form.is_valid():
        return _gift_page(request, gift_id, take_back=form)
    said = form.cleaned_data
    why = Why(Cause(said["cause"]), said["reason"])
    try:
        actions.take_back_gift(operator=operator, gift=found, why=why, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Taken back. The coins are in the sender’s wallet again.")
    return redirect("gifts:gift", gift_id=gift_id)


@require_POST
def release(request: HttpRequest, gift_id: uuid.UUID) -> HttpResponse:
    """Give a held gift to its creator before its time."""
    operator = access_operator(user=request.user)
    found, form = queries.gift(gift_id=gift_id), ReleaseForm(request.POST)
    if not form.is_valid():
        return _gift_page(request, gift_id, release=form)
    try:
        actions.release_gift(
            operator=operator, gift=found, reason=form.cleaned_data["reason"], at=clock.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Released: it is the creator’s now.")
    return redirect("gifts:gift", gift_id=gift_id)


def _gift_page(
    request: HttpRequest,
    gift_id: uuid.UUID,
    *,
    take_back: TakeBackForm | None = None,
    release: ReleaseForm | None = None,
) -> HttpResponse:
    context = {
        "gift": queries.gift(gift_id=gift_id),
        "take_back": take_back or TakeBackForm(),
        "release": release or ReleaseForm(),
    }
    status = 422 if take_back or release else 200
    return render(request, "gifts/gift.html", context, status=status)
