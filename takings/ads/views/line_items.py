"""The line items of a campaign: added, changed, paused, duplicated, looked at."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.ads import actions, queries
from takings.ads.actions import LineItemDraft
from takings.ads.models import LineItem
from takings.ads.queries.conversions import goals_of
from takings.ads.rules.lines import Pricing, Sale
from takings.ads.rules.schedule import day_of, last_day_of
from takings.ads.views.aiming import said_audience, shown_audience
from takings.ads.views.buying import LineItemForm, ask_no_money
from takings.ads.views.choosing import said_ads
from takings.ads.views.console import MONTH, may_change
from takings.ads.views.forecasts import (
    PART,
    forecast_context,
    is_asked,
    show_line_item_forecast,
)
from takings.ads.views.frequency import said_caps, shown_caps
from takings.ads.views.terms import asked_id
from takings.core import clock, ids
from takings.core.errors import NotFound, Refusal
from takings.core.zones import time_zone_or_utc
from takings.people.queries import access_self
from takings.people.rules import country_names


class NoSuchLineItemStep(NotFound):
    """A line item can be paused, resumed, spread and hurried, nothing else."""

    code = "no_such_line_item_step"
    sentence = "There is nothing here."


STEPS = {
    "pause": actions.pause_line_item,
    "resume": actions.resume_line_item,
    "spread": actions.spread_line_item,
    "hurry": actions.hurry_line_item,
}
DONE = {
    "pause": "is paused",
    "resume": "is not paused any more",
    "spread": "is spread over its days",
    "hurry": "is shown as fast as viewers come",
}


@require_safe
def line_item(request: HttpRequest, line_item_id: uuid.UUID) -> HttpResponse:
    """Show what a line item buys, what it got, and why it is not served."""
    found = queries.access_line_item(user=request.user, line_item_id=line_item_id)
    now = clock.now()
    asked = request.GET.get("forecast")
    terms = queries.terms_of(item=found)
    plan = queries.plan_in(campaign=found.campaign, terms=terms, item=found)
    told = forecast_context(plan) if asked else {}
    if asked == PART:
        return render(request, "ads/_forecast.html", told)
    shares = queries.shares_by_line_item(campaign=found.campaign, at=now)
    context = {
        "item": found,
        "campaign": found.campaign,
        "share": next(share for share in shares if share.item == found),
        "may_change": may_change(request, found.campaign.brand)
        and found.campaign.status != "ended",
        "countries": [country_names().get(code, code) for code in found.countries],
        "audience": shown_audience(queries.audience_of(item=found)),
        "frequency": _frequency(found),
        "ads": _ads(found),
        "pace": queries.pace_of(item=found),
        "copy_id": ids.uuid7(at=now),
        "first_day": day_of(found.starts_at, time_zone=found.time_zone),
        "last_day": last_day_of(found.ends_at, time_zone=found.time_zone),
        "changes": queries.changes_of(campaign=found.campaign, item=found),
        "may_expect": found.campaign.status != "ended"
        and found.ends_at > now
        and found.pricing != Pricing.FREE,
        **told,
    }
    return render(request, "ads/line_item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Let a campaign buy one more thing."""
    campaign = queries.access_campaign_to_change(user=request.user, campaign_id=campaign_id)
    now = clock.now()
    user = access_self(user=request.user)
    form = LineItemForm(request.POST or None, initial=_begun(time_zone=user.time_zone, at=now))
    form.offer_goals(goals_of(brand=campaign.brand))
    form.offer_regions()
    if queries.is_house(brand_id=campaign.brand_id):
        ask_no_money(form)
    form.offer_ads(queries.creatives_of(campaign=campaign))
    if is_asked(request):
        page = "ads/new_line_item.html"
        return show_line_item_forecast(request, form, campaign=campaign, page=page)
    if form.is_valid():
        draft = LineItemDraft(
            form.cleaned_data["id"] or ids.uuid7(at=now), form.terms(currency=campaign.currency)
        )
        try:
            item = actions.add_line_item(campaign_id=campaign.pk, draft=draft, user=user, at=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{item}” is added.")
            return redirect("ads:line_item", line_item_id=item.pk)
    return render(request, "ads/new_line_item.html", {"form": form, "campaign": campaign})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, line_item_id: uuid.UUID) -> HttpResponse:
    """Change what a line item buys; its price only until it ran."""
    found = queries.access_line_item_to_change(user=request.user, line_item_id=line_item_id)
    campaign = found.campaign
    form = LineItemForm(request.POST or None, initial=_said(found))
    form.offer_goals(goals_of(brand=campaign.brand))
    form.offer_regions()
    form.offer_ads(queries.creatives_of(campaign=campaign))
    has_run = found.leases.exists()
    if found.pricing == Pricing.FREE:
        ask_no_money(form)
    elif has_run:
        form.fix_price(is_auction=found.sale == Sale.AUCTION)
    if is_asked(request):
        return show_line_item_forecast(
            request, form, campaign=campaign, item=found, page="ads/edit_line_item.html"
        )
    if form.is_valid():
        terms = form.terms(
            currency=campaign.currency, before=queries.terms_of(item=found) if has_run else None
        )
        user = access_self(user=request.user)
        try:
            actions.change_line_item(line_item_id=found.pk, terms=terms, user=user, at=clock.now())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{terms.name}” is saved.")
            return redirect("ads:line_item", line_item_id=found.pk)
    context = {"form": form, "item": found, "campaign": campaign}
    return render(request, "ads/edit_line_item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, line_item_id: uuid.UUID, step: str) -> HttpResponse:
    """Ask whether the line item shall be paused, resumed, spread or hurried; then do it."""
    if step not in STEPS:
        raise NoSuchLineItemStep
    found = queries.access_line_item_to_change(user=request.user, line_item_id=line_item_id)
    if request.method != "POST":
        return render(request, f"ads/{step}_line_item.html", {"item": found})
    user = access_self(user=request.user)
    try:
        STEPS[step](line_item_id=found.pk, user=user, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{found}” {DONE[step]}.")
    return redirect("ads:line_item", line_item_id=found.pk)


@require_POST
def duplicate(request: HttpRequest, line_item_id: uuid.UUID) -> HttpResponse:
    """Add a line item like this one, paused, and open it for changes."""
    found = queries.access_line_item_to_change(user=request.user, line_item_id=line_item_id)
    now = clock.now()
    try:
        copy = actions.duplicate_line_item(
            line_item_id=found.pk,
            copy_id=asked_id(request) or ids.uuid7(at=now),
            user=access_self(user=request.user),
            at=now,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ads:line_item", line_item_id=found.pk)
    messages.success(request, "Duplicated, paused. Change what is different, then resume it.")
    return redirect("ads:edit_line_item", line_item_id=copy.pk)


def _frequency(item: LineItem) -> list[tuple[str, str]]:
    caps, ad_caps = queries.caps_of(item=item)
    frame = queries.frame_of(campaign=item.campaign)
    return shown_caps(campaign=frame.caps, item=caps, ad=ad_caps)


def _ads(item: LineItem) -> list[dict[str, object]]:
    """Return the ads it chose, each with its weight; none where it shows all."""
    ads = queries.ads_of(item=item)
    return [
        {"creative": one, "weight": ads.weight_of.get(one.pk)}
        for one in queries.creatives_of(campaign=item.campaign)
        if one.pk in ads.ids
    ]


def _begun(*, time_zone: str, at: dt.datetime) -> dict[str, object]:
    """Return what the form of a new line item shows."""
    zone = time_zone_or_utc(time_zone)
    today = day_of(at, time_zone=zone)
    return {
        "id": ids.uuid7(at=at),
        "starts_on": today,
        "ends_on": today + MONTH,
        "time_zone": zone,
    }


def _said(item: LineItem) -> dict[str, object]:
    """Return a line item's terms as the form shows them."""
    terms = queries.terms_of(item=item)
    zone = terms.time_zone
    return {
        "name": terms.name,
        "price": terms.price.decimal(),
        "pricing": terms.pricing,
        "sale": terms.sale,
        "goal": str(terms.goal.id) if terms.goal else "",
        "own_budget": terms.budget.decimal() if terms.budget else None,
        "daily": terms.daily.decimal() if terms.daily else None,
        "starts_on": day_of(terms.starts_at, time_zone=zone),
        "ends_on": last_day_of(terms.ends_at, time_zone=zone),
        "time_zone": zone,
        "countries": list(terms.countries),
        **said_caps(terms.caps),
        **said_caps(terms.ad_caps, prefix="ad_"),
        **said_audience(terms.audience),
        **said_ads(terms.ads),
    }
