"""Conversions: made by an advertiser, shown with how they are reported, reported by their site."""

import base64
import datetime as dt
import uuid
from http import HTTPStatus

import msgspec
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from takings.ads import actions
from takings.ads.actions import GoalDraft, Signed, Taken
from takings.ads.models import Goal
from takings.ads.queries.conversions import (
    access_goal,
    access_goal_to_change,
    goal_of,
    goals_of,
    newest_conversions,
    newest_secret,
    refused_reports,
)
from takings.ads.rules.conversions import CLICK_PARAMETER, WINDOWS, BadReport, Said
from takings.ads.views.console import brand_asked_for, may_change
from takings.ads.views.forms import RefusableForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money
from takings.people.queries import access_brand_to_change, access_self

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
LARGEST_BYTES = 4_096
LONGEST_ORDER, LONGEST_CLICK = 64, 80


class GoalForm(RefusableForm):
    """What to count, and for how long after a click."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=80, help_text="Such as “Order” or “Newsletter”.")
    click_days = forms.TypedChoiceField(
        label="Counts for",
        coerce=int,
        choices=[
            (days, f"{days} day{'s' if days > 1 else ''} after the click") for days in WINDOWS
        ],
        initial=7,
    )


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    """A report as a server writes it."""

    order_id: str
    click_id: str
    occurred_at: dt.datetime | None = None
    value: str | None = None
    currency: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def goals(request: HttpRequest) -> HttpResponse:
    """List what a brand counts, and make another."""
    brand, brands = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    now = clock.now()
    form = GoalForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if request.method == "POST":
        access_brand_to_change(user=request.user, brand_id=brand.pk)
    if form.is_valid():
        draft = GoalDraft(**form.cleaned_data)
        user = access_self(user=request.user)
        try:
            made, secret = actions.make_goal(brand=brand, draft=draft, user=user, at=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _page(request, made, secret=secret)
    context = {
        "form": form,
        "brand": brand,
        "brands": brands,
        "goals": goals_of(brand=brand),
        "may_change": may_change(request, brand),
    }
    return render(request, "ads/goals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def goal(request: HttpRequest, goal_id: uuid.UUID) -> HttpResponse:
    """Show how a conversion is reported and what was; make a new secret, shown once."""
    if request.method != "POST":
        return _page(request, access_goal(user=request.user, goal_id=goal_id))
    found = access_goal_to_change(user=request.user, goal_id=goal_id)
    asked = request.POST.get("number", "")
    number = int(asked) if asked.isascii() and asked.isdigit() else 0
    user = access_self(user=request.user)
    secret = actions.renew_secret(goal=found, number=number, user=user, at=clock.now())
    return _page(request, found, secret=secret)


def _page(request: HttpRequest, found: Goal, *, secret: str = "") -> HttpResponse:
    context = {
        "goal": found,
        "brand": found.brand,
        "secret": secret,
        "next_number": newest_secret(goal=found) + 1,
        "may_change": may_change(request, found.brand),
        "report_url": settings.PUBLIC_URL + reverse("ads:report_conversion", args=[found.pk]),
        "pixel_url": settings.PUBLIC_URL + reverse("ads:pixel", args=[found.pk]),
        "parameter": CLICK_PARAMETER,
        "conversions": newest_conversions(goal=found),
        "refused": refused_reports(goal=found),
    }
    answer = render(request, "ads/goal.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@csrf_exempt  # the sender is no browser: it proves itself by its signature
@require_POST
def report(request: HttpRequest, goal_id: uuid.UUID) -> HttpResponse:
    """Take a server's signed report; a refusal is told with its reason."""
    if len(request.body) > LARGEST_BYTES:
        return JsonResponse({"code": "too_long"}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    now = clock.now()
    found = goal_of(goal_id=goal_id)
    signed = Signed(
        request.body,
        request.headers.get("X-Takings-Timestamp", ""),
        request.headers.get("X-Takings-Signature", ""),
    )
    reason = actions.check_report(goal=found, signed=signed, at=now)
    if reason is not None:
        return _answer(Taken(None, refused=reason))
    try:
        said = _read(request.body, at=now)
        taken = actions.record_conversion(goal=found, said=said, source="server", at=now)
    except Refusal as refusal:
        told = {"code": refusal.code, "sentence": str(refusal)}
        return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _answer(taken)


@require_GET
def pixel(request: HttpRequest, goal_id: uuid.UUID) -> HttpResponse:
    """Take what a page of the advertiser tells; the answer is one pixel, whatever it says."""
    asked = {name: request.GET.get(name, "") for name in ("order", "click", "value", "currency")}
    now = clock.now()
    body = _Body(
        order_id=asked["order"] or asked["click"],
        click_id=asked["click"],
        value=asked["value"] or None,
        currency=asked["currency"],
    )
    try:
        found, said = goal_of(goal_id=goal_id), _said(body, at=now)
        actions.record_conversion(goal=found, said=said, source="page", at=now)
    except Refusal:
        pass  # an image has no words; the advertiser reads the counted reasons
    headers = {"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(GIF, content_type="image/gif", headers=headers)


def _read(body: bytes, *, at: dt.datetime) -> Said:
    try:
        return _said(msgspec.json.decode(body, type=_Body), at=at)
    except msgspec.MsgspecError as error:
        raise BadReport(why=str(error)) from error


def _said(body: _Body, *, at: dt.datetime) -> Said:
    """Return what was told. Refuses: BadReport, NotAnAmount, InexactMoney, UnknownCurrency."""
    for name, text, most in (
        ("order_id", body.order_id, LONGEST_ORDER),
        ("click_id", body.click_id, LONGEST_CLICK),
    ):
        if not 0 < len(text) <= most or not text.isprintable():
            raise BadReport(why=f"“{name}” has 1 to {most} printable characters.")
    if body.occurred_at is not None and body.occurred_at.tzinfo is None:
        raise BadReport(why="“occurred_at” needs a time zone.")
    value = None if body.value is None else Money.parse(body.value, body.currency)
    return Said(body.order_id, body.click_id, body.occurred_at or at, value)


def _answer(taken: Taken) -> HttpResponse:
    if taken.refused is not None:
        told = {"code": taken.refused.value, "sentence": taken.refused.sentence}
        return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    status = HTTPStatus.CREATED if taken.is_new else HTTPStatus.OK
    return JsonResponse({"code": "counted" if taken.is_new else "duplicate"}, status=status)
