"""The advertiser's console: brands, money, campaigns and what they got."""

import datetime as dt
import uuid

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from takings.ads import actions, queries
from takings.ads.models import Campaign
from takings.ads.queries import Report
from takings.ads.queries.conversions import goals_of
from takings.ads.queries.promoters import promoter_of
from takings.ads.rules.schedule import day_of
from takings.ads.rules.showings import funnel
from takings.ads.views.buying import CampaignForm, ask_no_money
from takings.ads.views.forecasts import is_asked, show_campaign_forecast
from takings.ads.views.forms import BrandForm
from takings.ads.views.frequency import shown_caps
from takings.ads.views.showings import showing_rows
from takings.core import clock, ids
from takings.core.errors import NotFound, Refusal
from takings.core.zones import time_zone_or_utc
from takings.payments.providers import takes_cards
from takings.people.actions import open_brand as open_new_brand
from takings.people.models import Brand, Role
from takings.people.queries import (
    access_brand,
    access_brand_to_change,
    access_self,
    invitations_for,
    role_in,
)
from takings.policies.queries import policy_at

MONTH = dt.timedelta(days=30)
PERMILLE = 1_000
ROWS_PER_PAGE = 20


class NoSuchStep(NotFound):
    """A campaign can be activated, paused and ended, nothing else."""

    code = "no_such_step"
    sentence = "There is nothing here."


STEPS = {
    "activate": actions.activate_campaign,
    "pause": actions.pause_campaign,
    "end": actions.end_campaign,
}
DONE = {
    "activate": "runs",
    "pause": "is paused",
    "end": "has ended",
}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show a brand's money and campaigns; who has no brand is asked to open one."""
    brand, brands = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    if queries.is_house(brand_id=brand.pk):  # it has no money to show
        return redirect(f"{reverse('ads:campaigns')}?brand={brand.pk}")
    if not access_self(user=request.user).is_staff and promoter_of(brand_id=brand.pk):
        return redirect("ads:promotions")
    currency = policy_at(at=clock.now()).currency
    context = {
        "brand": brand,
        "brands": brands,
        "invitations": invitations_for(user=request.user),
        "may_change": may_change(request, brand),
        "balances": queries.balances(brand=brand, currency=currency),
        "movements": queries.movements(brand=brand),
        "campaigns": _with_figures(queries.campaigns_of(brand=brand)),
        "is_demo": settings.DEMO,
        "takes_cards": takes_cards(
            country=access_self(user=request.user).country, currency=currency
        ),
    }
    return render(request, "ads/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def open_brand(request: HttpRequest) -> HttpResponse:
    """Open a brand for the person who asks; they are its first member."""
    user = access_self(user=request.user)
    form = BrandForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            brand = open_new_brand(
                user=user, name=data["name"], website=data["website"], at=clock.now()
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{brand} is open. Make its first campaign.")
            return redirect("ads:overview")
    context = {"form": form, "invitations": invitations_for(user=user)}
    return render(request, "ads/open_brand.html", context)


@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """List a brand's campaigns."""
    brand, brands = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    is_house = queries.is_house(brand_id=brand.pk)  # what costs nothing is shown without amounts
    context = {
        "brand": brand,
        "brands": brands,
        "is_house": is_house,
        "rows": queries.house_rows(brand=brand, at=clock.now()) if is_house else [],
        "campaigns": [] if is_house else _with_figures(queries.campaigns_of(brand=brand)),
        "may_change": may_change(request, brand),
    }
    return render(request, "ads/campaigns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: HttpRequest) -> HttpResponse:
    """Draft a campaign."""
    brand, _ = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    access_brand_to_change(user=request.user, brand_id=brand.pk)
    now = clock.now()
    currency = policy_at(at=now).currency
    zone = time_zone_or_utc(access_self(user=request.user).time_zone)
    today = day_of(now, time_zone=zone)
    initial = {
        "id": ids.uuid7(at=now),
        "starts_on": today,
        "ends_on": today + MONTH,
        "time_zone": zone,
    }
    form = CampaignForm(request.POST or None, initial=initial)
    form.offer_videos(queries.ad_videos_of(brand=brand))
    form.offer_goals(goals_of(brand=brand))
    form.offer_regions()
    is_house = queries.is_house(brand_id=brand.pk)
    if is_house:
        ask_no_money(form)
    context = {
        "form": form,
        "brand": brand,
        "is_house": is_house,
        "currency": currency,
        "upload": {"purpose": "creative", "input": "uploaded-creative"},
    }
    if is_asked(request):
        return show_campaign_forecast(request, form, brand=brand, context=context)
    if form.is_valid():
        try:
            campaign = actions.create_campaign(
                brand=brand,
                draft=form.draft(currency=currency),
                user=access_self(user=request.user),
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            review = "" if is_house else "Its ad is in review; "
            messages.success(request, f"Drafted. {review}Look it over, then activate it.")
            return redirect("ads:campaign", campaign_id=campaign.pk)
    return render(request, "ads/new_campaign.html", context)


@require_safe
def campaign(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Show a campaign: its line items, what it got, and why some views were not charged."""
    found = queries.access_campaign(user=request.user, campaign_id=campaign_id)
    report = queries.campaign_report(campaign=found)
    now = clock.now()
    shares = queries.shares_by_line_item(campaign=found, at=now)
    watched = queries.watched(campaign=found)
    context = {
        "campaign": found,
        "brand": found.brand,
        "may_change": may_change(request, found.brand),
        "shares": shares,
        "frequency": shown_caps(campaign=queries.frame_of(campaign=found).caps),
        "report": report,
        "rows": Paginator(report.rows[::-1], ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "spent_permille": report.total.spent_micros * PERMILLE // max(1, found.budget_micros),
        "is_house": queries.is_house(brand_id=found.brand_id),
        "is_over": all(share.item.ends_at <= now for share in shares),
        "copy_id": ids.uuid7(at=now),
        "obstacles": min((share.obstacles for share in shares), key=len),
        "parts": queries.parts_by_creative(campaign=found),
        "refunds": queries.refunds_of(campaign=found),
        "reached": queries.reached_by(campaign=found, spent=report.total.spent),
        "funnel": funnel(watched),
        "left_out": queries.left_out(campaign=found),
        "watched": showing_rows(found, watched),
        "money_chart": _money_chart(report),
        "views_chart": _views_chart(report),
    }
    return render(request, "ads/campaign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change_campaign(request: HttpRequest, campaign_id: uuid.UUID, step: str) -> HttpResponse:
    """Ask whether the campaign shall be activated, paused or ended; then do it."""
    if step not in STEPS:
        raise NoSuchStep
    found = queries.access_campaign_to_change(user=request.user, campaign_id=campaign_id)
    if request.method != "POST":
        return render(request, f"ads/{step}_campaign.html", {"campaign": found})
    user = access_self(user=request.user)
    try:
        STEPS[step](campaign_id=found.pk, user=user, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{found.name}” {DONE[step]}.")
    return redirect("ads:campaign", campaign_id=found.pk)


def brand_asked_for(request: HttpRequest) -> tuple[Brand | None, list[Brand]]:
    """Return the brand asked for (or the first), and all this person may choose from."""
    brands = queries.brands_for(user=request.user)
    asked = request.GET.get("brand", "")
    if asked.isdecimal():
        return access_brand(user=request.user, brand_id=int(asked)), brands
    return (brands[0] if brands else None), brands


def may_change(request: HttpRequest, brand: Brand) -> bool:
    """Tell whether buttons that change something are shown: to all but a brand's viewers."""
    return role_in(user=request.user, brand=brand) != Role.VIEWER


def _with_figures(found: list[Campaign]) -> list[dict[str, object]]:
    spent = queries.spent_by_campaign(campaigns=found)
    ends, now = queries.ends_of(campaigns=found), clock.now()
    return [
        {
            "campaign": one,
            "views": spent.get(one.pk, (0, one.budget * 0))[0],
            "spent": spent.get(one.pk, (0, one.budget * 0))[1],
            "is_over": ends[one.pk] <= now,
        }
        for one in found
    ]


def _money_chart(report: Report) -> dict[str, object]:
    days = report.days
    return {
        "kind": "bar",
        "title": "Spent by day",
        "currency": report.total.currency,
        "x": [row.day.isoformat() for row in days],
        "series": [
            {"name": "Spent", "look": "final", "values": [row.spent_micros for row in days]}
        ],
        "table": False,
    }


def _views_chart(report: Report) -> dict[str, object]:
    days = report.days
    return {
        "kind": "bar",
        "title": "Reported by day",
        "unit": "reports",
        "x": [row.day.isoformat() for row in days],
        "series": [
            _series("Charged", "final", [row.charged for row in days]),
            _series("Not charged", "plain", [row.rejected for row in days]),
        ],
        "table": False,
    }


def _series(name: str, look: str, values: list[int]) -> dict[str, object]:
    return {"name": name, "look": look, "values": values}
