"""A buyer's pages: the cart, ordering what is in it, orders, and what goes back."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money
from takings.payments.queries import accepted_terms, show_terms
from takings.payments.rules import VERSION
from takings.people.queries import access_self
from takings.people.rules import country_names
from takings.policies.queries import shop_rule_at
from takings.shop import actions, queries
from takings.shop.models import OrderLine, Variant
from takings.shop.queries.carts import Basket
from takings.shop.queries.catalogue import NoSuchProduct
from takings.shop.queries.pages import buyers_parcels
from takings.shop.views.forms import CartForm, CheckoutForm, ReasonForm, ReviewForm, countries

PAGE, CHUNK, LONGEST_PRICE = 20, 2**16, 18


@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """Put so many of a variant into the cart; none takes it out."""
    user, form, now = access_self(user=request.user), CartForm(request.POST), clock.now()
    if not form.is_valid():
        messages.error(request, "Choose what you want, and from 1 to 99 pieces.")
        return redirect("shop:cart")
    said = form.cleaned_data
    variants = Variant.objects.select_related("product__shop__seller")
    variant = get_object_or_404(variants, pk=said["variant"])
    if said["quantity"] == 0:
        actions.take_from_cart(user=user, variant=variant)
        messages.success(request, "It is out of your cart.")
        return redirect("shop:cart")
    click = queries.clicked(said["click"], product=variant.product, at=now)
    try:
        actions.put_into_cart(
            user=user, variant=variant, quantity=said["quantity"], click=click, at=now
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{variant} is in your cart.")
    return redirect("shop:cart")


@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """Show what is in the cart, and what it costs to send it to a country."""
    user = access_self(user=request.user)
    country = _country(request, user.country)
    context = {
        "baskets": queries.baskets_of(user=user, country=country),
        "country": country,
        "country_name": country_names()[country],
        "countries": countries(),
    }
    return render(request, "shop/cart.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, kind: str, currency: str) -> HttpResponse:
    """Show what one of the baskets comes to, and order it: the next page is the card's."""
    user, now = access_self(user=request.user), clock.now()
    is_digital, country = kind == "digital", _country(request, user.country)
    form = CheckoutForm(request.POST or None, initial={"name": user.display_name})
    problem, code = "", request.POST.get("code") or request.GET.get("code", "")
    if request.method == "POST" and (is_digital or form.is_valid()):
        to = "" if is_digital else "\n".join(form.cleaned_data.values())
        try:
            payment = actions.place_order(
                checkout=actions.Checkout(
                    id=_id(request),
                    user=user,
                    is_digital=is_digital,
                    shown=Money(_shown(request), currency),
                    to=to,
                    country=country,
                    code=code,
                    accepted=accepted_terms(request.POST.get("terms", ""), at=now),
                ),
                at=now,
            )
        except Refusal as refusal:
            problem = str(refusal)
        else:
            return redirect("payments:go", payment_id=payment.pk)
    basket = queries.basket_of(user=user, is_digital=is_digital, currency=currency, country=country)
    if not basket.lines:
        return redirect("shop:cart")
    basket, wrong = _discounted(basket, code, at=now)
    context = {
        "basket": basket,
        "code": code,
        "form": form,
        "problem": problem or wrong,
        "country_name": country_names()[country],
        "order_id": ids.uuid7(at=now),
        "terms": show_terms(at=now),
        "version": VERSION,
        "rule": shop_rule_at(at=now),
        "takes_cards": bool(settings.PAYMENT_ROUTES),
    }
    status = 422 if problem or wrong or form.errors else 200
    return render(request, "shop/checkout.html", context, status=status)


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Show what somebody ordered."""
    found = queries.orders_of(user=request.user)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "shop/orders.html", {"page": page})


@require_safe
def order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Show an order: where its parcels are, and what may be done with them."""
    one, now = queries.access_order(user=request.user, order_id=order_id), clock.now()
    context = {
        "order": one,
        "parcels": buyers_parcels(order=one, at=now),
        "return_id": ids.uuid7(at=now),
        "country_name": country_names()[one.country],
    }
    return render(request, "shop/order.html", context)


@require_POST
def cancel(request: HttpRequest, parcel_id: uuid.UUID) -> HttpResponse:
    """Cancel a parcel that was not sent; the money goes back at once."""
    parcel = queries.access_parcel(user=request.user, parcel_id=parcel_id)

    def act(at: dt.datetime) -> str:
        reason = _reason(request) or "The buyer changed their mind."
        by = parcel.order.buyer
        one = actions.cancel_parcel(parcel=parcel, why=reason, by=by, at=at)
        actions.pay_back(return_id=one.pk, at=at)
        return "It is cancelled; the money goes back to your card."

    return _do(request, act, order_id=parcel.order_id)


@require_POST
def confirm(request: HttpRequest, parcel_id: uuid.UUID) -> HttpResponse:
    """Say that a parcel is there."""
    parcel = queries.access_parcel(user=request.user, parcel_id=parcel_id)

    def act(at: dt.datetime) -> str:
        actions.confirm_arrival(parcel=parcel, at=at)
        return "Good. You may still send it back for some days."

    return _do(request, act, order_id=parcel.order_id)


@require_POST
def send_back(request: HttpRequest, parcel_id: uuid.UUID) -> HttpResponse:
    """Ask to send pieces back."""
    parcel = queries.access_parcel(user=request.user, parcel_id=parcel_id)
    pieces = {
        int(name.removeprefix("line-")): int(str(count))
        for name, count in request.POST.items()
        if name.removeprefix("line-").isdecimal() and str(count).isdecimal()
    }

    def act(at: dt.datetime) -> str:
        actions.ask_return(
            parcel=parcel, pieces=pieces, why=_reason(request), return_id=_id(request), at=at
        )
        return "The seller is asked; without an answer it is agreed."

    return _do(request, act, order_id=parcel.order_id)


@require_POST
def contest(request: HttpRequest, return_id: uuid.UUID) -> HttpResponse:
    """Ask an operator after the seller said no, or keep it after all."""
    one = queries.access_return(user=request.user, return_id=return_id)
    parcel = queries.access_parcel(user=request.user, parcel_id=one.parcel_id)

    def act(at: dt.datetime) -> str:
        if "keep" in request.POST:
            actions.take_return(one=one, at=at)
            return "You keep it."
        actions.contest_return(one=one, at=at)
        return "An operator looks at it and decides."

    return _do(request, act, order_id=parcel.order_id)


@require_POST
def review(request: HttpRequest, line_id: int) -> HttpResponse:
    """Say how goods are."""
    line = queries.access_line(user=request.user, line_id=line_id)
    form = ReviewForm(request.POST)

    def act(at: dt.datetime) -> str:
        said = form.cleaned_data if form.is_valid() else {}
        stars, words = said.get("stars", 0), said.get("words", "")
        actions.review_goods(line=line, stars=stars, words=words, at=at)
        return "Thank you. Others read it beside the goods."

    return _do(request, act, order_id=line.parcel.order_id)


@cache_control(private=True, no_store=True)
@require_safe
def download(request: HttpRequest, line_id: int) -> HttpResponseBase:
    """Give a buyer their file; each time is counted."""
    line = queries.access_line(user=request.user, line_id=line_id)
    name = _file_name(line)
    try:
        path = actions.fetch_file(line=line, at=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("shop:order", line.parcel.order_id)
    headers = {
        "Content-Disposition": content_disposition_header(True, name) or "attachment",  # noqa: FBT003 - Django's
        "Content-Length": str(path.stat().st_size),
    }
    return StreamingHttpResponse(
        _chunks(path), content_type="application/octet-stream", headers=headers
    )


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _file_name(line: OrderLine) -> str:
    if line.variant is None or not line.variant.product.file_digest:
        raise NoSuchProduct
    return line.variant.product.file_name


def _do(
    request: HttpRequest, act: Callable[[dt.datetime], str], *, order_id: uuid.UUID
) -> HttpResponse:
    try:
        messages.success(request, act(clock.now()))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("shop:order", order_id)


def _reason(request: HttpRequest) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""


def _discounted(basket: Basket, code: str, *, at: dt.datetime) -> tuple[Basket, str]:
    """Return a basket with what a code takes off, or as it was and why the code does not count."""
    try:
        found = queries.discount_for(
            code, shops=basket.shops, currency=basket.goods.currency, at=at
        )
    except Refusal as refusal:
        return basket, str(refusal)
    return queries.discounted(basket, discount=found), ""


def _country(request: HttpRequest, otherwise: str) -> str:
    asked = request.POST.get("country") or request.GET.get("country") or otherwise
    return asked if asked in country_names() else otherwise


def _shown(request: HttpRequest) -> int:
    """Return the price that the buyer saw, in micro-units; a form that says none saw none."""
    told = request.POST.get("shown", "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < LONGEST_PRICE else 0


def _id(request: HttpRequest) -> uuid.UUID:
    """Return the id that a form carried, or one of our own: then it is a form like any other."""
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return ids.uuid7(at=clock.now())
