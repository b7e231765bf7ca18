"""Invoices that we write in a creator's name: which statements each one is for."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class SelfBill(models.Model):
    """An invoice to us in a creator's name; ``entry_id`` is where its VAT is, if it has any."""

    invoice = models.OneToOneField(
        "invoicing.Invoice", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    entry_id = models.UUIDField(null=True)

    @override
    def __str__(self) -> str:
        """Show the number."""
        return str(self.invoice)


class BilledStatement(models.Model):
    """A statement on a bill: so many whole cents of it, with what statements before had left."""

    statement = models.OneToOneField(
        "settlement.Statement", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    bill = models.ForeignKey(SelfBill, on_delete=models.PROTECT, related_name="statements")
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount_micros__gte=0), name="a_statement_bills_no_less_than_none"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the statement."""
        return f"statement {self.statement_id}: {self.amount_micros}"
