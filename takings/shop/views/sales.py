"""A seller's parcels: what is to be sent, numbers from a file, returns and cancellations."""

import csv
import datetime as dt
import io
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock
from takings.core.cells import cell
from takings.core.errors import Refusal
from takings.people.queries import access_own_creator
from takings.people.rules import country_names
from takings.shop import actions, queries
from takings.shop.models import Parcel, ParcelState
from takings.shop.queries.pages import parcel_page
from takings.shop.rules.tracking import COLUMNS
from takings.shop.views.forms import ReasonForm, ShipForm, TrackingFileForm

PAGE = 25
HEADER = (*COLUMNS, "order", "ordered", "to", "country", "goods")


@require_http_methods(["GET", "HEAD", "POST"])
def parcels(request: HttpRequest) -> HttpResponse:
    """Show what was sold, by where it is; take over tracking numbers from a file."""
    seller = access_own_creator(user=request.user)
    form = TrackingFileForm()
    if request.method == "POST":
        form = TrackingFileForm(request.POST, request.FILES)
        if form.is_valid():
            content = form.cleaned_data["file"].read()
            try:
                count = actions.ship_by_file(seller=seller, content=content, at=clock.now())
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                messages.success(request, f"{count} parcels are on their way.")
                return redirect("shop:parcels")
    state = request.GET.get("state", "")
    found = queries.parcels_of(seller=seller, state=state)
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": [one for one in ParcelState.choices if one[0] != ParcelState.UNPAID],
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "shop/studio/parcels.html", context, status=status)


@require_safe
def parcels_csv(request: HttpRequest) -> HttpResponse:
    """Give what is to be sent as a file, with columns for the carrier and the number."""
    seller = access_own_creator(user=request.user)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(HEADER)
    for one in queries.parcels_of(seller=seller, state=ParcelState.TO_SHIP):
        rows.writerow([cell(value) for value in _row(one)])
    headers = {"Content-Disposition": 'attachment; filename="to-send.csv"'}
    return HttpResponse(written.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def parcel(request: HttpRequest, parcel_id: uuid.UUID) -> HttpResponse:
    """Show a parcel to who sends it."""
    one = queries.access_sold(user=request.user, parcel_id=parcel_id)
    context = {
        "one": parcel_page(one, at=clock.now()),
        "form": ShipForm(),
        "country_name": country_names()[one.order.country],
    }
    return render(request, "shop/studio/parcel.html", context)


@require_POST
def ship(request: HttpRequest, parcel_id: uuid.UUID) -> HttpResponse:
    """Say that a parcel is on its way."""
    one = queries.access_sold(user=request.user, parcel_id=parcel_id)

    def act(at: dt.datetime) -> str:
        said = {name: request.POST.get(name, "") for name in ("carrier", "tracking")}
        actions.ship_parcel(parcel=one, by=one.seller.user, at=at, **said)
        return "It is on its way; the buyer sees the number."

    return _do(request, act, parcel_id=one.pk)


@require_POST
def cancel(request: HttpRequest, parcel_id: uuid.UUID) -> HttpResponse:
    """Cancel a parcel that cannot be sent; the buyer gets all of it back."""
    one = queries.access_sold(user=request.user, parcel_id=parcel_id)

    def act(at: dt.datetime) -> str:
        made = actions.cancel_parcel(parcel=one, why=_reason(request), by=one.seller.user, at=at)
        actions.pay_back(return_id=made.pk, at=at)
        return "It is cancelled; the buyer gets all of it back."

    return _do(request, act, parcel_id=one.pk)


@require_POST
def answer(request: HttpRequest, return_id: uuid.UUID) -> HttpResponse:
    """Agree to a return, or say why not."""
    found = queries.access_return(user=request.user, return_id=return_id)
    one = queries.access_sold(user=request.user, parcel_id=found.parcel_id)
    agrees = "agree" in request.POST

    def act(at: dt.datetime) -> str:
        actions.answer_return(
            one=found, agrees=agrees, answer=_reason(request), by=one.seller.user, at=at
        )
        if agrees:
            actions.pay_back(return_id=found.pk, at=at)
            return "Agreed; the buyer gets it back, and the pieces are in your stock."
        return "Declined; the buyer reads why, and may ask an operator."

    return _do(request, act, parcel_id=one.pk)


def _row(one: Parcel) -> tuple[object, ...]:
    goods = "; ".join(f"{line.quantity} x {line.title}" for line in one.lines.all())
    order = one.order
    return (one.pk.hex, "", "", str(order), order.ordered_at, order.to, order.country, goods)


def _do(
    request: HttpRequest, act: Callable[[dt.datetime], str], *, parcel_id: uuid.UUID
) -> HttpResponse:
    try:
        messages.success(request, act(clock.now()))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("shop:parcel", parcel_id)


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""
