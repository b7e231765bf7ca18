"""The form of an offer and of a counter-offer."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_brand_to_change, access_self, creator_by_handle
from takings.policies.queries import deal_rule_at, policy_at
from takings.sponsorships import actions, queries
from takings.sponsorships.views.forms import TermsForm, said
from takings.sponsorships.views.lists import brand_asked_for


@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, handle: str) -> HttpResponse:
    """Offer a creator a deal; the form's id makes sending it twice the same."""
    user, now = access_self(user=request.user), clock.now()
    creator, brand = creator_by_handle(handle=handle), brand_asked_for(request, user)
    if brand is None:
        return redirect("sponsorships:find")
    brand = access_brand_to_change(user=user, brand_id=brand.pk)
    currency = policy_at(at=now).currency
    form = TermsForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if form.is_bound and form.is_valid():
        try:
            deal = actions.offer_deal(
                user=user,
                brand=brand,
                creator=creator,
                terms=form.terms(currency=currency),
                id=form.cleaned_data["id"],
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"Offered to @{creator.handle}. You see here what they say.")
            return redirect("sponsorships:room", deal_id=deal.pk)
    context = {"form": form, "brand": brand, "creator": creator, "currency": currency}
    context["rule"] = deal_rule_at(at=now)
    return render(request, "sponsorships/offer.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Answer an offer by another one; the form holds the number of what was read."""
    seat, now = queries.access_seat(user=request.user, deal_id=deal_id), clock.now()
    deal = seat.deal
    initial = {"id": deal.pk, **said(deal.terms)}
    form = TermsForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        number = request.POST.get("number", "")
        try:
            actions.counter_offer(
                seat=seat,
                number=int(number) if number.isdecimal() else 0,
                terms=form.terms(currency=deal.currency),
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "Your offer is there; the other side answers it.")
            return redirect("sponsorships:room", deal_id=deal.pk)
    context = {
        "form": form,
        "deal": deal,
        "brand": deal.brand,
        "creator": deal.creator,
        "currency": deal.currency,
        "rule": deal_rule_at(at=now),
    }
    return render(request, "sponsorships/offer.html", context, status=422 if form.errors else 200)
