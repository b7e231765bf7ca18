"""Pure rules of invoicing: which tax a sale bears, how a line is cut, what an invoice says."""

from takings.invoicing.rules.content import (
    Invoiced,
    InvoicedLine,
    Kind,
    Party,
    TaxSum,
    code_of,
    read_invoiced,
    series_of,
)
from takings.invoicing.rules.drafts import (
    Customer,
    Evidence,
    InvoiceDraft,
    Numbered,
    SaleLine,
    Seller,
    put_together,
    take_back,
)
from takings.invoicing.rules.paper import printed
from takings.invoicing.rules.taxes import (
    BrokenTaxPack,
    ProductKind,
    TaxedLine,
    TaxRates,
    Treatment,
    read_rates,
    tax_line,
    treat,
)

__all__ = [
    "BrokenTaxPack",
    "Customer",
    "Evidence",
    "InvoiceDraft",
    "Invoiced",
    "InvoicedLine",
    "Kind",
    "Numbered",
    "Party",
    "ProductKind",
    "SaleLine",
    "Seller",
    "TaxRates",
    "TaxSum",
    "TaxedLine",
    "Treatment",
    "code_of",
    "printed",
    "put_together",
    "read_invoiced",
    "read_rates",
    "series_of",
    "take_back",
    "tax_line",
    "treat",
]
