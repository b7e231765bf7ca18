"""As what a payment was sold: to whom, of which kind, with which tax. Frozen when it is ordered."""

import datetime as dt
from dataclasses import dataclass

import msgspec

from takings.invoicing.rules import (
    Customer,
    ProductKind,
    TaxRates,
    Treatment,
    tax_account,
    tax_line,
    treat,
)
from takings.ledger.rules import AccountName
from takings.money import Money
from takings.payments.rules.terms import Accepted

IN_ADVANCE = Treatment(None, "Paid in advance; it is invoiced, with its tax, when it is used.")


@dataclass(frozen=True, slots=True)
class SoldAs:
    """What the order said and the rates of its day made of it.

    ``product`` is ``None`` for what is paid in advance: nothing is sold yet. ``accepted`` are the
    terms that the payer was shown; none for what a kept card is charged while its owner is away.
    """

    customer: Customer
    product: ProductKind | None
    treatment: Treatment
    accepted: Accepted | None = None

    def tax(self, amount: Money) -> Money:
        """Return the tax inside of an amount in whole payable units."""
        share_bp = self.treatment.share_bp
        return tax_line(amount=amount, share_bp=share_bp, inclusive=True).tax

    @property
    def tax_account(self) -> AccountName:
        """The account of the tax, or nothing where none is due."""
        rate = self.treatment.rate
        return tax_account(jurisdiction=rate.jurisdiction, name=rate.name) if rate else ""

    def content(self) -> str:
        """Return it as the text that is kept with the payment."""
        return msgspec.json.encode(self).decode()


def read_sold(content: str) -> SoldAs:
    """Return what a kept text says."""
    return msgspec.json.decode(content, type=SoldAs)


def sell(
    *,
    customer: Customer,
    product: ProductKind | None,
    seller: str,
    rates: TaxRates,
    day: dt.date,
) -> SoldAs:
    """Return how a sale from the seller's country is taxed on a day; prices include tax."""
    how = IN_ADVANCE
    if product is not None:
        how = treat(
            rates=rates,
            seller=seller,
            buyer=customer.party.country,
            is_business=customer.is_business,
            kind=product,
            day=day,
        )
    return SoldAs(customer, product, how)
