"""Everything that changes invoicing: issuing, crediting, and who a customer is."""

from takings.invoicing.actions.customers import give_billing_details
from takings.invoicing.actions.giving import give_out
from takings.invoicing.actions.issuing import (
    CreditTooLarge,
    NotCreditable,
    NotInPayableUnits,
    credit,
    issue,
    restore,
    self_bill,
    take_turn,
)
from takings.invoicing.actions.reclaiming import reclaim_tax

__all__ = [
    "CreditTooLarge",
    "NotCreditable",
    "NotInPayableUnits",
    "credit",
    "give_billing_details",
    "give_out",
    "issue",
    "reclaim_tax",
    "restore",
    "self_bill",
    "take_turn",
]
