"""Giving invoices out as files, each remembered: who has it can ask whether it is ours."""

import datetime as dt
import hashlib

from takings.documents import print_pdf
from takings.invoicing.models import Invoice, InvoiceFile
from takings.invoicing.rules import printed, read_invoiced


def give_out(*, invoice: Invoice, at: dt.datetime) -> bytes:
    """Return an invoice, receipt or credit note as PDF, and remember its SHA-256.

    The same invoice is the same file, until a newer printer draws it otherwise; both then count.
    """
    document = printed(read_invoiced(invoice.content), digest=invoice.digest)
    content = print_pdf(document=document)
    InvoiceFile.objects.get_or_create(
        sha256=hashlib.sha256(content).hexdigest(), defaults={"invoice": invoice, "made_at": at}
    )
    return content
