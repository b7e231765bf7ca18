"""Invoices of a seller in Germany, made the way streams make them."""

import datetime as dt
import itertools

from django.test import override_settings

from takings.invoicing.rules import Customer, Evidence, InvoiceDraft, Kind, Party, SaleLine
from takings.money import Money

GERMAN = {
    "code": "T",
    "name": "Takings GmbH",
    "address": "Musterstraße 1\n10115 Berlin",
    "country": "DE",
    "tax_id": "DE123456789",
}
_facts = itertools.count(1)


def german_seller() -> override_settings:
    """Let a German company sell."""
    return override_settings(ENTITY=GERMAN)


def euros(text: str) -> Money:
    return Money.parse(text, "EUR")


def make_customer(country: str = "DE", *, is_business: bool = True) -> Customer:
    party = Party("海辺 Ltd", "1 High Street\n\nTown", country, "X1")
    return Customer("brand:7", party, is_business, (Evidence("billing address", country),))


def make_invoice_draft(
    *amounts: str, customer: Customer | None = None, reference: str = "", kind: Kind = "invoice"
) -> InvoiceDraft:
    """Ask for an invoice of these amounts in euros, tax included."""
    return InvoiceDraft(
        reference=reference or f"test:{next(_facts)}",
        kind=kind,
        customer=customer or make_customer(),
        product="advertising",
        supplied="2026-11-01 to 2026-11-30 (UTC)",
        tax_day=dt.date(2026, 11, 30),
        lines=tuple(SaleLine(f"Campaign {text}", "1,000 views", euros(text)) for text in amounts),
    )
