"""Everything one may ask about invoices. Nothing here writes."""

from takings.invoicing.queries.invoices import (
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
