"""Invoices in creators' names: at the desk, and each as a PDF."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from takings.core import clock
from takings.invoicing.actions import give_out
from takings.payouts import queries
from takings.people.queries import access_operator


@require_safe
def bills(request: HttpRequest) -> HttpResponse:
    """List the newest invoices that we wrote to ourselves."""
    access_operator(user=request.user)
    context = {"bills": queries.bills(), "waiting": queries.without_rate(at=clock.now())}
    return render(request, "payouts/bills.html", context)


@require_safe
def bill(request: HttpRequest, invoice_id: UUID) -> HttpResponse:
    """Download an invoice: whoever it is in the name of, or an operator."""
    found = queries.access_bill(user=request.user, invoice_id=invoice_id)
    content = give_out(invoice=found, at=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{found.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
