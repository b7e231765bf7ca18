"""What goes back of a parcel, and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.shop.models.orders import OrderLine, Parcel


class ReturnState(models.TextChoices):
    """What became of a return."""

    ASKED = "asked", "Asked"
    DECLINED = "declined", "Declined by the seller"
    CONTESTED = "contested", "Before an operator"
    AGREED = "agreed", "Paid back"
    REFUSED = "refused", "Refused by an operator"
    TAKEN = "taken", "Withdrawn"


OPEN_RETURNS = (ReturnState.ASKED, ReturnState.DECLINED, ReturnState.CONTESTED)


class Return(models.Model):
    """Lines of a parcel that go back. Agreed, its amount is refunded.

    A seller who does not answer until ``answer_by`` agrees. ``refunded_at`` is when the card
    company was asked. ``why`` is the buyer's word, ``answer`` the seller's or an operator's.
    """

    id = models.UUIDField(primary_key=True)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="returns")
    state = models.CharField(max_length=9, choices=ReturnState)
    why = models.CharField(max_length=300)
    answer = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index of refunds that are still to be asked for."""

        ordering: ClassVar = ["asked_at", "pk"]
        indexes: ClassVar = [
            models.Index(
                fields=["agreed_at"],
                condition=Q(state="agreed", refunded_at__isnull=True),
                name="returns_to_refund",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="agreed", agreed_at__isnull=False)
                | (~Q(state="agreed") & Q(agreed_at__isnull=True)),
                name="what_is_agreed_says_when",
            ),
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(state__in=["asked", "declined", "contested"]),
                name="a_parcel_has_one_open_return",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show of what."""
        return f"Return of {self.parcel_id}"


class ReturnLine(models.Model):
    """So many pieces of a line go back, for so much."""

    of = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="return_lines")
    quantity = models.PositiveSmallIntegerField()
    gross_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["of", "line"], name="a_return_names_a_line_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, gross_micros__gte=0), name="a_return_is_of_something"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what goes back."""
        return f"{self.quantity} × {self.line.title}"
