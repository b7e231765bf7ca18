"""What is kept of your watching: told to everybody, with switches for what is used."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock
from takings.events.rules.clients import PRIVATE_COOKIE
from takings.people.actions import allow_ads_by_age, forbid_ads_by_age, state_region
from takings.people.models import User
from takings.people.queries import access_self
from takings.people.rules import VIEWER_TOKEN_DAYS, BadRegion, age_bracket, region_names, regions_of

DAY_S = 86_400


@require_http_methods(["GET", "HEAD", "POST"])
def watching(request: HttpRequest) -> HttpResponse:
    """Tell what is kept, and keep less or all again, as the switch says, in this browser."""
    if request.method == "POST":
        asked = next((name for name in _CHOSEN if name in request.POST), "")
        return _CHOSEN.get(asked, _switched)(request)
    person = request.user if isinstance(request.user, User) else None
    context = {
        "person": person,
        "age": age_bracket(born_on=person.born_on, day=clock.now().date()) if person else "",
        "regions": regions_of(person.country) if person else {},
        "is_private": request.COOKIES.get(PRIVATE_COOKIE) == "1",
        "is_asked_by_browser": request.headers.get("Sec-GPC") == "1",
    }
    return render(request, "events/watching.html", context)


def _age_switched(request: HttpRequest) -> HttpResponse:
    user = access_self(user=request.user)
    if request.POST["age"] == "use":
        allow_ads_by_age(user=user, at=clock.now())
        messages.success(request, "From now on ads may be chosen by your age group.")
    else:
        forbid_ads_by_age(user=user)
        messages.success(request, "Your age is not used to choose ads any more.")
    return redirect("events:watching")


def _region_stated(request: HttpRequest) -> HttpResponse:
    user = access_self(user=request.user)
    try:
        state_region(user=user, region=request.POST["region"], at=clock.now())
    except BadRegion as refusal:
        messages.error(request, str(refusal))
    else:
        name = region_names().get(user.region)
        told = f"From now on ads may be chosen by your region, {name}." if name else _NO_REGION
        messages.success(request, told)
    return redirect("events:watching")


_NO_REGION = "No region is used to choose ads."
_CHOSEN = {"age": _age_switched, "region": _region_stated}


def _switched(request: HttpRequest) -> HttpResponse:
    response = redirect("events:watching")
    if "less" in request.POST:
        response.set_cookie(
            PRIVATE_COOKIE,
            "1",
            max_age=VIEWER_TOKEN_DAYS * DAY_S,
            httponly=True,
            secure=settings.SECURE,
            samesite="Lax",
        )
        messages.success(request, "From now on less is kept of what this browser watches.")
    else:
        response.delete_cookie(PRIVATE_COOKIE, samesite="Lax")
        messages.success(request, "From now on your views are kept under your own number again.")
    return response
