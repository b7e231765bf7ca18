"""The receipts of payments, and the credit notes on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from takings.invoicing.models import Invoice
from takings.invoicing.queries import UnknownInvoice, receipts_for
from takings.payments.models import Payment
from takings.payments.queries.payments import access_payment
from takings.people.models import User
from takings.people.queries import Visitor


@dataclass(frozen=True, slots=True)
class Listed:
    """A payment, with its receipt and what corrects it."""

    payment: Payment
    papers: list[Invoice]


def receipt_reference(payment: Payment) -> str:
    """Return the name under which invoicing keeps the receipt of a payment."""
    return f"payment:{payment.pk}"


def receipts_of(payment: Payment) -> list[Invoice]:
    """Return the receipt of a payment and what corrects it, in the order of issue."""
    [listed] = with_receipts([payment])
    return listed.papers


def with_receipts(payments: Iterable[Payment]) -> list[Listed]:
    """Return payments with their receipts, in one look."""
    rows = list(payments)
    found = receipts_for(references=[receipt_reference(one) for one in rows])
    return [Listed(one, found.get(receipt_reference(one), [])) for one in rows]


def access_receipt(*, user: Visitor, payment_id: UUID, paper_id: UUID) -> tuple[Payment, Invoice]:
    """Return a receipt or credit note to whom its payment may be shown.

    Refuses: NotSignedIn, NoSuchPayment, UnknownInvoice.
    """
    payment = access_payment(user=user, payment_id=payment_id)
    for paper in receipts_of(payment):
        if paper.pk == paper_id:
            return payment, paper
    raise UnknownInvoice


def payments_by(*, payer: User, limit: int = 100) -> list[Payment]:
    """Return what somebody paid, newest first."""
    return list(Payment.objects.filter(payer=payer).order_by("-started_at", "pk")[:limit])
