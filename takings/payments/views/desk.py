"""The operators' part: payments, refunds, disputes, and what does not fit."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.money import Money, currency, format_money
from takings.payments import actions, queries
from takings.payments.models import Payment
from takings.payments.rules import Status
from takings.payments.views.forms import CaseForm, EvidenceForm, RefundForm
from takings.people.queries import access_operator


@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """List payments, newest first; ``status`` in the address narrows them."""
    access_operator(user=request.user)
    asked = request.GET.get("status", "")
    status = asked if asked in set(Status) else ""
    context = {
        "listed": queries.with_receipts(queries.newest_payments(status=status)),
        "status": status,
        "statuses": Payment.STATUSES,
        "case_count": queries.open_case_count(),
        "refund_count": len(queries.open_refund_cases()),
    }
    return render(request, "payments/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Give back all or a part of a payment; the form's id makes sending it twice the same."""
    operator = access_operator(user=request.user)
    found = queries.access_payment(user=operator, payment_id=payment_id)
    left = queries.standing_of(found).refundable - queries.refunding(found)
    now = clock.now()
    initial = {
        "id": ids.uuid7(at=now),
        "amount": f"{left.decimal():.{currency(left.currency).exponent}f}",
    }
    form = RefundForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        amount = Money.parse(data["amount"], found.currency)
        wanted = actions.Refund(data["id"], found.pk, amount, data["reason"])
        try:
            actions.refund_payment(operator=operator, refund=wanted, at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{format_money(amount)} goes back to {found.payer}.")
            return redirect("payments:payment", payment_id=found.pk)
    context = {
        "payment": found,
        "form": form,
        "left": left,
        "parts": queries.parts_of(found),
    }
    return render(request, "payments/refund.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Show a dispute with all we know, and send it as evidence."""
    operator = access_operator(user=request.user)
    found, fact = queries.access_dispute(user=operator, payment_id=payment_id)
    form = EvidenceForm(request.POST or None)
    if form.is_valid():
        note = form.cleaned_data["note"]
        try:
            actions.answer_dispute(operator=operator, dispute=fact, note=note, at=clock.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The evidence is sent.")
            return redirect("payments:payment", payment_id=found.pk)
    context = {
        "payment": found,
        "fact": fact,
        "form": form,
        "lines": queries.evidence_lines(found),
        "sent": queries.evidence_sent(dispute=fact),
    }
    return render(request, "payments/dispute.html", context)


@require_safe
def evidence(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Download what we know of a payment, as text: what answers a dispute."""
    operator = access_operator(user=request.user)
    found = queries.access_payment(user=operator, payment_id=payment_id)
    headers = {"Content-Disposition": f'attachment; filename="evidence-{found.pk}.txt"'}
    text = "\n".join([*queries.evidence_lines(found), ""])
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """List what does not fit, the oldest first."""
    access_operator(user=request.user)
    are_open = request.GET.get("closed") != "1"
    context = {"cases": queries.cases(are_open=are_open), "are_open": are_open}
    return render(request, "payments/cases.html", context)


@require_safe
def refunds(request: HttpRequest) -> HttpResponse:
    """List the refunds that did not go through, the oldest first, with what to do."""
    access_operator(user=request.user)
    context = {"cases": queries.open_refund_cases()}
    return render(request, "payments/refunds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """Show a case; take it, or close it with what it was."""
    operator = access_operator(user=request.user)
    found = queries.access_case(user=operator, case_id=case_id)
    takes = request.POST.get("step") == "take"
    form = CaseForm(request.POST if request.POST and not takes else None)
    try:
        if takes:
            actions.take_case(operator=operator, case_id=found.pk, at=clock.now())
            return redirect("payments:case", case_id=found.pk)
        if form.is_valid():
            actions.close_case(
                operator=operator,
                case_id=found.pk,
                reason=form.cleaned_data["reason"],
                at=clock.now(),
            )
            messages.success(request, "The case is closed.")
            return redirect("payments:cases")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return render(request, "payments/case.html", {"case": found, "form": form})
