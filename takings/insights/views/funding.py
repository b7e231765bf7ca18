"""Funding pools: what waits for a second person, a form to propose more, what was answered."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.insights.rules.words import product_words
from takings.money import Money
from takings.people.queries import access_operator
from takings.policies.queries import policy_at
from takings.settlement import queries as ask
from takings.settlement.actions import (
    FUND_SOURCES,
    Funds,
    approve_funding,
    decline_funding,
    propose_funding,
)

SOURCE_WORDS = {
    "platform:revenue:ads": "Our revenue from ads",
    "bank": "The bank, sent for it",
}


def _products() -> list[tuple[str, str]]:
    return [(name, product_words(name)) for name in ask.fundable_products()]


class FundingForm(forms.Form):
    """Money for the pool of a product, country and period."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    product = forms.ChoiceField(
        choices=_products, help_text="How it is shared is in the policy of the period."
    )
    country = forms.RegexField(
        r"^[A-Za-z]{2}$",
        help_text="Two letters: DE. What its viewers watch is paid from it.",
        error_messages={"invalid": "A country has two letters, such as DE."},
    )
    period = forms.CharField(max_length=16, help_text="A month that is not closed: 2027-01")
    amount = forms.CharField(
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="1000",
    )
    currency = forms.CharField(max_length=4)
    source = forms.ChoiceField(
        label="From", choices=[(name, SOURCE_WORDS[name]) for name in FUND_SOURCES]
    )
    reason = forms.CharField(max_length=500, help_text="Auditors read it.")

    def funds(self) -> Funds:
        """Return what was asked; call it on a valid form. Refuses what is no amount."""
        data = self.cleaned_data
        return Funds(
            product=data["product"],
            country=data["country"].upper(),
            period=data["period"].strip(),
            source=data["source"],
            amount=Money.parse(data["amount"], data["currency"].upper()),
            reason=data["reason"],
        )


class AnswerForm(forms.Form):
    """Yes or no, and why."""

    answer = forms.CharField(label="Why", max_length=500, help_text="Kept with your name.")


@require_http_methods(["GET", "POST"])
def pools_page(request: HttpRequest) -> HttpResponse:
    """Show what is in every pool, what was proposed, and propose more."""
    operator = access_operator(user=request.user)
    at = clock.now()
    initial = {"id": ids.uuid7(at=at), "currency": policy_at(at=at).currency}
    form = FundingForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            propose_funding(
                operator=operator, funds=form.funds(), id=form.cleaned_data["id"], at=at
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Proposed. Another operator has to approve it.")
            return redirect("insights:pools")
    pools = sorted(ask.pools_with_money().items(), key=lambda one: (one[0].period, one[0].place))
    context = {
        "form": form,
        "operator": operator,
        "pools": pools,
        "waiting": ask.waiting_fundings(),
        "answered": ask.answered_fundings(),
    }
    return render(request, "insights/desk/pools.html", context)


@require_http_methods(["GET", "POST"])
def funding_page(request: HttpRequest, funding: UUID) -> HttpResponse:
    """Approve or decline what somebody else proposed. Refuses what the actions refuse."""
    operator = access_operator(user=request.user)
    found = ask.access_funding(user=request.user, funding_id=funding)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        is_approved = request.POST.get("verdict") == "approve"
        do = approve_funding if is_approved else decline_funding
        answer = form.cleaned_data["answer"]
        try:
            do(funding=found, operator=operator, answer=answer, at=clock.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Posted." if is_approved else "Declined; nothing moved.")
            return redirect("insights:pools")
    context = {"funding": found, "form": form, "operator": operator}
    return render(request, "insights/desk/funding.html", context)
