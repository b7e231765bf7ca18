"""Everything one may ask about invoices. Nothing here writes."""

from takings.invoicing.queries.invoices import (
    RECEIPT_SUMS,
    UnknownInvoice,
    billing_details,
    credited,
    invoice_for,
    invoice_of,
    invoices_of,
    receipts_for,
    seller,
    tax_rates,
)

__all__ = [
    "RECEIPT_SUMS",
    "UnknownInvoice",
    "billing_details",
    "credited",
    "invoice_for",
    "invoice_of",
    "invoices_of",
    "receipts_for",
    "seller",
    "tax_rates",
]
