"""Issuing: the next number is taken inside of the transaction that writes the invoice.

So a crash or a rollback takes the number back with it, and whoever issues into the same series
waits for that transaction. PostgreSQL holds the same lock and refuses every number but the next.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from takings.core import ids
from takings.core.errors import Conflict, Invalid
from takings.invoicing.models import Invoice
from takings.invoicing.queries import credited, invoice_for, seller, tax_rates
from takings.invoicing.rules import (
    Invoiced,
    InvoiceDraft,
    Kind,
    Numbered,
    SelfBillDraft,
    code_of,
    put_together,
    read_invoiced,
    self_billed,
    series_of,
    supplier_series,
    take_back,
)
from takings.money import Money, currency

RECEIPTS: tuple[Kind, ...] = ("receipt", "credit_note")
CREDITABLE: frozenset[Kind] = frozenset({"invoice", "receipt"})


class NotInPayableUnits(Invalid):
    """An invoice is in cents, not in parts of them."""

    code = "not_in_payable_units"
    sentence = "{amount} is no amount that can be paid; invoices are in whole cents."


class NotCreditable(Conflict):
    """Only invoices and receipts are taken back, not what takes them back."""

    code = "not_creditable"
    sentence = "{invoice} is a credit note; only invoices and receipts are taken back."


class CreditTooLarge(Conflict):
    """No more is taken back than was invoiced, and no more stands again than was taken back."""

    code = "credit_too_large"
    sentence = "{left} is left of {invoice}; {wanted} cannot be taken back."


def take_turn(*, at: dt.datetime) -> None:
    """Wait for one's turn to issue receipts and credit notes, until the transaction ends.

    Who issues them and posts in one transaction calls this before posting: numbers are locked
    first and accounts after, by everybody, so that nobody waits in a circle.
    """
    for kind in RECEIPTS:
        _lock(entity=seller().code, series=series_of(kind=kind, year=at.astimezone(dt.UTC).year))


@transaction.atomic
def issue(*, draft: InvoiceDraft, at: dt.datetime) -> Invoice:
    """Issue an invoice or a receipt under the next number; again for the same fact it is the same.

    Refuses: NothingToInvoice, NotInPayableUnits.
    """
    for line in draft.lines:
        _check_unit(line.amount)
    who = seller()
    series = series_of(kind=draft.kind, year=at.astimezone(dt.UTC).year)
    number = _next(entity=who.code, series=series)
    known = invoice_for(kind=draft.kind, reference=draft.reference)
    if known is not None:
        return known
    numbered = Numbered(
        code_of(entity=who.code, series=series, number=number), at.astimezone(dt.UTC).date()
    )
    said = put_together(draft, seller=who, rates=tax_rates(), numbered=numbered)
    place = _Place(who.code, series, number, draft.reference, draft.customer.key)
    return _write(said, place=place, at=at)


def credit(
    *,
    invoice: Invoice,
    amount: Money,
    reason: str,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Invoice:
    """Take back so much of an invoice or receipt, its tax in the ratio; an id again is the same.

    Refuses: NotCreditable, CreditTooLarge, NotInPayableUnits.
    """
    return _correct(_Correction(invoice, amount, amount, reason, id), at=at)


def restore(
    *,
    invoice: Invoice,
    amount: Money,
    reason: str,
    id: UUID,  # noqa: A002 - the caller's id, as in the books
    at: dt.datetime,
) -> Invoice:
    """Let so much of an invoice or receipt stand again that was taken back: it did not hold.

    It is a credit note above zero. Refuses: as :func:`credit`.
    """
    return _correct(_Correction(invoice, amount, -amount, reason, id), at=at)


@dataclass(frozen=True, slots=True)
class _Correction:
    """What to take back of which invoice, below zero to let it stand again, why, and as what."""

    invoice: Invoice
    asked: Money
    change: Money
    reason: str
    id: UUID


@transaction.atomic
def _correct(wanted: _Correction, *, at: dt.datetime) -> Invoice:
    """Issue the next credit note, unless this one was issued before."""
    _check_unit(wanted.asked)
    invoice = wanted.invoice
    if invoice.kind not in CREDITABLE:
        raise NotCreditable(invoice=invoice.code)
    who = seller()
    series = series_of(kind="credit_note", year=at.astimezone(dt.UTC).year)
    number = _next(entity=who.code, series=series)
    reference = f"credit:{wanted.id}"
    known = invoice_for(kind="credit_note", reference=reference)
    if known is not None:
        return known
    before = credited(invoice=invoice)
    left = invoice.gross - before if wanted.change == wanted.asked else before
    if not 0 < wanted.asked.micros <= left.micros:
        told = {"left": left.decimal(), "wanted": wanted.asked.decimal()}
        raise CreditTooLarge(invoice=invoice.code, **told)
    said = take_back(
        read_invoiced(invoice.content),
        amount=wanted.change,
        before=before,
        numbered=Numbered(
            code_of(entity=who.code, series=series, number=number), at.astimezone(dt.UTC).date()
        ),
        reason=wanted.reason,
    )
    place = _Place(who.code, series, number, reference, invoice.customer)
    return _write(said, place=place, at=at, corrects=invoice)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an invoice stands: its number, the fact it is for, and whose it is."""

    entity: str
    series: str
    number: int
    reference: str
    customer: str


def _next(*, entity: str, series: str) -> int:
    """Return the number whose turn it is; it is ours until the transaction ends."""
    _lock(entity=entity, series=series)
    given = Invoice.objects.filter(entity=entity, series=series).aggregate(last=Max("number"))
    return int(given["last"] or 0) + 1


def _lock(*, entity: str, series: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT invoicing_lock_series(%s, %s)", [entity, series])


def _write(
    said: Invoiced, *, place: _Place, at: dt.datetime, corrects: Invoice | None = None
) -> Invoice:
    return Invoice.objects.create(
        id=ids.uuid7(at=at),
        entity=place.entity,
        series=place.series,
        number=place.number,
        code=said.code,
        kind=said.kind,
        reference=place.reference,
        customer=place.customer,
        currency=said.currency,
        net_micros=said.net,
        tax_micros=said.tax,
        gross_micros=said.gross,
        content=said.canonical().decode(),
        digest=said.digest(),
        issued_at=at,
        corrects=corrects,
    )


def _check_unit(amount: Money) -> None:
    if amount.micros % currency(amount.currency).unit_micros:
        raise NotInPayableUnits(amount=amount.decimal())


@transaction.atomic
def self_bill(*, draft: SelfBillDraft, at: dt.datetime) -> Invoice:
    """Issue an invoice in a supplier's name, to us, under the next number of that supplier.

    Again for the same fact it is the same. Refuses: NothingToInvoice, NotInPayableUnits.
    """
    for line in draft.lines:
        _check_unit(line.amount)
    who = seller()
    series = supplier_series(supplier=draft.number)
    number = _next(entity=who.code, series=series)
    known = invoice_for(kind="self_billed", reference=draft.reference)
    if known is not None:
        return known
    numbered = Numbered(
        code_of(entity=who.code, series=series, number=number), at.astimezone(dt.UTC).date()
    )
    said = self_billed(draft, customer=who.party, rates=tax_rates(), numbered=numbered)
    place = _Place(who.code, series, number, draft.reference, f"supplier:{draft.number}")
    return _write(said, place=place, at=at)
