"""A seller's codes: what they take off, how often they were used, and ending them."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_own_creator
from takings.shop import actions, queries
from takings.shop.views.forms import DiscountForm


@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """Show the codes of a shop, and make one."""
    seller, now = access_own_creator(user=request.user), clock.now()
    shop = queries.shop_of(seller=seller)
    form = DiscountForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if form.is_bound and form.is_valid():
        zone = seller.user.time_zone
        try:
            draft = form.draft(currency=shop.currency, zone=zone, at=now)
            one = actions.make_discount(shop=shop, discount_id=form.cleaned_data["id"], draft=draft)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{one} takes {one.words} off.")
            return redirect("shop:codes")
    rows = [(one, one.is_open(at=now)) for one in queries.discounts_of(shop=shop)]
    context = {"rows": rows, "form": form, "currency": shop.currency}
    return render(request, "shop/studio/codes.html", context, status=422 if form.errors else 200)


@require_POST
def stop(request: HttpRequest, discount_id: uuid.UUID) -> HttpResponse:
    """End a code."""
    seller = access_own_creator(user=request.user)
    shop = queries.shop_of(seller=seller)
    one = get_object_or_404(shop.discounts, pk=discount_id)
    actions.stop_discount(discount=one, at=clock.now())
    messages.success(request, f"{one} takes nothing off any more.")
    return redirect("shop:codes")
