"""Changing a campaign's name, budget and caps, and beginning another one like it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.ads import actions, queries
from takings.ads.views.buying import FrameForm, ask_no_money
from takings.ads.views.frequency import said_caps
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_self


@require_http_methods(["GET", "HEAD", "POST"])
def edit_campaign(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Change a campaign's name, budget and caps."""
    found = queries.access_campaign_to_change(user=request.user, campaign_id=campaign_id)
    caps = said_caps(queries.frame_of(campaign=found).caps, prefix="campaign_")
    said = {"name": found.name, "budget": found.budget.decimal(), **caps}
    form = FrameForm(request.POST or None, initial=said)
    if queries.is_house(brand_id=found.brand_id):
        ask_no_money(form)
    if form.is_valid():
        frame = form.frame(currency=found.currency)
        user = access_self(user=request.user)
        try:
            actions.change_campaign(campaign_id=found.pk, frame=frame, user=user, at=clock.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{frame.name}” is saved.")
            return redirect("ads:campaign", campaign_id=found.pk)
    context = {"form": form, "campaign": found, "currency": found.currency}
    return render(request, "ads/edit_campaign.html", context)


@require_POST
def duplicate_campaign(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Draft a campaign like this one."""
    found = queries.access_campaign_to_change(user=request.user, campaign_id=campaign_id)
    now = clock.now()
    try:
        copy = actions.duplicate_campaign(
            campaign_id=found.pk,
            copy_id=asked_id(request) or ids.uuid7(at=now),
            user=access_self(user=request.user),
            at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ads:campaign", campaign_id=found.pk)
    messages.success(request, "Duplicated as a draft that begins today. Change what is different.")
    return redirect("ads:campaign", campaign_id=copy.pk)


def asked_id(request: HttpRequest) -> uuid.UUID | None:
    """Return the id the page gave to a copy, so that a double click is one copy."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return None
