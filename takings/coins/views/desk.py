"""The operators' part: what all wallets come to, and what is done for one person."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.coins import actions
from takings.coins.models import CoinLot, GrantProposal, Purchase
from takings.coins.queries import lots_of
from takings.coins.queries import standing as queries
from takings.coins.rules import coins
from takings.coins.views.forms import (
    AnswerForm,
    FindForm,
    GrantForm,
    HoldForm,
    MinorForm,
    ReasonForm,
)
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import format_money
from takings.people.models import User
from takings.people.queries import access_operator, person_by_email


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what all wallets come to, what is held, and find somebody's."""
    access_operator(user=request.user)
    now = clock.now()
    form = FindForm(request.GET or None)
    if form.is_valid():
        try:
            user = person_by_email(email=form.cleaned_data["email"])
        except Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            return redirect("coins:person", user_id=user.pk)
    context = {
        "form": form,
        "sums": queries.sums(at=now),
        "held": queries.held_lots(at=now),
        "lots": queries.newest_lots(),
        "proposals": queries.waiting_grants(),
        "operator": request.user,
    }
    return render(request, "coins/desk.html", context)


@require_safe
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show somebody's lots and purchases, and what can be done about them."""
    access_operator(user=request.user)
    user, now = get_object_or_404(User, pk=user_id), clock.now()
    context = {
        "person": user,
        "standing": queries.standing(user=user, at=now),
        "lots": [(lot, lot.is_held(at=now)) for lot in lots_of(user=user)],
        "purchases": queries.purchases_of(user=user),
        "movements": queries.newest_movements(user=user),
        "grant": GrantForm(initial={"id": ids.uuid7(at=now)}),
        "proposals": queries.waiting_grants(user=user),
        "operator": request.user,
        "minor": MinorForm(),
    }
    return render(request, "coins/person.html", context)


@require_POST
def grant(request: HttpRequest, user_id: int) -> HttpResponse:
    """Propose to give bonus coins; the form's id makes sending it twice the same as once."""
    operator, user = access_operator(user=request.user), get_object_or_404(User, pk=user_id)
    form = GrantForm(request.POST)

    def act(at: dt.datetime) -> str:
        data = form.cleaned_data
        wanted = actions.Grant(data["id"], user, coins(data["coins"]), data["reason"])
        proposal = actions.propose_grant(operator=operator, grant=wanted, at=at)
        return f"{format_money(proposal.coins)} are proposed; another operator has to give them."

    return _do(request, form, act, user_id=user_id)


@require_POST
def answer_grant(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    """Give the bonus coins that somebody else proposed, or say why not."""
    operator = access_operator(user=request.user)
    proposal = get_object_or_404(GrantProposal.objects.select_related("user"), pk=proposal_id)
    form = AnswerForm(request.POST)

    def act(at: dt.datetime) -> str:
        answer = form.cleaned_data["answer"]
        if request.POST.get("verdict") != "approve":
            actions.decline_grant(proposal=proposal, operator=operator, answer=answer, at=at)
            return "Declined; nothing was given."
        lot = actions.approve_grant(proposal=proposal, operator=operator, answer=answer, at=at)
        return f"{proposal.user} has {format_money(lot.coins)} more."

    return _do(request, form, act, user_id=proposal.user_id)


@require_POST
def hold(request: HttpRequest, lot_id: uuid.UUID) -> HttpResponse:
    """Let the coins of a lot wait for some days, or let them go."""
    operator = access_operator(user=request.user)
    lot = get_object_or_404(CoinLot.objects.select_related("wallet__user"), pk=lot_id)
    form = HoldForm(request.POST)

    def act(at: dt.datetime) -> str:
        days, reason = form.cleaned_data["days"], form.cleaned_data["reason"]
        if not days:
            actions.let_coins_go(operator=operator, lot=lot, reason=reason, at=at)
            return "They can be spent again."
        held = actions.CoinHold(lot, at + dt.timedelta(days=days), reason)
        until = actions.hold_coins(operator=operator, hold=held, at=at).held_until
        return f"They wait until {until:%Y-%m-%d %H:%M} UTC."

    return _do(request, form, act, user_id=lot.wallet_id)


@require_POST
def return_for(request: HttpRequest, purchase_id: uuid.UUID) -> HttpResponse:
    """Give what is left of somebody's purchase back to its card."""
    operator = access_operator(user=request.user)
    found = Purchase.objects.select_related("wallet__user").filter(paid_at__isnull=False)
    purchase, form = get_object_or_404(found, pk=purchase_id), ReasonForm(request.POST)

    def act(at: dt.datetime) -> str:
        reason = form.cleaned_data["reason"]
        one = actions.return_for(operator=operator, purchase=purchase, reason=reason, at=at)
        return f"{format_money(one.coins)} go back, for {format_money(one.money)}."

    return _do(request, form, act, user_id=purchase.wallet_id)


@require_POST
def refund_minor(request: HttpRequest, user_id: int) -> HttpResponse:
    """Undo all that a minor bought and gave."""
    operator, user = access_operator(user=request.user), get_object_or_404(User, pk=user_id)
    form = MinorForm(request.POST)

    def act(at: dt.datetime) -> str:
        found = actions.MinorFound(user, form.cleaned_data["born_on"], form.cleaned_data["reason"])
        count = actions.refund_minor(operator=operator, found=found, at=at)
        return f"{count:,} coins go back to the cards they were bought with."

    return _do(request, form, act, user_id=user_id)


def _do(
    request: HttpRequest, form: Form, act: Callable[[dt.datetime], str], *, user_id: int
) -> HttpResponse:
    """Do what a form asks and say what came of it, beside the person."""
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    else:
        try:
            messages.success(request, act(clock.now()))
        except Refusal as refusal:
            messages.error(request, str(refusal))
    return redirect("coins:person", user_id=user_id)
