"""The operator's part: who outside is asked for bids, and how that goes."""

import uuid
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from typing_extensions import override

from takings.ads import actions
from takings.ads.actions import PartnerDraft
from takings.ads.models import DemandPartner, LineItem
from takings.ads.queries.partners import (
    access_partner,
    creatives_of_partner,
    header_of,
    outcomes_of,
    partner_line_items,
    partners,
    rests_of,
)
from takings.ads.rules.campaigns import LONGEST_NAME
from takings.ads.rules.outside import LONGEST_ADDRESS
from takings.ads.rules.partners import (
    LONGEST_HEADER,
    LONGEST_MS,
    MOST_QPS,
    SHORTEST_MS,
    Access,
    Blocks,
)
from takings.ads.views.forms import RefusableForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.people.queries import access_operator

FIELD_OF = {
    "bad_outside_address": "endpoint",
    "not_for_partners": "line_item",
    "header_without_value": "header_value",
}


class _LineItems(forms.ModelChoiceField):  # type: ignore[type-arg] # Django's has none at run time
    """A line item with its brand."""

    @override
    def label_from_instance(self, obj: object) -> str:
        item = cast("LineItem", obj)
        return f"{item.campaign.brand}: {item}"


class PartnerForm(RefusableForm):
    """How a partner is asked."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(max_length=LONGEST_NAME)
    line_item = _LineItems(
        queryset=LineItem.objects.none(),
        label="Line item",
        empty_label="Choose a line item",
        help_text="What it wins is paid from this one’s budget, where this one may run. Its price"
        " is the most that a bid may say. Only line items sold by impressions (CPM).",
    )
    endpoint = forms.CharField(
        label="Address",
        max_length=LONGEST_ADDRESS,
        widget=forms.URLInput(attrs={"placeholder": "https://bidder.example/openrtb"}),
        help_text="Takes bid requests of OpenRTB 2.6 by POST.",
    )
    timeout_ms = forms.IntegerField(
        label="Time to answer, in milliseconds",
        initial=150,
        help_text=f"{SHORTEST_MS} to {LONGEST_MS}. The viewer waits so long at most.",
    )
    qps = forms.IntegerField(
        label="Questions a second, at most",
        initial=100,
        help_text=f"1 to {MOST_QPS:,}, from all of our servers together.",
    )
    seat = forms.CharField(
        required=False, max_length=64, label="Buyer’s seat", help_text="If only one may bid."
    )
    vendor_id = forms.IntegerField(
        label="Vendor id in the consent framework",
        initial=0,
        help_text="Without one (0) it is never told who watches where European law applies.",
    )
    header_name = forms.CharField(
        required=False,
        max_length=64,
        label="Secret header",
        help_text="Such as Authorization, if it wants one.",
    )
    header_value = forms.CharField(
        required=False,
        max_length=LONGEST_HEADER,
        label="Its value",
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True),
        help_text="Kept encrypted and not shown again. Empty keeps the one it has.",
    )
    blocked_domains = forms.CharField(
        required=False,
        label="Blocked advertisers",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Domains, apart by blanks or lines.",
    )
    blocked_categories = forms.CharField(
        required=False,
        label="Blocked categories",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="IAB content categories, such as IAB7-39.",
    )
    is_on = forms.BooleanField(required=False, initial=True, label="Ask it for bids")

    def offer_line_items(self, *, besides: DemandPartner | None = None) -> None:
        """Let the operator choose among the line items that are nobody else's."""
        field = cast("forms.ModelChoiceField[LineItem]", self.fields["line_item"])
        field.queryset = partner_line_items(besides=besides)

    def draft(self) -> PartnerDraft:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        return PartnerDraft(
            name=data["name"],
            line_item_id=data["line_item"].pk,
            access=Access(
                endpoint=data["endpoint"],
                timeout_ms=data["timeout_ms"],
                qps=data["qps"],
                header=(data["header_name"], data["header_value"]),
                seat=data["seat"],
                vendor_id=data["vendor_id"],
            ),
            blocks=Blocks(
                frozenset(data["blocked_domains"].lower().split()),
                frozenset(data["blocked_categories"].split()),
            ),
            is_on=data["is_on"],
        )

    def tell(self, refusal: Refusal) -> None:
        """Show why the action said no, beside what it is about."""
        field = FIELD_OF.get(refusal.code)
        if field is None:
            self.refuse(refusal)
        else:
            self.add_error(field, str(refusal))


@require_http_methods(["GET", "HEAD", "POST"])
def demand_partners(request: HttpRequest) -> HttpResponse:
    """List who is asked, and take another one."""
    operator = access_operator(user=request.user)
    now = clock.now()
    form = PartnerForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    form.offer_line_items()
    if form.is_valid():
        try:
            partner = actions.add_partner(
                id=form.cleaned_data["id"], draft=form.draft(), operator=operator, at=now
            )
        except Refusal as refusal:
            form.tell(refusal)
        else:
            return _changed(request, partner)
    return render(request, "ads/partners.html", {"form": form, "partners": partners()})


@require_http_methods(["GET", "HEAD", "POST"])
def demand_partner(request: HttpRequest, partner_id: uuid.UUID) -> HttpResponse:
    """Show how a partner does and what it sent; change how it is asked."""
    partner = access_partner(user=request.user, partner_id=partner_id)
    now = clock.now()
    form = PartnerForm(request.POST or None, initial=_filled(partner))
    form.offer_line_items(besides=partner)
    if form.is_valid():
        operator = access_operator(user=request.user)
        try:
            changed = actions.change_partner(
                partner_id=partner.pk, draft=form.draft(), operator=operator, at=now
            )
        except Refusal as refusal:
            form.tell(refusal)
        else:
            return _changed(request, changed)
    context = {
        "form": form,
        "partner": partner,
        "is_readable": header_of(partner) is not None,
        "outcomes": outcomes_of(partner=partner, at=now),
        "rests": rests_of(partner=partner, at=now),
        "creatives": creatives_of_partner(partner=partner),
    }
    return render(request, "ads/partner.html", context)


@require_POST
def fetch_again(request: HttpRequest, partner_id: uuid.UUID, creative_id: int) -> HttpResponse:
    """Try once more to fetch an ad of a partner."""
    partner = access_partner(user=request.user, partner_id=partner_id)
    actions.retry_partner_creative(partner_id=partner.pk, creative_id=creative_id)
    messages.success(request, "It is being fetched again.")
    return redirect("ads:partner", partner_id=partner.pk)


def _changed(request: HttpRequest, partner: DemandPartner) -> HttpResponse:
    told = "is asked from now on" if partner.is_on else "is not asked any more"
    messages.success(request, f"{partner} {told}.")
    return redirect("ads:partner", partner_id=partner.pk)


def _filled(partner: DemandPartner) -> dict[str, object]:
    return {
        "id": partner.pk,
        "name": partner.name,
        "line_item": partner.line_item_id,
        "endpoint": partner.endpoint,
        "timeout_ms": partner.timeout_ms,
        "qps": partner.qps,
        "seat": partner.seat,
        "vendor_id": partner.vendor_id,
        "header_name": partner.header_name,
        "blocked_domains": "\n".join(partner.blocked_domains),
        "blocked_categories": "\n".join(partner.blocked_categories),
        "is_on": partner.is_on,
    }
