"""Money for authorities: proposed by one person, answered by another; then it is in the books."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class Purpose(models.TextChoices):
    """Why money goes to an authority, or comes from it."""

    TAX = "tax", "Tax is paid"
    REFUND = "refund", "Tax is paid back to us"
    UNCLAIMED = "unclaimed", "Unclaimed balances are handed over"


class Remittance(models.Model):
    """A payment to or from an authority, under its ``reference``; the id is the caller's.

    ``offset_micros`` is what the authority owed back and kept. Only the answer is ever added, once
    (migration 0006_remitting).
    """

    id = models.UUIDField(primary_key=True)
    purpose = models.CharField(max_length=9, choices=Purpose)
    account = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    paid_micros = models.BigIntegerField()
    offset_micros = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=120)
    proposed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    is_approved = models.BooleanField(null=True)
    answered_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws: four eyes, one entry if approved, one payment per reference."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("proposed_by")),
                name="another_person_answers_a_remittance",
            ),
            models.CheckConstraint(
                condition=Q(
                    is_approved__isnull=True, answered_by__isnull=True, answered_at__isnull=True
                )
                | Q(
                    is_approved__isnull=False, answered_by__isnull=False, answered_at__isnull=False
                ),
                name="the_answer_to_a_remittance_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(is_approved__isnull=False, is_approved=True, entry_id__isnull=False)
                | (Q(is_approved__isnull=True) | Q(is_approved=False)) & Q(entry_id__isnull=True),
                name="only_an_approved_remittance_is_posted",
            ),
            models.CheckConstraint(
                condition=Q(paid_micros__gt=0, offset_micros__gte=0) & ~Q(reference=""),
                name="a_remittance_pays_for_a_reference",
            ),
            models.UniqueConstraint(
                fields=["account", "currency"],
                condition=Q(is_approved__isnull=True),
                name="an_authority_waits_for_one_answer",
            ),
            models.UniqueConstraint(
                fields=["purpose", "account", "reference"],
                condition=Q(is_approved=True),
                name="a_reference_is_paid_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show account and amount."""
        return f"{self.account}: {self.paid_micros} {self.currency}"

    @property
    def paid(self) -> Money:
        """What the bank moves."""
        return Money(self.paid_micros, self.currency)

    @property
    def offset(self) -> Money:
        """What the authority owed back and kept."""
        return Money(self.offset_micros, self.currency)
