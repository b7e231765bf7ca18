"""Balances that nobody comes for: at the desk, and in the studio of whoever comes after all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from takings.core import clock, ids
from takings.core.errors import Refusal
from takings.payouts import actions, queries
from takings.payouts.views.forms import BatchForm
from takings.payouts.views.remitting import AnswerForm
from takings.people.queries import access_operator, access_own_creator


@require_http_methods(["GET", "HEAD", "POST"])
def unclaimed(request: HttpRequest) -> HttpResponse:
    """Show what rests, propose what is due, and show what waits for its owners."""
    operator = access_operator(user=request.user)
    now = clock.now()
    form = BatchForm(request.POST or None, initial={"id": ids.uuid7(at=now)})
    if form.is_valid():
        try:
            made = actions.propose_escheat(operator=operator, id=form.cleaned_data["id"], at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Proposed. Somebody else has to approve it.")
            return redirect("payouts:escheat", made.pk)
    context = {
        "form": form,
        "resting": queries.resting(at=now),
        "totals": queries.unclaimed_totals(),
        "escheats": queries.escheats(),
    }
    return render(request, "payouts/unclaimed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, escheat_id: UUID) -> HttpResponse:
    """Show a proposal, and approve or decline what somebody else proposed."""
    operator = access_operator(user=request.user)
    found = queries.access_escheat(user=request.user, escheat_id=escheat_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        is_approved = request.POST.get("verdict") == "approve"
        do = actions.approve_escheat if is_approved else actions.decline_escheat
        answer = form.cleaned_data["answer"]
        try:
            do(operator=operator, escheat_id=found.pk, answer=answer, at=clock.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Posted." if is_approved else "Declined; nothing moved.")
            return redirect("payouts:unclaimed")
    lines = queries.lines_of_escheat(found)
    context = {"escheat": found, "lines": lines, "form": form, "operator": operator}
    return render(request, "payouts/escheat.html", context)


@require_POST
def report(request: HttpRequest, remittance_id: UUID) -> HttpResponse:
    """Give away whose balances a payment was; names are in it, so each time is written down."""
    operator = access_operator(user=request.user)
    found = queries.access_remittance(user=request.user, remittance_id=remittance_id)
    content = queries.unclaimed_csv(found)
    actions.note_report(
        operator=operator, name=f"unclaimed-{found.pk}", year=found.proposed_at.year, at=clock.now()
    )
    headers = {"Content-Disposition": f'attachment; filename="unclaimed-{found.pk}.csv"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Let a creator say that a resting balance is theirs."""
    creator = access_own_creator(user=request.user)
    actions.answer_notice(creator=creator, at=clock.now())
    messages.success(request, "Thank you. Your balance stays yours.")
    return redirect("payouts:overview")


@require_POST
def claim(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """Give a creator back what waited for them."""
    creator = access_own_creator(user=request.user)
    try:
        line = actions.claim_unclaimed(creator=creator, line_id=line_id, at=clock.now())
    except actions.HandedOver as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{line.amount.decimal():.2f} {line.currency} is yours again.")
    return redirect("payouts:overview")
