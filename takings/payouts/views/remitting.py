"""The operator's pages of authorities: what is due to whom, and paying it with two people."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money, format_money
from takings.payouts import actions, queries
from takings.payouts.actions import Terms
from takings.payouts.models import Purpose
from takings.payouts.queries import TaxDue
from takings.people.queries import access_operator

APART = " "


class RemittanceForm(forms.Form):
    """What is paid to whom, and for what."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField()
    amount = forms.CharField(
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text="In whole cents: 4.25",
    )
    reference = forms.CharField(
        label="The authority's reference",
        max_length=120,
        help_text="Of the return or the assessment; each is paid once.",
    )

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """Let the operator choose among what is due."""
        self.fields["what"] = forms.ChoiceField(label="What", choices=choices)

    def terms(self) -> Terms:
        """Return what was filled in; call it on a valid form only. Refuses: NotAnAmount, …."""
        data = self.cleaned_data
        purpose, account, currency = data["what"].split(APART)
        paid = Money.parse(data["amount"], currency)
        return Terms(Purpose(purpose), account, paid, data["reference"].strip())


class AnswerForm(forms.Form):
    """Yes or no, and why."""

    answer = forms.CharField(label="Why", max_length=500, help_text="Kept with your name.")


def _choices(taxes: list[TaxDue]) -> list[tuple[str, str]]:
    """Return what may be paid now: taxes one way or the other, and what is unclaimed."""
    unclaimed = [
        (
            APART.join((Purpose.UNCLAIMED.value, account, money.currency)),
            f"{account.partition(':')[2]} unclaimed: {format_money(money)}, all of it",
        )
        for account, money in queries.unclaimed_totals()
    ]
    return [*(pair for tax in taxes for pair in _ways(tax)), *unclaimed]


def _ways(tax: TaxDue) -> list[tuple[str, str]]:
    standing, name = tax.standing, f"{tax.jurisdiction} {tax.tax}"
    due, refund = format_money(standing.due), format_money(standing.refund)
    ways = (
        (Purpose.TAX, standing.due, f"{name}: {due} is due"),
        (Purpose.REFUND, standing.refund, f"{name}: {refund}, paid back to us"),
    )
    code = standing.held.currency
    return [
        (APART.join((purpose.value, standing.account, code)), words)
        for purpose, amount, words in ways
        if amount
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def taxes(request: HttpRequest) -> HttpResponse:
    """Show what authorities are owed by month, and propose to pay it."""
    operator = access_operator(user=request.user)
    now = clock.now()
    found = queries.taxes_due()
    form = RemittanceForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    choices = _choices(found)
    form.offer(choices)
    if form.is_valid():
        try:
            actions.propose_remittance(
                operator=operator, terms=form.terms(), id=form.cleaned_data["id"], at=now
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Proposed. Somebody else has to approve it.")
            return redirect("payouts:taxes")
    context = {
        "form": form,
        "taxes": found,
        "can_be_paid": bool(choices),
        "remittances": queries.remittances(),
        "operator": operator,
    }
    return render(request, "payouts/taxes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def remittance(request: HttpRequest, remittance_id: UUID) -> HttpResponse:
    """Approve or decline what somebody else proposed to pay."""
    operator = access_operator(user=request.user)
    found = queries.access_remittance(user=request.user, remittance_id=remittance_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        is_approved = request.POST.get("verdict") == "approve"
        do = actions.approve_remittance if is_approved else actions.decline_remittance
        answer = form.cleaned_data["answer"]
        try:
            do(operator=operator, remittance_id=found.pk, answer=answer, at=clock.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Posted." if is_approved else "Declined; nothing moved.")
            return redirect("payouts:taxes")
    context = {"remittance": found, "form": form, "operator": operator}
    return render(request, "payouts/remittance.html", context)
