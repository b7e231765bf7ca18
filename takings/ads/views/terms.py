"""Changing what a campaign buys, and beginning another one like it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.ads import actions, queries
from takings.ads.models import Campaign, Status
from takings.ads.rules.schedule import day_of, last_day_of
from takings.ads.views.forms import TermsForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_self


@require_http_methods(["GET", "HEAD", "POST"])
def edit_campaign(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Change a campaign's terms; its price only while it is a draft."""
    found = queries.access_campaign_to_change(user=request.user, campaign_id=campaign_id)
    form = TermsForm(request.POST or None, initial=_said(found))
    has_run = found.status != Status.DRAFTED
    if has_run:
        form.fix_price()
    if form.is_valid():
        terms = form.terms(currency=found.currency, price=found.cpm if has_run else None)
        user = access_self(user=request.user)
        try:
            actions.change_terms(campaign_id=found.pk, terms=terms, user=user, at=clock.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{terms.name}” is saved.")
            return redirect("ads:campaign", campaign_id=found.pk)
    context = {"form": form, "campaign": found, "currency": found.currency}
    return render(request, "ads/edit_campaign.html", context)


@require_POST
def duplicate_campaign(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Draft a campaign like this one, and open it for changes."""
    found = queries.access_campaign_to_change(user=request.user, campaign_id=campaign_id)
    now = clock.now()
    try:
        copy = actions.duplicate_campaign(
            campaign_id=found.pk,
            copy_id=_asked_id(request) or ids.uuid7(at=now),
            user=access_self(user=request.user),
            at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ads:campaign", campaign_id=found.pk)
    messages.success(request, "Duplicated as a draft that begins today. Change what is different.")
    return redirect("ads:edit_campaign", campaign_id=copy.pk)


def _asked_id(request: HttpRequest) -> uuid.UUID | None:
    """Return the id the page gave to the copy, so that a double click is one copy."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return None


def _said(campaign: Campaign) -> dict[str, object]:
    """Return a campaign's terms as the form shows them."""
    terms = queries.terms_of(campaign=campaign)
    zone = terms.time_zone
    return {
        "name": terms.name,
        "cpm": terms.cpm.decimal(),
        "budget": terms.budget.decimal(),
        "daily": terms.daily.decimal() if terms.daily else None,
        "starts_on": day_of(terms.starts_at, time_zone=zone),
        "ends_on": last_day_of(terms.ends_at, time_zone=zone),
        "time_zone": zone,
        "countries": list(terms.countries),
    }
