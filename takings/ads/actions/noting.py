"""Credit notes for invalid traffic: of what was invoiced, in whole cents, the newest first.

What was not invoiced yet is simply not on the next invoice. What an operator had taken back of an
invoice already is not given to the advertiser again: the platform bore it, and keeps it now.
"""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from takings.ads.models import (
    Campaign,
    CreditedCampaign,
    InvoicedCampaign,
    TrafficPass,
)
from takings.ads.queries.traffic import over_invoiced
from takings.core import ids
from takings.invoicing import actions as invoicing
from takings.invoicing.models import Invoice
from takings.invoicing.queries import credited
from takings.invoicing.rules import read_invoiced, tax_account
from takings.ledger.actions import post
from takings.ledger.queries import available
from takings.ledger.rules import EntryDraft, TransferDraft
from takings.money import Money, currency
from takings.policies.queries import policy_at
from takings.policies.rules import AD_REVENUE


@dataclass(frozen=True, slots=True)
class _Part:
    """What a credit note takes back of one campaign's month."""

    campaign_id: uuid.UUID
    month: dt.date
    micros: int


def issue_notes(
    *, campaigns: Iterable[Campaign], because: TrafficPass, at: dt.datetime
) -> Counter[uuid.UUID]:
    """Correct the invoices of these campaigns as far as they bill what nobody saw.

    Inside the transaction that writes the invalid impressions, and after them. Returns the
    micro-units of each campaign that nobody can take back of its invoices any more.
    """
    notes: dict[uuid.UUID, list[_Part]] = defaultdict(list)
    kept = Counter[uuid.UUID]()
    room: dict[uuid.UUID, int] = {}
    for campaign in campaigns:
        over = over_invoiced(campaign_id=campaign.pk)
        unit = currency(campaign.currency).unit_micros
        missing = -(-over // unit) * unit
        rows = InvoicedCampaign.objects.filter(campaign=campaign).select_related("invoice")
        for row in rows.order_by("-month"):
            invoice = row.invoice
            left = room.setdefault(
                invoice.pk, invoice.gross_micros - credited(invoice=invoice).micros
            )
            taken = min(missing, left, row.amount_micros - _credited_before(row))
            if taken > 0:
                notes[invoice.pk].append(_Part(campaign.pk, row.month, taken))
                room[invoice.pk] -= taken
                missing -= taken
        if missing > 0:
            kept[campaign.pk] = max(0, missing - (-over % unit))
    for invoice in Invoice.objects.filter(pk__in=notes).order_by("issued_at", "number"):
        _issue(invoice, notes[invoice.pk], because=because, at=at)
    return kept


def _credited_before(row: InvoicedCampaign) -> int:
    rows = CreditedCampaign.objects.filter(campaign=row.campaign_id, month=row.month)
    return int(rows.aggregate(sum=Sum("amount_micros"))["sum"] or 0)


def _issue(invoice: Invoice, parts: list[_Part], *, because: TrafficPass, at: dt.datetime) -> None:
    note = invoicing.credit(
        invoice=invoice,
        amount=Money(sum(part.micros for part in parts), invoice.currency),
        reason=f"Views of {because.day} that were no person's",
        id=ids.derived("credit note for traffic", because.pk, invoice.pk),
        at=at,
    )
    CreditedCampaign.objects.bulk_create(
        CreditedCampaign(
            campaign_id=part.campaign_id,
            note=note,
            month=part.month,
            amount_micros=part.micros,
        )
        for part in parts
    )
    _book_tax(note, at=at)


def _book_tax(note: Invoice, *, at: dt.datetime) -> None:
    """Take the tax inside of a credit note back from its account: the exact inverse."""
    said = read_invoiced(note.content)
    for one in said.taxes:
        account = tax_account(jurisdiction=one.jurisdiction, name=one.name)
        tax = said.money(-one.tax)
        if not tax:
            continue
        invoicing.reclaim_tax(
            account=account,
            missing=tax - available(name=account, currency=note.currency),
            reference=f"invoice:{note.code}",
            because=note.pk,
            at=at,
        )
        draft = EntryDraft(
            id=ids.derived("tax_due", note.pk, account),
            kind="tax_due",
            reference=f"invoice:{note.code}",
            policy_version=policy_at(at=at).version,
            occurred_at=at,
            memo=f"Tax inside of credit note {note.code}",
            transfers=(TransferDraft(account, AD_REVENUE, tax),),
        )
        post(drafts=[draft], at=at)
