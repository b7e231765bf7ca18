"""A member's page: what a pass costs, where the money goes, and its states. And the desk."""

import datetime as dt
from typing import Protocol

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.memberships import actions, queries
from takings.memberships.models import Pass
from takings.memberships.rules import read_id
from takings.payments.queries import accepted_terms, show_terms
from takings.payments.rules import VERSION
from takings.people.models import User
from takings.people.queries import access_operator, access_self
from takings.policies.queries import pass_rule_at


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """Show somebody's pass, or what one costs; where the money goes, and what was paid."""
    user, now = access_self(user=request.user), clock.now()
    one = Pass.objects.select_related("user").filter(user=user).first()
    context = {
        "standing": queries.standing(user=user, at=now),
        "parts": queries.parts_of_price(user=user, at=now),
        "went_to": queries.went_to(one=one) if one else [],
        "listed": queries.payments_for(one) if one else [],
        "steps": queries.steps_of(one) if one else [],
        "rule": pass_rule_at(at=now),
        "payment_id": ids.uuid7(at=now),
        "terms": show_terms(at=now),
        "version": VERSION,
        "takes_cards": bool(settings.PAYMENT_ROUTES),
    }
    return render(request, "memberships/pass.html", context)


@require_POST
def buy(request: HttpRequest) -> HttpResponse:
    """Lead to the card page; the form's id makes sending it twice the same as once."""
    user, now = access_self(user=request.user), clock.now()
    try:
        payment = actions.buy_pass(
            user=user,
            payment_id=read_id(request.POST.get("id", "")),
            at=now,
            accepted=accepted_terms(request.POST.get("terms", ""), at=now),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("memberships:own")
    return redirect("payments:go", payment_id=payment.pk)


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    """Let a pass end by itself."""
    told = "Your pass ends by itself; your card is charged no more."
    return _change(request, actions.cancel_pass, told=told)


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let a pass go on after all."""
    return _change(request, actions.resume_pass, told="Your pass goes on.")


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """Ask once more, then give the first month back."""
    user, now = access_self(user=request.user), clock.now()
    if request.method == "POST":
        told = "The money goes back to your card."
        return _change(request, actions.withdraw, told=told)
    found = queries.standing(user=user, at=now)
    if found.withdraw_until is None:
        raise actions.TooLateToWithdraw
    return render(request, "memberships/withdraw.html", {"standing": found})


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show operators how many passes run, and what waits for its days."""
    access_operator(user=request.user)
    now = clock.now()
    context = {"sums": queries.sums(at=now), "passes": queries.newest_passes(), "now": now}
    return render(request, "memberships/desk.html", context)


class _Change(Protocol):
    def __call__(self, *, user: User, at: dt.datetime) -> object: ...


def _change(request: HttpRequest, act: _Change, *, told: str) -> HttpResponse:
    user = access_self(user=request.user)
    try:
        act(user=user, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect("memberships:own")
