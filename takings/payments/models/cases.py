"""What does not fit: a case with an age and an owner, never silence."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class Case(models.Model):
    """A contradiction between a provider and the books, open until somebody says what it was.

    ``kind`` and ``key`` tell it from any other of its provider; found again while open, it stays
    one case. Only a refund that goes through later ends its case without a person.
    """

    class Kind(models.TextChoices):
        """What does not fit."""

        UNKNOWN_OBJECT = "unknown_object", "Message about a payment we do not know"
        AMOUNT_DIFFERS = "amount_differs", "Paid is not what was asked"
        PAID_TWICE = "paid_twice", "Paid a second time"
        TAKEN_BEYOND = "taken_beyond", "More was taken than was paid"
        FACT_CHANGED = "fact_changed", "Told again, with other amounts"
        NOT_BOOKED = "not_booked", "Told, but it cannot be booked"
        NEVER_ARRIVED = "never_arrived", "A call never reached the provider"
        NO_ANSWER = "no_answer", "A refund is asked for, and not answered for days"
        NOT_REFUNDED = "not_refunded", "A refund did not go through"
        NOT_IN_BOOKS = "not_in_books", "In the report, not in the books"
        NOT_IN_REPORT = "not_in_report", "In the books, not in the report"
        AMOUNTS_DIFFER = "amounts_differ", "Report and books differ"
        BALANCE_DIFFERS = "balance_differs", "Balances differ"

    provider = models.CharField(max_length=16)
    kind = models.CharField(max_length=16, choices=Kind)
    key = models.CharField(max_length=160)
    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    sentence = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    owner = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_why = models.CharField(max_length=500, blank=True)

    class Meta:
        """Database laws; the oldest first."""

        ordering: ClassVar = ["opened_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "kind", "key"],
                condition=Q(closed_at__isnull=True),
                name="an_open_case_is_one_case",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | ~Q(closed_why="") & (Q(owner__isnull=False) | Q(kind="not_refunded")),
                name="a_closed_case_says_who_and_why",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what does not fit."""
        return f"{self.provider} {self.kind} {self.key}"


class Reconciliation(models.Model):
    """One comparison of a provider's day with the books."""

    provider = models.CharField(max_length=16)
    day = models.DateField()
    line_count = models.PositiveIntegerField()
    difference_count = models.PositiveIntegerField()
    reconciled_at = models.DateTimeField()

    class Meta:
        """The newest last."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show whose day it was."""
        return f"{self.provider} {self.day}"


class Evidence(models.Model):
    """What we sent to a provider about a dispute, word by word, and who sent it."""

    payment = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, related_name="evidence"
    )
    dispute = models.CharField(max_length=80)
    text = models.TextField()
    sent_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    stored_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payment", "dispute"], name="a_dispute_is_answered_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show which dispute it answers."""
        return self.dispute
