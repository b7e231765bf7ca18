"""Creators: what they are asked for, what it earned, and what they offer."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_own_creator
from takings.policies.queries import request_rule_at
from takings.requests import actions, queries
from takings.requests.queries.income import FILTERS, income_of
from takings.requests.views.forms import ServiceForm, said_service

PAGE = 30


@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """Show what a creator is asked for, by where it stands."""
    creator, now = access_own_creator(user=request.user), clock.now()
    shown = request.GET.get("show", "")
    chosen = shown if shown in FILTERS else next(iter(FILTERS))
    found = queries.requests_for(creator=creator, states=FILTERS[chosen].states)
    context = {
        "creator": creator,
        "filters": [(name, one.title, name == chosen) for name, one in FILTERS.items()],
        "chosen": chosen,
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "income": income_of(creator=creator, at=now),
        "has_services": queries.services_of(creator=creator).exists(),
        "rule": request_rule_at(at=now),
    }
    return render(request, "requests/studio.html", context)


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """Show what a creator offers, and what they offer no more."""
    creator = access_own_creator(user=request.user)
    context = {
        "creator": creator,
        "offered": [(one, queries.being_made(one)) for one in queries.services_of(creator=creator)],
        "archived": queries.archived_services(creator=creator),
        "rule": request_rule_at(at=clock.now()),
    }
    return render(request, "requests/offered.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, service_id: uuid.UUID | None = None) -> HttpResponse:
    """Offer something, or change what is offered."""
    creator, now = access_own_creator(user=request.user), clock.now()
    known = (
        queries.access_own_service(user=request.user, service_id=service_id) if service_id else None
    )
    form = ServiceForm(
        request.POST if request.method == "POST" else None,
        rule=request_rule_at(at=now),
        initial=said_service(known) if known else None,
    )
    key = _uuid(request.POST.get("id", "")) or ids.uuid7(at=now)
    if form.is_bound and form.is_valid():
        try:
            if known:
                actions.change_service(service=known, offer=form.offer(), at=now)
            else:
                actions.offer_service(creator=creator, id=key, offer=form.offer(), at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                "Changed. What was asked for stays as it was."
                if known
                else "Offered. It stands on your channel.",
            )
            return redirect("requests:services")
    context = {"form": form, "service": known, "service_id": key}
    return render(request, "requests/service.html", context, status=422 if form.errors else 200)


@require_POST
def switch(request: HttpRequest, service_id: uuid.UUID, to: str) -> HttpResponse:
    """Pause a service, let it go on, archive it, or offer it again."""
    known = queries.access_own_service(user=request.user, service_id=service_id)
    now = clock.now()
    try:
        if to == "pause":
            actions.pause_service(service=known, at=now)
        elif to == "resume":
            actions.resume_service(service=known)
        elif to == "archive":
            actions.archive_service(service=known, at=now)
        else:
            actions.restore_service(service=known, at=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("requests:services")


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
