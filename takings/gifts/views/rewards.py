"""Creators: what could be paid out, and what it can be exchanged for."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.gifts.queries.income import payable_of
from takings.gifts.views.forms import ExchangeForm
from takings.money import Money
from takings.people.models import Creator
from takings.people.queries import access_own_creator
from takings.policies.queries import fan_rule_at
from takings.settlement.actions.exchanging import Wanted, exchange_earnings
from takings.settlement.models import Exchange
from takings.settlement.queries.rewards import Admission, Offer, Reward, gate
from takings.settlement.queries.rewards import rewards as all_rewards

PAGE = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be had, what is withheld besides, and whether there is enough for both.

    ``is_foreign``: what could be paid out is all in other currencies, and nothing is converted.
    """

    offer: Offer
    tax: Money | None
    is_covered: bool
    is_foreign: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one reward offers."""

    reward: Reward
    choices: list[Choice]


@require_http_methods(["GET", "HEAD", "POST"])
def rewards(request: HttpRequest) -> HttpResponse:
    """Show what earnings can be exchanged for, and exchange them."""
    creator, at = access_own_creator(user=request.user), clock.now()
    form = ExchangeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            wanted = Wanted(said["id"], said["reward"], said["choice"])
            done = exchange_earnings(creator=creator, wanted=wanted, at=at)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Done: {done.words}.")
            return redirect("gifts:rewards")
    payable, admission = payable_of(creator), gate().admit(creator=creator, at=at)
    is_closed, bar = creator.user.country in fan_rule_at(at=at).no_exchange, admission.bar
    past = Paginator(Exchange.objects.filter(creator=creator).select_related("returned"), PAGE)
    context = {
        "form": form,
        "exchange_id": ids.uuid7(at=at),
        "payable": payable,
        "bar": bar,
        "is_closed": is_closed,
        "shelves": [] if bar or is_closed else _shelves(creator, payable, admission, at=at),
        "page": past.get_page(request.GET.get("page")),
    }
    return render(request, "gifts/studio/rewards.html", context, status=422 if form.errors else 200)


def _shelves(
    creator: Creator, payable: tuple[Money, ...], admission: Admission, *, at: dt.datetime
) -> list[Shelf]:
    shelves = []
    for reward in all_rewards():
        choices = []
        for offer in reward.offers(creator=creator, at=at):
            if offer.obstacle:
                continue
            tax = admission.tax_on(offer.price)
            whole = offer.price + tax.amount if tax else offer.price
            same = [one for one in payable if one.currency == whole.currency]
            is_covered = any(one >= whole for one in same)
            is_foreign = bool(payable) and not same
            choices.append(Choice(offer, tax.amount if tax else None, is_covered, is_foreign))
        shelves.append(Shelf(reward, choices))
    return shelves
