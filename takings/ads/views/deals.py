"""The operator's part: private deals with partners and sites, and what came of them."""

import uuid
from decimal import Decimal
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.ads import actions
from takings.ads.actions import DealDraft
from takings.ads.models import Deal, DemandPartner
from takings.ads.queries.deals import access_deal, all_deals, deal_rows
from takings.ads.queries.partners import partners
from takings.ads.rules.deals import LONGEST_ID, Kind
from takings.ads.views.forms import MOST_DIGITS, RefusableForm
from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money
from takings.people.queries import access_operator
from takings.policies.queries import policy_at


class DealForm(RefusableForm):
    """What was agreed."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    code = forms.CharField(
        label="Id of the deal",
        max_length=LONGEST_ID,
        help_text="As both sides call it. It cannot be changed later.",
    )
    partner = forms.ModelChoiceField(
        queryset=DemandPartner.objects.none(),
        required=False,
        label="With",
        empty_label="A site that offers us its places",
        help_text="A partner bids on our places. On the places of a site, our own ads bid.",
    )
    kind = forms.ChoiceField(
        label="What the price is",
        choices=Deal.Kind.choices,
        help_text="An exact price wins before the auction, where the partner’s line item may run.",
    )
    price = forms.DecimalField(
        label="Price for 1,000 impressions",
        max_digits=MOST_DIGITS,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"step": "0.001", "min": "0.001", "inputmode": "decimal"}),
    )
    seats = forms.CharField(
        required=False,
        label="Seats that may bid",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="As the partner’s bids name them, apart by blanks or lines. None with a site.",
    )
    is_on = forms.BooleanField(required=False, initial=True, label="The deal holds")

    def offer_partners(self) -> None:
        """Let the operator choose among all partners."""
        field = cast("forms.ModelChoiceField[DemandPartner]", self.fields["partner"])
        field.queryset = partners()

    def keep(self, deal: Deal) -> None:
        """Ask for neither its id nor with whom it is: those stay."""
        del self.fields["code"]
        del self.fields["partner"]
        if deal.partner_id is None:
            del self.fields["seats"]

    def draft(self, *, currency: str, of: Deal | None = None) -> DealDraft:
        """Return what was filled in; call it on a valid form only."""
        data = self.cleaned_data
        partner = of.partner if of else data["partner"]
        return DealDraft(
            code=of.code if of else data["code"],
            partner_id=partner.pk if partner else None,
            kind=Kind(data["kind"]),
            price=Money.parse(data["price"], currency),
            seats=frozenset(data.get("seats", "").split()),
            is_on=data["is_on"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
def deals(request: HttpRequest) -> HttpResponse:
    """List the deals with what came of them, and take another one."""
    operator = access_operator(user=request.user)
    now = clock.now()
    currency = policy_at(at=now).currency
    form = DealForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    form.offer_partners()
    if form.is_valid():
        try:
            deal = actions.add_deal(
                id=form.cleaned_data["id"],
                draft=form.draft(currency=currency),
                operator=operator,
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _changed(request, deal)
    context = {"form": form, "rows": deal_rows(all_deals(), at=now), "currency": currency}
    return render(request, "ads/deals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def deal(request: HttpRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Show what came of a deal; change what was agreed."""
    found = access_deal(user=request.user, deal_id=deal_id)
    now = clock.now()
    form = DealForm(request.POST or None, initial=_filled(found))
    form.keep(found)
    if form.is_valid():
        try:
            changed = actions.change_deal(
                deal_id=found.pk,
                draft=form.draft(currency=found.currency, of=found),
                operator=access_operator(user=request.user),
                at=now,
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _changed(request, changed)
    [row] = deal_rows([found], at=now)
    return render(request, "ads/deal.html", {"form": form, "deal": found, "row": row})


def _changed(request: HttpRequest, deal: Deal) -> HttpResponse:
    messages.success(request, f"{deal} {'holds from now on' if deal.is_on else 'holds no more'}.")
    return redirect("ads:deal", deal_id=deal.pk)


def _filled(deal: Deal) -> dict[str, object]:
    return {
        "id": deal.pk,
        "kind": deal.kind,
        "price": Decimal(deal.terms.price_micros).scaleb(-3),  # as many decimals as are taken
        "seats": "\n".join(deal.seats),
        "is_on": deal.is_on,
    }
