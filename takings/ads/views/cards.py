"""Paying in by card, and the history of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.ads import actions, queries
from takings.ads.views.console import brand_asked_for
from takings.ads.views.forms import CardForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money
from takings.payments.queries import accepted_terms, show_terms, with_receipts
from takings.payments.rules import VERSION
from takings.people.queries import access_brand_to_change, access_self
from takings.policies.queries import policy_at


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest) -> HttpResponse:
    """Ask how much, then lead to the card page; the form's id makes sending it twice the same."""
    brand, _ = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    access_brand_to_change(user=request.user, brand_id=brand.pk)
    now = clock.now()
    currency = policy_at(at=now).currency
    form = CardForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if form.is_valid():
        try:
            payment = actions.top_up(
                user=access_self(user=request.user),
                brand=brand,
                amount=Money.parse(form.cleaned_data["amount"], currency),
                payment_id=form.cleaned_data["id"],
                at=now,
                accepted=accepted_terms(request.POST.get("terms", ""), at=now),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("payments:go", payment_id=payment.pk)
    context = {"form": form, "brand": brand, "currency": currency}
    terms = {"terms": show_terms(at=now), "version": VERSION}
    return render(request, "ads/pay.html", context | terms)


@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """List a brand's card payments."""
    brand, brands = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    listed = with_receipts(queries.card_payments(brand=brand))
    context = {"brand": brand, "brands": brands, "listed": listed}
    return render(request, "ads/payments.html", context)
