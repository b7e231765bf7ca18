"""Money for authorities: proposed by one person, answered by another; then it is in the books."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.people.models import Proposal, four_eyes


class Purpose(models.TextChoices):
    """Why money goes to an authority, or comes from it."""

    TAX = "tax", "Tax is paid"
    REFUND = "refund", "Tax is paid back to us"
    UNCLAIMED = "unclaimed", "Unclaimed balances are handed over"


class Remittance(Proposal):
    """A payment to or from an authority, under its ``reference``; the id is the caller's.

    ``offset_micros`` is what the authority owed back and kept. Only the answer is ever added, once
    (migration 0006_remitting).
    """

    purpose = models.CharField(max_length=9, choices=Purpose)
    account = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    paid_micros = models.BigIntegerField()
    offset_micros = models.BigIntegerField(default=0)
    reference = models.CharField(max_length=120)
    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws: four eyes, one entry if approved, one payment per reference."""

        constraints: ClassVar = [
            *four_eyes(
                another="another_person_answers_a_remittance",
                whole="the_answer_to_a_remittance_is_whole",
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
