"""Tables of invoicing. An invoice never changes: what was wrong is taken back by a credit note.

Amounts are micro-units of ``currency``, in whole payable units.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class BillingDetails(models.Model):
    """How a customer wants to be addressed, from an instant on; the newest row holds."""

    customer = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=120)
    address = models.TextField(max_length=500)
    country = models.CharField(max_length=2)
    tax_id = models.CharField(max_length=32, blank=True)
    given_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show customer and name."""
        return f"{self.customer}: {self.name}"


class Invoice(models.Model):
    """An invoice, receipt or credit note: one number of a series of a legal entity.

    ``number`` follows the one before without a gap; PostgreSQL refuses every other (migration
    0001_invoices). ``reference`` names the fact it is for, ``content`` is all that it says.
    """

    id = models.UUIDField(primary_key=True)
    entity = models.CharField(max_length=8)
    series = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    code = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=12)
    reference = models.CharField(max_length=120)
    customer = models.CharField(max_length=64)
    currency = models.CharField(max_length=4)
    net_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField()
    gross_micros = models.BigIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64, db_index=True)
    issued_at = models.DateTimeField()
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections"
    )

    class Meta:
        """Database laws and the index of a customer's page."""

        indexes: ClassVar = [
            models.Index(fields=["customer", "issued_at"], name="invoices_of_a_customer"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entity", "series", "number"], name="a_number_is_given_once"
            ),
            models.UniqueConstraint(fields=["kind", "reference"], name="a_fact_is_invoiced_once"),
            models.CheckConstraint(
                condition=Q(gross_micros=F("net_micros") + F("tax_micros")),
                name="net_and_tax_are_gross",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note", corrects__isnull=False)
                | Q(kind__in=["invoice", "receipt", "self_billed"], corrects__isnull=True),
                name="only_credit_notes_correct",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the number as printed."""
        return self.code

    @property
    def gross(self) -> Money:
        """What it comes to, tax included."""
        return Money(self.gross_micros, self.currency)

    @property
    def tax(self) -> Money:
        """What of it is tax."""
        return Money(self.tax_micros, self.currency)


class InvoiceFile(models.Model):
    """A PDF that was given out: its SHA-256 tells it from every other. Rows never change."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the invoice."""
        return f"{self.invoice_id}.pdf"
