"""What who pays sees: the way to the card page and back, the payments, and their receipts."""

import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from takings.core import clock
from takings.invoicing.actions import give_out
from takings.invoicing.rules import printed, read_invoiced
from takings.payments import actions, queries
from takings.payments.models import Payment
from takings.payments.rules import TERMS, VERSION, FactKind, Status
from takings.people.queries import access_self

OPEN = {Status.STARTED, Status.FAILED}
PAID = set(Status) - {
    *(Status.CREATED, Status.STARTED, Status.UNKNOWN),
    *(Status.AUTHORISED, Status.FAILED, Status.CANCELLED),
}


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """List what somebody paid, with the receipts."""
    paid = queries.payments_by(payer=access_self(user=request.user))
    return render(request, "payments/mine.html", {"listed": queries.with_receipts(paid)})


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Show anybody the terms on which card payments are taken."""
    return render(request, "payments/terms.html", {"version": VERSION, "terms": TERMS})


@require_safe
def receipt(request: HttpRequest, payment_id: uuid.UUID, paper_id: uuid.UUID) -> HttpResponse:
    """Show a receipt or a credit note on it."""
    found, paper = queries.access_receipt(
        user=request.user, payment_id=payment_id, paper_id=paper_id
    )
    said = printed(read_invoiced(paper.content), digest=paper.digest).values
    context = {"payment": found, "paper": paper, "said": said}
    return render(request, "payments/receipt.html", context)


@require_safe
def receipt_pdf(request: HttpRequest, payment_id: uuid.UUID, paper_id: uuid.UUID) -> HttpResponse:
    """Download a receipt or a credit note on it."""
    _, paper = queries.access_receipt(user=request.user, payment_id=payment_id, paper_id=paper_id)
    content = give_out(invoice=paper, at=clock.now())
    headers = {"Content-Disposition": f'attachment; filename="{paper.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_safe
def payment(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Show where a payment stands: a receipt once it is paid."""
    found = queries.access_payment(user=request.user, payment_id=payment_id)
    purpose = queries.purpose_of(found.purpose)
    rows = queries.fact_rows(found)
    failures = [row.reason for row in rows if row.kind == FactKind.FAILED]
    context = {
        "payment": found,
        "purpose": purpose,
        "facts": [row for row in rows if row.kind != FactKind.AUTHORISED or not found.captures],
        "standing": queries.standing_of(found),
        "entry_id": queries.sale_of(found).entry_id,
        "refunding": queries.refunding(found),
        "papers": queries.receipts_of(found),
        "accepted": queries.sold_of(found).accepted,
        "is_paid": found.status in PAID,
        "is_open": found.status in OPEN and bool(found.checkout_url),
        "declined": failures[-1] if failures else "",
    }
    return render(request, "payments/payment.html", context)


@require_safe
def go(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Lead to the card page. On another site it is one more page: no form may lead off this one."""
    found = queries.access_payment(user=request.user, payment_id=payment_id)
    if found.status not in OPEN or not found.checkout_url:
        return redirect("payments:payment", payment_id=found.pk)
    if _is_here(found):
        return redirect(found.checkout_url)
    return render(request, "payments/go.html", {"payment": found})


@require_safe
def back(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """Come back from the card page: ask what happened, whether or not a message came before."""
    found = queries.access_payment(user=request.user, payment_id=payment_id)
    actions.ask_provider(payment_id=found.pk, at=clock.now())
    return redirect("payments:payment", payment_id=found.pk)


def _is_here(found: Payment) -> bool:
    return urlsplit(found.checkout_url)[:2] == urlsplit(settings.PUBLIC_URL)[:2]
