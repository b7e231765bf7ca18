"""Invoices in the names of creators who agreed: one for what was released, its VAT paid on top."""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from django.db import transaction

from takings.core import ids
from takings.invoicing import actions as invoicing
from takings.invoicing.models import Invoice
from takings.invoicing.rules import Party, SaleLine, SelfBillDraft, read_invoiced
from takings.ledger.actions import post
from takings.ledger.queries.rates import NoRate
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.payouts import queries
from takings.payouts.models import BilledStatement, SelfBill
from takings.payouts.rules.papers import Papers
from takings.payouts.rules.self_billing import VIDEOS, cents_of, supplies_of
from takings.people.models import Creator
from takings.policies.queries import policy_at
from takings.settlement.models import Statement


def issue_self_bills(*, at: dt.datetime) -> int:
    """Invoice what was released to everybody who agreed; again changes nothing.

    Each creator is a transaction of its own. Returns how many invoices are new.
    """
    return sum(_try(one, at=at) for one in queries.creators_to_bill())


def _try(creator: Creator, *, at: dt.datetime) -> int:
    """Bill one of many: who waits for a rate holds up no other, and is told on the desk."""
    try:
        return bill_creator(creator=creator, at=at)
    except NoRate:
        return 0


@transaction.atomic
def bill_creator(*, creator: Creator, at: dt.datetime) -> int:
    """Invoice what was released to one creator, an invoice for each currency.

    What is less than a cent waits for the next. Returns how many are new. Refuses: NoRate, where
    the VAT cannot be told in the currency of its country.
    """
    locked = Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    papers, _ = queries.billing_papers(creator=locked, on=at.date())
    if papers is None:
        return 0
    waiting = queries.statements_to_bill(creator=locked)
    groups = groupby(waiting, key=lambda one: one.currency)
    return sum(_bill(locked, papers, list(rows), at=at) for _, rows in groups)


def _bill(
    creator: Creator, papers: Papers, statements: Sequence[Statement], *, at: dt.datetime
) -> bool:
    code = statements[0].currency
    left = queries.unbilled_rest(creator=creator, currency=code)
    stated = [Money(one.amount_micros, code) for one in statements]
    cents = cents_of(stated, left=left)
    lines = tuple(
        line for one, amount in zip(statements, cents, strict=True) for line in _lines(one, amount)
    )
    if not lines:
        return False
    last = queries.last_day(statements[-1])
    draft = SelfBillDraft(
        reference=f"statement:{statements[0].pk}",
        number=creator.pk,
        supplier=Party(
            name=papers.legal_name,
            address=f"{papers.street}\n{papers.postcode} {papers.town}",
            country=papers.country,
            tax_id=papers.vat_number,
        ),
        supplied=f"{statements[0].period.starts_at:%Y-%m-%d} to {last:%Y-%m-%d} (UTC)",
        tax_day=last,
        lines=lines,
        agreed_on=queries.agreed_on(creator=creator),
        rate=queries.vat_rate(code=code, papers=papers, on=last),
    )
    invoice = invoicing.self_bill(draft=draft, at=at)
    entry = _vat_entry(creator, invoice, at=at)
    bill = SelfBill.objects.create(
        invoice=invoice, creator=creator, entry_id=entry.id if entry else None
    )
    BilledStatement.objects.bulk_create(
        BilledStatement(statement=one, bill=bill, amount_micros=amount.micros)
        for one, amount in zip(statements, cents, strict=True)
    )
    if entry:
        post(drafts=[entry], at=at)
    return True


def _lines(statement: Statement, amount: Money) -> list[SaleLine]:
    supplied = supplies_of(amount, brought=queries.brought_by(statement)) if amount else {}
    return [
        SaleLine(
            f"{what} of {statement.period.name}",
            f"{statement.views:,} views" if what == VIDEOS else "1 month",
            part,
        )
        for what, part in supplied.items()
    ]


def _vat_entry(creator: Creator, invoice: Invoice, *, at: dt.datetime) -> EntryDraft | None:
    """Return what pays VAT to a creator of our own country; the authority owes it to us."""
    said = read_invoiced(invoice.content)
    transfers = tuple(
        TransferDraft(
            f"tax_receivable:{one.jurisdiction}:vat",
            queries.account_of(creator.pk),
            said.money(one.tax),
        )
        for one in said.taxes
        if one.tax > 0
    )
    if not transfers:
        return None
    return EntryDraft(
        id=ids.derived("vat_self_billed", invoice.pk),
        kind="vat_self_billed",
        reference=f"invoice:{invoice.code}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"VAT of invoice {invoice.code}",
        transfers=transfers,
    )
