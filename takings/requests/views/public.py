"""Everybody: what a creator offers, and asking for it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.models import User
from takings.people.queries import access_self, creator_by_handle
from takings.policies.queries import request_rule_at
from takings.requests import actions, queries
from takings.requests.models import Request, Service
from takings.requests.rules import Wish
from takings.requests.views.forms import AskForm


@require_safe
def services(request: HttpRequest, handle: str) -> HttpResponse:
    """Show what a creator offers to make, and what it costs who looks."""
    creator, now = creator_by_handle(handle=handle), clock.now()
    context = {
        "creator": creator,
        "offered": queries.shown_to(creator=creator, user=request.user, at=now),
        "is_own": isinstance(request.user, User) and creator.user_id == request.user.pk,
        "rule": request_rule_at(at=now),
    }
    return render(request, "requests/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, service_id: uuid.UUID) -> HttpResponse:
    """Ask for something; what was filled in stays when it is refused."""
    service, now = queries.offered_service(service_id=service_id), clock.now()
    user = access_self(user=request.user)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = _ask(form, service, fan=user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if made.price is not None:
                return redirect("requests:pay", request_id=made.pk)
            messages.success(
                request, f"Asked. @{service.creator.handle} names a price, or says no."
            )
            return redirect("requests:room", request_id=made.pk)
    context = {
        "shown": queries.shown(service, user=user, at=now),
        "creator": service.creator,
        "form": form,
        "request_id": form["id"].value() or ids.uuid7(at=now),
        "rule": request_rule_at(at=now),
    }
    return render(request, "requests/ask.html", context, status=422 if form.errors else 200)


def _ask(form: AskForm, service: Service, *, fan: User) -> Request:
    data = form.cleaned_data
    wish = Wish(id=data["id"], brief=data["brief"], link=data["link"], shown=form.shown())
    return actions.ask(fan=fan, service=service, wish=wish, at=clock.now())
