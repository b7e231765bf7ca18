"""The creator's pages: what is missing before money can leave, and where it goes."""

import datetime as dt
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.payouts import actions, queries
from takings.payouts.models import Method
from takings.payouts.providers import provider_pays
from takings.payouts.queries import Upcoming
from takings.payouts.rules.deciding import check_gate
from takings.payouts.rules.drafting import Draft
from takings.payouts.rules.methods import Kind
from takings.payouts.views.forms import MethodForm, ProfileForm
from takings.people.models import Creator
from takings.people.queries import access_own_creator
from takings.people.rules import country_names
from takings.policies.queries import payout_policy_at


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how far a creator is, and what is missing."""
    creator = access_own_creator(user=request.user)
    now = clock.now()
    found = queries.standing(creator=creator)
    billing, why_no_bills = queries.billing_papers(creator=creator, on=now.date())
    context = {
        "creator": creator,
        "standing": found,
        "state": found.state(on=now.date()).value,
        "country": country_names().get(found.profile.country, "") if found.profile else "",
        "missing": check_gate(gate=found.gate(hit_count=0, at=now), at=now),
        "is_cooling": found.method is not None and found.method.usable_from > now,
        "notice": queries.open_notice(creator=creator, at=now),
        "bills": queries.bills(creator=creator),
        "writes_bills": billing is not None,
        "why_no_bills": why_no_bills,
        "unclaimed": queries.unclaimed_of(creator=creator),
        **_next(queries.upcoming(creator=creator, at=now)),
        "payouts": queries.payouts_of(creator=creator),
    }
    return render(request, "payouts/overview.html", context)


@require_safe
def payout(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """Show one payout: what it consists of, what was withheld and why, where it went."""
    found = queries.access_payout(user=request.user, payout_id=payout_id)
    context = {
        "payout": found,
        "lines": queries.lines_of(found),
        "taxes": queries.taxes_of(found),
        "changes": queries.changes_of(found),
        "answers": queries.answers_of(found),
        "is_booked": found.sent_at is not None,
    }
    return render(request, "payouts/payout.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Let a creator tell who they are; the form's id makes sending it twice the same as once."""
    creator = access_own_creator(user=request.user)
    now = clock.now()
    known = queries.standing(creator=creator).profile
    told = ProfileForm.initial_of(queries.papers_of(known)) if known else {}
    initial = {"country": creator.user.country} | told | {"id": ids.uuid7(at=now)}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.submit_profile(
                creator=creator,
                papers=form.papers(),
                signature=data["signature"],
                id=data["id"],
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Thank you. Somebody looks at it now.")
            return redirect("payouts:overview")
    return render(request, "payouts/profile.html", {"form": form, "known": known})


@require_http_methods(["GET", "HEAD", "POST"])
def method(request: HttpRequest) -> HttpResponse:
    """Let a creator choose where the money goes."""
    creator = access_own_creator(user=request.user)
    now = clock.now()
    rules = payout_policy_at(at=now)
    found = queries.standing(creator=creator)
    if found.profile is None:
        messages.info(request, "Tell first who you are; the account has to be in the same name.")
        return redirect("payouts:profile")
    holder = queries.papers_of(found.profile).legal_name
    form = MethodForm(request.POST or None, initial={"id": ids.uuid7(at=now), "holder": holder})
    form.offer_currencies(rules)
    if not provider_pays(country=found.profile.country):
        form.leave_out_providers()
    if form.is_valid():
        try:
            chosen = _choose(creator, form, at=now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"You are paid to {chosen}.")
            return redirect("payouts:overview" if chosen.account is None else "payouts:go")
    context = {"form": form, "known": found.method, "days": rules.schedule.cool_off_days}
    return render(request, "payouts/method.html", context)


@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """Lead to the provider's pages. On another site it is one more page: no form leads off ours."""
    creator = access_own_creator(user=request.user)
    account = queries.account_at_provider(creator=creator)
    try:
        url = actions.onboarding_url(account)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return redirect("payouts:overview")
    if urlsplit(url)[:2] == urlsplit(settings.PUBLIC_URL)[:2]:
        return redirect(url)
    return render(request, "payouts/go.html", {"account": account, "url": url})


@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """Come back from the provider's pages: ask how far the account is, whoever told before."""
    creator = access_own_creator(user=request.user)
    account = queries.account_at_provider(creator=creator)
    actions.ask_account(account_id=account.pk, at=clock.now())
    return redirect("payouts:overview")


def _choose(creator: Creator, form: MethodForm, *, at: dt.datetime) -> Method:
    key, details = form.cleaned_data["id"], form.details()
    if details.kind is Kind.PROVIDER:
        return actions.open_account(creator=creator, currency=details.currency, id=key, at=at)
    return actions.choose_method(creator=creator, details=details, id=key, at=at)


def _next(soon: Upcoming) -> dict[str, object]:
    """Return the next payout as the page shows it: an amount, or the reason why there is none."""
    decision = soon.decision
    is_paid = isinstance(decision, Draft)
    return {
        "dates": soon.dates,
        "balances": soon.balances,
        "draft": decision if is_paid else None,
        "why_not": None if is_paid else decision,
    }
