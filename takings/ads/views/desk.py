"""The operator's part: money of advertisers that arrived, and ads that fail in other players."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.ads import actions, queries
from takings.ads.queries.player_reports import players_health
from takings.ads.views.forms import DepositForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money, format_money
from takings.people.queries import access_operator
from takings.policies.queries import policy_at


@require_http_methods(["GET", "HEAD", "POST"])
def deposits(request: HttpRequest) -> HttpResponse:
    """Take a deposit; the form's id makes sending it twice the same as once."""
    operator = access_operator(user=request.user)
    now = clock.now()
    currency = policy_at(at=now).currency
    initial = {"id": ids.uuid7(at=now), "brand": request.GET.get("brand")}
    form = DepositForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            deposit = actions.take_deposit(
                operator=operator,
                brand=data["brand"],
                amount=Money.parse(data["amount"], currency),
                id=data["id"],
                reason=data["reason"],
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            told = f"{format_money(deposit.amount)} of {deposit.brand} is prepaid now."
            messages.success(request, told)
            return redirect("ads:deposits")
    context = {"form": form, "currency": currency, "deposits": queries.newest_deposits()}
    return render(request, "ads/deposits.html", context)


@require_safe
def players(request: HttpRequest) -> HttpResponse:
    """Show operators how ads do in players of other sites."""
    access_operator(user=request.user)
    return render(request, "ads/players.html", {"rows": players_health(at=clock.now())})
