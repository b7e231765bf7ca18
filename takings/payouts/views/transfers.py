"""The operator's page of transfers that a provider has not answered for, or could not make."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from takings.core import clock
from takings.payouts import actions, queries
from takings.people.queries import access_operator


@require_safe
def transfers(request: HttpRequest) -> HttpResponse:
    """List what is open, the oldest first."""
    access_operator(user=request.user)
    return render(request, "payouts/transfers.html", {"transfers": queries.open_transfers()})


@require_POST
def ask(request: HttpRequest, payout_id: UUID) -> HttpResponse:
    """Ask the provider now what became of one."""
    operator = access_operator(user=request.user)
    found = queries.access_transfer(user=request.user, payout_id=payout_id)
    if actions.ask_now(operator=operator, payout_id=found.pk, at=clock.now()):
        messages.success(request, "The provider answered.")
    else:
        messages.warning(request, "The provider does not answer yet; it is asked again by itself.")
    return redirect("payouts:transfers")
