"""An advertiser's invoices, how they are addressed, and which months are to be billed."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth

from takings.ads.models import Charge, CreditedCampaign, InvoicedCampaign
from takings.invoicing.models import Invoice
from takings.invoicing.queries import UnknownInvoice, billing_details, invoice_of
from takings.invoicing.rules import Customer, Evidence, Party
from takings.money import Money
from takings.people.models import Brand
from takings.people.queries import Visitor, access_brand, access_operator


def customer_key(*, brand: Brand) -> str:
    """Return the name under which a brand's invoices are kept."""
    return f"brand:{brand.pk}"


def advertiser(*, brand: Brand) -> Customer:
    """Return a brand as invoices address it; its country by its own word, else by its members'.

    Advertisers are businesses: a person who advertises does so as one.
    """
    key = customer_key(brand=brand)
    given = billing_details(customer=key)
    member = brand.members.order_by("pk").first()
    evidence = [Evidence("account of a member", member.country)] if member else []
    if given is not None:
        evidence.insert(0, Evidence("billing address", given.country))
        party = Party(given.name, given.address, given.country, given.tax_id)
    else:
        party = Party(brand.name, brand.website, member.country if member else "")
    return Customer(key=key, party=party, is_business=True, evidence=tuple(evidence))


def access_invoice(*, user: Visitor, brand_id: int, invoice_id: UUID) -> Invoice:
    """Return an invoice to a member of the brand. Refuses: NoSuchBrand, UnknownInvoice."""
    brand = access_brand(user=user, brand_id=brand_id)
    return invoice_of(customer=customer_key(brand=brand), id=invoice_id)


def brand_of(invoice: Invoice) -> int:
    """Return whose invoice it is: the number of the brand."""
    return int(invoice.customer.partition(":")[2])


def newest_invoices(*, limit: int = 200) -> list[Invoice]:
    """Return the invoices of all brands and the credit notes on them, newest first."""
    ours = Q(kind="invoice") | Q(corrects__kind="invoice")
    rows = Invoice.objects.filter(ours, customer__startswith="brand:").select_related("corrects")
    return list(rows.order_by("-issued_at", "-number")[:limit])


def credited_to(*, brand: Brand, currency: str) -> Money:
    """Return what operators took back of a brand's invoices, and is prepaid again."""
    notes = Invoice.objects.filter(
        customer=customer_key(brand=brand), corrects__kind="invoice", currency=currency
    ).exclude(pk__in=CreditedCampaign.objects.filter(campaign__brand=brand).values("note"))
    return Money(-int(notes.aggregate(sum=Sum("gross_micros"))["sum"] or 0), currency)


def access_invoice_to_credit(*, user: Visitor, invoice_id: UUID) -> Invoice:
    """Return an invoice to an operator. Refuses: OperatorsOnly, UnknownInvoice."""
    access_operator(user=user)
    found = Invoice.objects.filter(pk=invoice_id, kind="invoice").first()
    if found is None:
        raise UnknownInvoice
    return found


def months_to_invoice(*, at: dt.datetime) -> list[tuple[Brand, dt.date]]:
    """Return each brand and month that is over and has charges but no invoice, the oldest first."""
    this_month = at.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    over = Charge.objects.filter(charged_at__lt=this_month)
    rows = over.annotate(month=TruncMonth("charged_at", tzinfo=dt.UTC))
    pairs = set(rows.values_list("campaign__brand_id", "month").distinct())
    billed = set(InvoicedCampaign.objects.values_list("campaign__brand_id", "month").distinct())
    due = {(brand_id, month.date()) for brand_id, month in pairs} - billed
    brands = Brand.objects.in_bulk({brand_id for brand_id, _ in due})
    ordered = sorted(due, key=lambda pair: (pair[1], pair[0]))
    return [(brands[brand_id], month) for brand_id, month in ordered]
