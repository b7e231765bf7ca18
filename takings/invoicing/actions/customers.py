"""How a customer wants to be addressed: each change is a row, so old invoices stay explained."""

import datetime as dt

from takings.invoicing.models import BillingDetails
from takings.invoicing.rules import Party
from takings.people.models import User


def give_billing_details(
    *, customer: str, party: Party, user: User, at: dt.datetime
) -> BillingDetails:
    """Write down name, address, country and tax id for the invoices to come."""
    return BillingDetails.objects.create(
        customer=customer,
        name=party.name,
        address=party.address,
        country=party.country,
        tax_id=party.tax_id,
        given_by=user,
        given_at=at,
    )
