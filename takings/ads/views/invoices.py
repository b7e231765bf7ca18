"""The advertiser's invoices: the list, how they are addressed, each to read and as a PDF.

Operators see those of all brands, and take them back by credit notes.
"""

from decimal import Decimal
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from takings.ads.actions import credit_invoice
from takings.ads.queries.invoices import (
    access_invoice,
    access_invoice_to_credit,
    brand_of,
    customer_key,
    newest_invoices,
)
from takings.ads.queries.promoters import access_brand_to_bill
from takings.ads.views.console import brand_asked_for
from takings.ads.views.forms import MOST_DIGITS
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.invoicing.actions import give_billing_details, give_out
from takings.invoicing.models import BillingDetails
from takings.invoicing.queries import billing_details, credited, invoices_of
from takings.invoicing.rules import Party, printed, read_invoiced
from takings.money import Money, currency
from takings.people.queries import access_operator, access_self
from takings.people.rules import country_names


class CreditForm(forms.Form):
    """How much of an invoice to take back, and why."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    amount = forms.DecimalField(
        max_digits=MOST_DIGITS,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
    )
    reason = forms.CharField(
        max_length=200, help_text="Printed on the credit note, and kept with your name."
    )


class BillingForm(forms.Form):
    """Whom invoices are addressed to."""

    name = forms.CharField(label="Legal name", max_length=120)
    address = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"})
    )
    country = forms.ChoiceField(choices=lambda: sorted(country_names().items(), key=_by_name))
    tax_id = forms.CharField(
        label="Tax ID", max_length=32, required=False, help_text="VAT number, if you have one."
    )


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1]


@require_http_methods(["GET", "HEAD", "POST"])
def invoices(request: HttpRequest) -> HttpResponse:
    """List a brand's invoices, and take whom they are addressed to."""
    brand, brands = brand_asked_for(request)
    if brand is None:
        return redirect("ads:open_brand")
    key, user = customer_key(brand=brand), access_self(user=request.user)
    given = billing_details(customer=key)
    first = _initial(given) if given else {"name": brand.name, "country": user.country}
    form = BillingForm(request.POST or None, initial=first)
    if form.is_valid():
        access_brand_to_bill(user=user, brand=brand)
        party = Party(**form.cleaned_data)
        give_billing_details(customer=key, party=party, user=user, at=clock.now())
        messages.success(request, "Invoices to come are addressed like this.")
        return redirect(f"{reverse('ads:invoices')}?brand={brand.pk}")
    context = {
        "brand": brand,
        "brands": brands,
        "form": form,
        "invoices": invoices_of(customer=key),
    }
    return render(request, "ads/invoices.html", context)


@require_safe
def invoice(request: HttpRequest, *, brand_id: int, invoice_id: UUID) -> HttpResponse:
    """Show an invoice, receipt or credit note. Refuses NoSuchBrand, UnknownInvoice."""
    found = access_invoice(user=request.user, brand_id=brand_id, invoice_id=invoice_id)
    said = printed(read_invoiced(found.content), digest=found.digest).values
    notes = found.corrections.order_by("issued_at", "number")
    context = {"brand_id": brand_id, "paper": found, "said": said, "notes": notes}
    return render(request, "ads/invoice.html", context)


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """List all brands' invoices and credit notes to operators."""
    access_operator(user=request.user)
    rows = [(one, brand_of(one)) for one in newest_invoices()]
    return render(request, "ads/desk_invoices.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest, *, invoice_id: UUID) -> HttpResponse:
    """Ask how much and why, then take it back; the form's id makes sending it twice the same."""
    found = access_invoice_to_credit(user=request.user, invoice_id=invoice_id)
    now, left = clock.now(), found.gross - credited(invoice=found)
    amount = f"{left.decimal():.{currency(left.currency).exponent}f}"
    form = CreditForm(request.POST or None, initial={"id": ids.uuid7(at=now), "amount": amount})
    if form.is_valid():
        data = form.cleaned_data
        try:
            note = credit_invoice(
                operator=access_operator(user=request.user),
                invoice=found,
                amount=Money.parse(data["amount"], found.currency),
                reason=data["reason"],
                id=data["id"],
                at=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Credit note {note.code} is issued.")
            return redirect("ads:invoice_page", brand_id=brand_of(found), invoice_id=note.pk)
    context = {"paper": found, "brand_id": brand_of(found), "form": form, "left": left}
    return render(request, "ads/credit.html", context)


@require_safe
def invoice_pdf(request: HttpRequest, *, brand_id: int, invoice_id: UUID) -> HttpResponse:
    """Download an invoice. Refuses NoSuchBrand, UnknownInvoice."""
    found = access_invoice(user=request.user, brand_id=brand_id, invoice_id=invoice_id)
    content = give_out(invoice=found, at=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{found.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _initial(given: BillingDetails) -> dict[str, str]:
    return {
        "name": given.name,
        "address": given.address,
        "country": given.country,
        "tax_id": given.tax_id,
    }
