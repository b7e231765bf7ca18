"""The desk's holds: keep a creator's money back with a reason and an end, and give it back."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.insights.views.forms import DayInput
from takings.money import Money, format_money
from takings.people.models import User
from takings.people.queries import access_operator, creator_by_handle
from takings.policies.queries import policy_at
from takings.settlement import actions
from takings.settlement.actions import HoldTerms
from takings.settlement.queries import access_earnings_hold, lifted_holds, open_holds

MOST_DIGITS = 14
RECENT = 20


class HoldForm(forms.Form):
    """Whose money, how much, why, and the last day of the hold (UTC)."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    handle = forms.CharField(label="Creator", max_length=40, help_text="The handle, without the @.")
    amount = forms.DecimalField(
        max_digits=MOST_DIGITS,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    currency = forms.CharField(max_length=4)
    last_day = forms.DateField(
        label="Last day", input_formats=["%Y-%m-%d"], widget=DayInput(format="%Y-%m-%d")
    )
    reason = forms.CharField(max_length=500, help_text="The creator reads it.")


class LiftForm(forms.Form):
    """Why a hold is lifted before its end."""

    reason = forms.CharField(max_length=500, help_text="Kept with your name.")


@require_http_methods(["GET", "POST"])
def holds_page(request: HttpRequest) -> HttpResponse:
    """List what is held, and hold more; the form's id makes sending it twice the same as once."""
    operator = access_operator(user=request.user)
    at = clock.now()
    initial = {"id": ids.uuid7(at=at), "currency": policy_at(at=at).currency}
    form = HoldForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            told = _hold(form, operator=operator, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, told)
            return redirect("insights:holds")
    context = {"form": form, "holds": open_holds(), "lifted": lifted_holds(most=RECENT)}
    return render(request, "insights/desk/holds.html", context)


@require_http_methods(["GET", "POST"])
def lift_page(request: HttpRequest, hold: UUID) -> HttpResponse:
    """Ask before lifting a hold. Refuses UnknownHeldEarnings, AlreadyLifted."""
    operator = access_operator(user=request.user)
    found = access_earnings_hold(user=request.user, hold_id=hold)
    form = LiftForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.lift_hold(hold=found, operator=operator, reason=reason, at=clock.now())
        told = f"{format_money(found.amount)} of @{found.creator.handle} is payable again."
        messages.success(request, told)
        return redirect("insights:holds")
    return render(request, "insights/desk/lift_hold.html", {"hold": found, "form": form})


def _hold(form: HoldForm, *, operator: User, at: dt.datetime) -> str:
    data = form.cleaned_data
    ends_at = dt.datetime.combine(data["last_day"], dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=1)
    held = actions.hold_earnings(
        operator=operator,
        creator=creator_by_handle(handle=data["handle"].lstrip("@")),
        amount=Money.parse(data["amount"], data["currency"]),
        terms=HoldTerms(reason=data["reason"], ends_at=ends_at),
        id=data["id"],
        at=at,
    )
    return f"{format_money(held.amount)} of @{held.creator.handle} is held."
