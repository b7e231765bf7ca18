"""Receipts: each payment gets one when it is paid, and a credit note for what goes back for good.

A dispute takes the money at once, but it may be won: its credit note comes when it is lost. Called
in the transaction that books, after ``take_turn``.
"""

import datetime as dt

from takings.core import ids
from takings.invoicing.actions import credit, issue, restore
from takings.invoicing.models import Invoice
from takings.invoicing.queries import credited
from takings.invoicing.rules import InvoiceDraft, SaleLine
from takings.money import Money
from takings.payments.models import FACT_WORDS, Payment
from takings.payments.queries import receipt_reference, sold_of
from takings.payments.rules import Fact


def give_receipt(payment: Payment, *, at: dt.datetime) -> Invoice:
    """Issue the receipt of a payment, with the tax that was fixed when it was ordered."""
    sold, day = sold_of(payment), payment.started_at.astimezone(dt.UTC).date()
    draft = InvoiceDraft(
        reference=receipt_reference(payment),
        kind="receipt",
        customer=sold.customer,
        product=sold.treatment,
        supplied=f"{day} (UTC)",
        tax_day=day,
        lines=(SaleLine(payment.description, "1", payment.amount),),
    )
    return issue(draft=draft, at=at)


def correct_receipt(payment: Payment, fact: Fact, *, returned: Money, at: dt.datetime) -> None:
    """Take back what of a receipt went back for good; what did not hold stands again."""
    receipt, nothing = give_receipt(payment, at=at), Money.zero(returned.currency)
    change = returned - credited(invoice=receipt)
    if not change:
        return
    amount, act = (change, credit) if change > nothing else (-change, restore)
    reason = f"{FACT_WORDS[fact.kind]} {fact.occurred_at:%Y-%m-%d} (UTC)"
    key = ids.derived("the receipt is corrected", payment.pk, fact.key)
    act(invoice=receipt, amount=amount, reason=reason, id=key, at=at)
