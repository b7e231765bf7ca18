"""Invoices for prepaid charges: one a month for each brand, once the month is over; and credits.

An invoice bills what was charged up to the month's end less what was given back of it and what
invoices before billed, in whole cents; nothing is billed twice, and what came late or was left
below a cent is on the next.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from takings.ads.models import Campaign, Charge, InvoicedCampaign
from takings.ads.queries.invoices import advertiser, brand_of, months_to_invoice
from takings.ads.queries.traffic import gone_before, noted_by_campaign
from takings.core import ids
from takings.core.errors import Conflict
from takings.invoicing import actions as invoicing
from takings.invoicing.models import Invoice
from takings.invoicing.queries import invoice_for
from takings.invoicing.rules import InvoiceDraft, SaleLine, read_invoiced, tax_account
from takings.ledger.actions import post
from takings.ledger.queries import available, is_posted
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money
from takings.people.actions import record_staff_act
from takings.people.models import Brand, User
from takings.policies.queries import policy_at

DAY = dt.timedelta(days=1)
REVENUE = "platform:revenue:ads"


def invoice_months(*, at: dt.datetime) -> int:
    """Issue every brand's invoices of each month that is over; again changes nothing.

    Returns how many are new.
    """
    due = months_to_invoice(at=at)
    return sum(len(invoice_month(brand=brand, month=month, at=at)) for brand, month in due)


@transaction.atomic
def invoice_month(*, brand: Brand, month: dt.date, at: dt.datetime) -> list[Invoice]:
    """Issue a brand's invoices of a month (its first day), one for each currency it spent.

    Returns the new ones: none where all were issued before, or less than a cent is to be billed.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)  # of two at once, one waits
    end = (month + 31 * DAY).replace(day=1)
    bills: dict[str, list[_Bill]] = defaultdict(list)
    for bill in _bills(brand, end=end):
        bills[bill.line.amount.currency].append(bill)
    return [
        invoice
        for code in sorted(bills)
        for invoice in _issue(brand, bills[code], month=month, end=end, at=at)
    ]


class NotAnInvoice(Conflict):
    """What is paid by card has a receipt, which is taken back by a refund."""

    code = "not_an_invoice"
    sentence = "{paper} is no invoice for advertising; take a receipt back by a refund."


@transaction.atomic
def credit_invoice(
    *,
    operator: User,
    invoice: Invoice,
    amount: Money,
    reason: str,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Invoice:
    """Take back so much of an invoice: it is prepaid money again. The platform bears it.

    ``platform:revenue:ads → advertiser:<id>:prepaid``, the tax from its account, claimed back
    where it was paid to the authority. The act is kept; an id again changes nothing.
    Refuses: NotAnInvoice, CreditTooLarge, NotInPayableUnits, and what ``post`` refuses.
    """
    if invoice.kind != "invoice":
        raise NotAnInvoice(paper=invoice.code)
    note = invoicing.credit(invoice=invoice, amount=amount, reason=reason, id=id, at=at)
    entry_id = ids.derived("invoice_credited", note.pk)
    if not is_posted(id=entry_id):
        _book_credit(note, entry_id=entry_id, at=at)
        record_staff_act(
            operator=operator,
            act="ads.credit_invoice",
            target=f"invoice:{invoice.code}",
            reason=reason,
            at=at,
        )
    return note


@dataclass(frozen=True, slots=True)
class _Bill:
    """What is to be billed of one campaign."""

    campaign: Campaign
    impression_count: int
    line: SaleLine


def _issue(
    brand: Brand, bills: list[_Bill], *, month: dt.date, end: dt.date, at: dt.datetime
) -> Iterator[Invoice]:
    currency = bills[0].line.amount.currency
    reference = f"ads:{brand.pk}:{month:%Y-%m}:{currency}"
    if invoice_for(kind="invoice", reference=reference) is not None:
        return
    draft = InvoiceDraft(
        reference=reference,
        kind="invoice",
        customer=advertiser(brand=brand),
        product="advertising",
        supplied=f"{month:%Y-%m-%d} to {end - DAY:%Y-%m-%d} (UTC)",
        tax_day=end - DAY,
        lines=tuple(bill.line for bill in bills),
    )
    invoice = invoicing.issue(draft=draft, at=at)
    InvoicedCampaign.objects.bulk_create(
        InvoicedCampaign(
            campaign=bill.campaign,
            invoice=invoice,
            month=month,
            impression_count=bill.impression_count,
            amount_micros=bill.line.amount.micros,
        )
        for bill in bills
    )
    _book_tax(invoice, at=at)
    yield invoice


def _bills(brand: Brand, *, end: dt.date) -> Iterator[_Bill]:
    midnight = dt.datetime.combine(end, dt.time(), tzinfo=dt.UTC)
    sums = {"seen": Sum("impression_count"), "micros": Sum("amount_micros")}
    charged = Charge.objects.filter(campaign__brand=brand, charged_at__lt=midnight)
    billed = InvoicedCampaign.objects.filter(campaign__brand=brand)
    before = {row["campaign_id"]: row for row in billed.values("campaign_id").annotate(**sums)}
    now = {row["campaign_id"]: row for row in charged.values("campaign_id").annotate(**sums)}
    gone, noted = gone_before(brand=brand, end=midnight), noted_by_campaign(brand=brand)
    for campaign in Campaign.objects.filter(pk__in=now).order_by("name", "pk"):
        row, done = now[campaign.pk], before.get(campaign.pk, {"seen": 0, "micros": 0})
        views, micros = gone.get(campaign.pk, (0, 0))
        stands = int(done["micros"]) - noted[campaign.pk]
        left = Money(int(row["micros"]) - micros - stands, campaign.currency)
        amount, _ = left.split_payable()
        if amount.micros > 0:
            count = max(0, int(row["seen"]) - views - int(done["seen"]))
            yield _Bill(campaign, count, SaleLine(campaign.name, f"{count:,} views", amount))


def _book_tax(invoice: Invoice, *, at: dt.datetime) -> None:
    """Book the tax inside of an invoice: prices include it, so the platform's share bears it."""
    said = read_invoiced(invoice.content)
    transfers = tuple(
        TransferDraft(
            debit=REVENUE,
            credit=tax_account(jurisdiction=one.jurisdiction, name=one.name),
            amount=said.money(one.tax),
        )
        for one in said.taxes
        if one.tax > 0
    )
    if not transfers:
        return
    draft = EntryDraft(
        id=ids.derived("tax_due", invoice.pk),
        kind="tax_due",
        reference=f"invoice:{invoice.code}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"Tax inside of invoice {invoice.code}",
        transfers=transfers,
    )
    post(drafts=[draft], at=at)


def _book_credit(note: Invoice, *, entry_id: UUID, at: dt.datetime) -> None:
    """Give the amount of a credit note back to the brand."""
    said, prepaid = read_invoiced(note.content), f"advertiser:{brand_of(note)}:prepaid"
    parts = [(REVENUE, -said.net)]
    parts += [
        (tax_account(jurisdiction=one.jurisdiction, name=one.name), -one.tax) for one in said.taxes
    ]
    for account, micros in parts[1:]:
        here = available(name=account, currency=note.currency)
        invoicing.reclaim_tax(
            account=account,
            missing=said.money(micros) - here,
            reference=f"invoice:{note.code}",
            because=note.pk,
            at=at,
        )
    transfers = [
        TransferDraft(debit=account, credit=prepaid, amount=said.money(micros))
        for account, micros in parts
        if micros
    ]
    draft = EntryDraft(
        id=entry_id,
        kind="invoice_credited",
        reference=f"invoice:{note.code}",
        policy_version=policy_at(at=at).version,
        occurred_at=at,
        memo=f"Credit note {note.code}",
        transfers=tuple(transfers),
    )
    post(drafts=[draft], at=at)
