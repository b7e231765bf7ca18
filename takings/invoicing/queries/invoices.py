"""Invoices of a customer, who sells, and the rates in force.

Whoever asks for a customer's invoices has made sure that they may: the stream's ``access_*``.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection
from functools import cache
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Q, Sum

from takings.core.errors import NotFound
from takings.invoicing.models import BillingDetails, Invoice
from takings.invoicing.rules import Kind, Party, Seller, TaxRates, read_rates
from takings.money import Money

PACK = Path(__file__).parents[1] / "packs" / "sales_tax.toml"


class UnknownInvoice(NotFound):
    """There is no such invoice, or it is somebody else's: the answer is the same."""

    code = "unknown_invoice"
    sentence = "There is no invoice with this number among yours."


@cache
def tax_rates() -> TaxRates:
    """Return all dated rates of the pack; raises ``BrokenTaxPack``."""
    return read_rates(tomllib.loads(PACK.read_text()))


def seller() -> Seller:
    """Return the legal entity of the settings."""
    return Seller(
        code=settings.ENTITY["code"],
        party=Party(
            name=settings.ENTITY["name"],
            address=settings.ENTITY["address"],
            country=settings.ENTITY["country"],
            tax_id=settings.ENTITY["tax_id"],
        ),
    )


def billing_details(*, customer: str) -> BillingDetails | None:
    """Return what the customer gave last, if anything."""
    return BillingDetails.objects.filter(customer=customer).order_by("-given_at", "-pk").first()


def invoices_of(*, customer: str) -> list[Invoice]:
    """Return a customer's invoices and credit notes, newest first."""
    rows = Invoice.objects.filter(customer=customer).select_related("corrects")
    return list(rows.order_by("-issued_at", "-number"))


def invoice_of(*, customer: str, id: UUID) -> Invoice:  # noqa: A002 - the row's own
    """Return one of a customer's invoices. Refuses: UnknownInvoice."""
    found = Invoice.objects.filter(customer=customer, pk=id).first()
    if found is None:
        raise UnknownInvoice
    return found


def invoice_for(*, kind: Kind, reference: str) -> Invoice | None:
    """Return the invoice of a fact, if it was issued."""
    return Invoice.objects.filter(kind=kind, reference=reference).first()


def credited(*, invoice: Invoice) -> Money:
    """Return how much of an invoice was taken back."""
    taken = invoice.corrections.aggregate(sum=Sum("gross_micros"))["sum"] or 0
    return Money(-int(taken), invoice.currency)


def receipts_for(*, references: Collection[str]) -> dict[str, list[Invoice]]:
    """Return the receipt of each fact and what corrects it, in the order of issue."""
    first = Q(kind="receipt", reference__in=references)
    rows = Invoice.objects.filter(
        first | Q(corrects__kind="receipt", corrects__reference__in=references)
    )
    found = defaultdict[str, list[Invoice]](list)
    for row in rows.select_related("corrects").order_by("issued_at", "-kind", "number"):
        found[(row.corrects or row).reference].append(row)
    return dict(found)


RECEIPT_SUMS = """
    SELECT coalesce(first.reference, paper.reference) AS reference,
        sum(paper.gross_micros) AS gross_micros
    FROM invoicing_invoice AS paper
    LEFT JOIN invoicing_invoice AS first ON first.id = paper.corrects_id
    WHERE coalesce(first.kind, paper.kind) = 'receipt'
    GROUP BY 1
"""
"""A relation for checks of whole apps: what each receipt and its corrections come to."""
