"""The sandbox's own pages. Whoever has the address of a page may pay on it, as everywhere."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock
from takings.core.errors import Refusal
from takings.sandbox import actions, queries
from takings.sandbox.models import ChargeStatus, Checkout
from takings.sandbox.rules import PAYEE_SCRIPTS, REASONS, SCRIPTS


class CardForm(forms.Form):
    """A test card. Expiry and code are asked for as on a real page, and not kept."""

    number = forms.CharField(
        label="Card number",
        max_length=25,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    expires = forms.CharField(
        label="Expires",
        max_length=7,
        initial="12 / 34",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label="Security code",
        max_length=4,
        initial="123",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class AccountForm(forms.Form):
    """A test bank account."""

    number = forms.CharField(
        label="Bank account",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, checkout_id: str) -> HttpResponse:
    """Show the page to pay on, and try the card that is typed in."""
    checkout = queries.access_checkout(checkout_id=checkout_id)
    chosen = request.GET.get("card", SCRIPTS[0].spaced)
    form = CardForm(request.POST or None, initial={"number": chosen})
    if form.is_valid():
        try:
            charge = actions.pay(
                checkout=checkout, number=form.cleaned_data["number"], at=clock.now()
            )
        except Refusal as refusal:
            form.add_error("number", str(refusal))
        else:
            if charge.status == ChargeStatus.CHALLENGED:
                return redirect("sandbox:confirm", checkout_id=checkout.pk)
            if charge.status != ChargeStatus.FAILED:
                return redirect(checkout.return_url)
    elif not form.is_bound and _is_done(checkout):
        return redirect(checkout.return_url)
    context = {
        "checkout": checkout,
        "form": form,
        "scripts": SCRIPTS,
        "declined": REASONS.get(queries.last_failure(checkout), ""),
    }
    return render(request, "sandbox/pay.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, checkout_id: str) -> HttpResponse:
    """Stand in for the bank's 3-D Secure page: the owner confirms, or does not."""
    checkout = queries.access_checkout(checkout_id=checkout_id)
    charge = queries.current_charge(checkout)
    if charge is None or charge.status != ChargeStatus.CHALLENGED:
        return redirect("sandbox:pay", checkout_id=checkout.pk)
    if request.method != "POST":
        return render(request, "sandbox/confirm.html", {"checkout": checkout, "charge": charge})
    is_approved = request.POST.get("answer") == "approve"
    charge = actions.answer_challenge(checkout=checkout, is_approved=is_approved, at=clock.now())
    if charge.status == ChargeStatus.FAILED:
        return redirect("sandbox:pay", checkout_id=checkout.pk)
    return redirect(checkout.return_url)


@require_POST
def cancel(request: HttpRequest, checkout_id: str) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Give the page up and go back to the merchant."""
    checkout = queries.access_checkout(checkout_id=checkout_id)
    actions.cancel_checkout(checkout=checkout, at=clock.now())
    return redirect(checkout.return_url)


@require_http_methods(["GET", "HEAD", "POST"])
def payee(request: HttpRequest, payee_id: str) -> HttpResponse:
    """Show the page on which somebody who is paid opens an account, and take their bank account."""
    found = queries.access_payee(payee_id=payee_id)
    chosen = request.GET.get("account", PAYEE_SCRIPTS[0].number)
    form = AccountForm(request.POST or None, initial={"number": chosen})
    if form.is_valid():
        try:
            actions.tell_bank(payee=found, number=form.cleaned_data["number"], at=clock.now())
        except Refusal as refusal:
            form.add_error("number", str(refusal))
        else:
            return redirect(found.return_url)
    context = {"payee": found, "form": form, "scripts": PAYEE_SCRIPTS}
    return render(request, "sandbox/payee.html", context)


def _is_done(checkout: Checkout) -> bool:
    charge = queries.current_charge(checkout)
    is_waiting = charge is not None and charge.status == ChargeStatus.CHALLENGED
    return checkout.is_cancelled or (charge is not None and not is_waiting)
