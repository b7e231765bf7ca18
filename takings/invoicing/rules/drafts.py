"""From what was sold to what the invoice says: tax by treatment, sums by addition."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import msgspec

from takings.core.errors import Invalid
from takings.invoicing.rules.content import Invoiced, InvoicedLine, Kind, Party, TaxSum
from takings.invoicing.rules.taxes import (
    ProductKind,
    TaxRates,
    Treatment,
    tax_line,
    tax_within,
    treat,
)
from takings.ledger.rules.converting import DatedRate
from takings.money import Money, currency, format_money


class NothingToInvoice(Invalid):
    """An invoice has lines, and of one currency."""

    code = "nothing_to_invoice"
    sentence = "An invoice needs at least one line, all in one currency."


@dataclass(frozen=True, slots=True)
class Seller:
    """The legal entity that sells; ``code`` begins its invoices' numbers."""

    code: str
    party: Party


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that says where the customer is."""

    what: str
    country: str


@dataclass(frozen=True, slots=True)
class Customer:
    """Who buys. ``key`` is the stream's own (``brand:7``); a business is told by the stream."""

    key: str
    party: Party
    is_business: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SaleLine:
    """What was sold, how much of it, for how much in whole payable units, tax included."""

    what: str
    quantity: str
    amount: Money


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """What a stream asks an invoice for. ``reference`` names the fact: one fact, one invoice.

    ``product`` is the kind of what was sold, or how its tax was fixed when it was.
    """

    reference: str
    kind: Kind
    customer: Customer
    product: ProductKind | Treatment
    supplied: str
    tax_day: dt.date
    lines: tuple[SaleLine, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number that was its turn, and the day of issue."""

    code: str
    issued_on: dt.date


def put_together(
    draft: InvoiceDraft, *, seller: Seller, rates: TaxRates, numbered: Numbered
) -> Invoiced:
    """Return all that the invoice says. Refuses: NothingToInvoice."""
    currencies = {line.amount.currency for line in draft.lines}
    if len(currencies) != 1:
        raise NothingToInvoice
    how = _treatment(draft, seller=seller, rates=rates)
    lines = tuple(_line(line, how) for line in draft.lines)
    return Invoiced(
        code=numbered.code,
        kind=draft.kind,
        issued_on=numbered.issued_on,
        supplied=draft.supplied,
        seller=seller.party,
        customer=draft.customer.party,
        currency=currencies.pop(),
        lines=lines,
        taxes=_taxes(lines, how),
        net=sum(line.net for line in lines),
        tax=sum(line.tax for line in lines),
        gross=sum(line.gross for line in lines),
        notes=(how.note,) if how.note else (),
        evidence=tuple(f"{one.what}: {one.country}" for one in draft.customer.evidence),
    )


def take_back(
    said: Invoiced, *, amount: Money, before: Money, numbered: Numbered, reason: str
) -> Invoiced:
    """Return the credit note of so much of an invoice, after ``before`` of it was taken back.

    An amount below zero takes back a credit note: the sale stands again. The tax follows what was
    taken back in all, so that parts that come to the whole invoice take back its whole tax.
    """
    tax = _tax_of(said, before + amount) - _tax_of(said, before)
    net = amount.micros - tax
    first = said.lines[0]
    line = InvoicedLine(
        what=f"Taken back of {said.code}" if net >= 0 else f"Stands again of {said.code}",
        quantity="1",
        net=-net,
        tax_bp=first.tax_bp,
        tax=-tax,
        gross=-amount.micros,
    )
    return msgspec.structs.replace(
        said,
        code=numbered.code,
        kind="credit_note",
        issued_on=numbered.issued_on,
        lines=(line,),
        taxes=tuple(
            TaxSum(one.name, one.jurisdiction, one.tax_bp, -net, -tax) for one in said.taxes
        ),
        net=-net,
        tax=-tax,
        gross=-amount.micros,
        corrects=said.code,
        reason=reason,
    )


def _treatment(draft: InvoiceDraft, *, seller: Seller, rates: TaxRates) -> Treatment:
    if isinstance(draft.product, Treatment):
        return draft.product
    return treat(
        rates=rates,
        seller=seller.party.country,
        buyer=draft.customer.party.country,
        is_business=draft.customer.is_business,
        kind=draft.product,
        day=draft.tax_day,
    )


def _tax_of(said: Invoiced, taken: Money) -> int:
    """Return the tax inside of so much of an invoice."""
    return tax_within(tax=said.money(said.tax), gross=said.money(said.gross), part=taken).micros


def _line(line: SaleLine, how: Treatment, *, inclusive: bool = True) -> InvoicedLine:
    cut = tax_line(amount=line.amount, share_bp=how.share_bp, inclusive=inclusive)
    return InvoicedLine(
        what=line.what,
        quantity=line.quantity,
        net=cut.net.micros,
        tax_bp=how.share_bp,
        tax=cut.tax.micros,
        gross=cut.gross.micros,
    )


def _taxes(lines: tuple[InvoicedLine, ...], how: Treatment) -> tuple[TaxSum, ...]:
    if how.rate is None:
        return ()
    nets: dict[int, int] = defaultdict(int)
    taxes: dict[int, int] = defaultdict(int)
    for line in lines:
        nets[line.tax_bp] += line.net
        taxes[line.tax_bp] += line.tax
    return tuple(
        TaxSum(how.rate.name, how.rate.jurisdiction, bp, nets[bp], taxes[bp]) for bp in sorted(nets)
    )


SELF_BILLING = "Self-billing: the customer wrote this invoice (article 224, Directive 2006/112/EC)."
AGREED = "Agreed on {on}; accepted unless the supplier objects within 14 days of the day of issue."


@dataclass(frozen=True, slots=True)
class SelfBillDraft:
    """What a supplier agreed that we invoice to ourselves; amounts are net, tax is put on top.

    ``reference`` names the fact, ``number`` is the supplier's own and names their series. ``rate``
    leads to the currency of the member state that the VAT is paid in, where it is another one.
    """

    reference: str
    number: int
    supplier: Party
    supplied: str
    tax_day: dt.date
    lines: tuple[SaleLine, ...]
    agreed_on: dt.date
    rate: DatedRate | None = None


def self_billed(
    draft: SelfBillDraft, *, customer: Party, rates: TaxRates, numbered: Numbered
) -> Invoiced:
    """Return what an invoice says that its customer writes (article 226, 10a and 11a).

    It names the agreement (article 224), and its VAT in the member state's currency (article 230).

    Refuses: NothingToInvoice.
    """
    currencies = {line.amount.currency for line in draft.lines}
    if len(currencies) != 1:
        raise NothingToInvoice
    how = treat(
        rates=rates,
        seller=draft.supplier.country,
        buyer=customer.country,
        is_business=True,
        kind="digital",
        day=draft.tax_day,
    )
    lines = tuple(_line(line, how, inclusive=False) for line in draft.lines)
    notes = (SELF_BILLING, how.note, AGREED.format(on=draft.agreed_on), _national(draft, lines))
    return Invoiced(
        code=numbered.code,
        kind="self_billed",
        issued_on=numbered.issued_on,
        supplied=draft.supplied,
        seller=draft.supplier,
        customer=customer,
        currency=currencies.pop(),
        lines=lines,
        taxes=_taxes(lines, how),
        net=sum(line.net for line in lines),
        tax=sum(line.tax for line in lines),
        gross=sum(line.gross for line in lines),
        notes=tuple(note for note in notes if note),
        evidence=(),
    )


def _national(draft: SelfBillDraft, lines: tuple[InvoicedLine, ...]) -> str:
    tax = sum(line.tax for line in lines)
    if draft.rate is None or not tax:
        return ""
    rate = draft.rate
    unit = currency(rate.quote).unit_micros
    worth = rate.convert(Money(tax, rate.base)).micros
    amount = format_money(Money((worth + unit // 2) // unit * unit, rate.quote))
    told = f"1 {rate.base} = {rate.rate.normalize():f} {rate.quote}, {rate.source}"
    return f"VAT in {rate.quote}: {amount} ({told}, {rate.valid_on}; article 230)."
