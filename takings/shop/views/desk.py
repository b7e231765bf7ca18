"""The operators' part: goods to look at, returns to decide, and the newest parcels."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.core.errors import Refusal
from takings.people.queries import access_operator
from takings.shop import actions, queries
from takings.shop.queries.pages import parcel_page
from takings.shop.queries.sums import newest_parcels, shop_sums
from takings.shop.views.forms import ReasonForm


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits for an operator, and how the shop goes."""
    access_operator(user=request.user)
    context = {
        "goods": list(queries.waiting_products()),
        "returns": [(one, queries.amount_of(one)) for one in queries.contested_returns()],
        "parcels": newest_parcels(),
        "sums": shop_sums(),
    }
    return render(request, "shop/desk/desk.html", context)


@require_safe
def parcel(request: HttpRequest, parcel_id: uuid.UUID) -> HttpResponse:
    """Show a parcel to an operator."""
    one = queries.access_any_parcel(user=request.user, parcel_id=parcel_id)
    return render(request, "shop/desk/parcel.html", {"one": parcel_page(one, at=clock.now())})


@require_POST
def review(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Put goods on sale, or say why not."""
    operator = access_operator(user=request.user)
    product = queries.access_product(user=request.user, product_id=product_id)
    accepts = "accept" in request.POST

    def act(reason: str, at: dt.datetime) -> str:
        actions.review_product(
            operator=operator, product=product, accepts=accepts, reason=reason, at=at
        )
        return f"“{product}” is on sale." if accepts else "Declined; the seller reads why."

    return _do(request, act)


@require_POST
def decide(request: HttpRequest, return_id: uuid.UUID) -> HttpResponse:
    """Decide a return on which buyer and seller do not agree."""
    operator = access_operator(user=request.user)
    one = queries.access_return(user=request.user, return_id=return_id)
    agrees = "agree" in request.POST

    def act(reason: str, at: dt.datetime) -> str:
        actions.decide_return(operator=operator, one=one, agrees=agrees, reason=reason, at=at)
        if agrees:
            actions.pay_back(return_id=one.pk, at=at)
            return "The buyer gets it back; both read why."
        return "Refused; both read why."

    return _do(request, act)


def _do(request: HttpRequest, act: Callable[[str, dt.datetime], str]) -> HttpResponse:
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        messages.success(request, act(reason, clock.now()))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("shop:desk")
