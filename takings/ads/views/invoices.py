"""The advertiser's invoices: the list, how they are addressed, and each as a PDF."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from takings.ads.queries.invoices import access_invoice, customer_key
from takings.ads.views.console import brand_asked_for
from takings.core import clock
from takings.invoicing.actions import give_billing_details, give_out
from takings.invoicing.models import BillingDetails
from takings.invoicing.queries import billing_details, invoices_of
from takings.invoicing.rules import Party
from takings.people.queries import access_self
from takings.people.rules import country_names


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
