"""Money of a creator that a named decision keeps back until a day."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class EarningsHold(models.Model):
    """So much of a creator's payable money is held, why, by whom and until when.

    ``id`` is the caller's. The creator reads the reason. Rows never change: that it was lifted is a
    :class:`HoldLift`. A reserve is held by the policy of a ``release``, all others by a person.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    held_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    release = models.OneToOneField(
        "settlement.Release", on_delete=models.PROTECT, null=True, related_name="reserve"
    )
    held_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    entry_id = models.UUIDField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="a_hold_holds_something"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("held_at")), name="a_hold_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_hold_has_a_reason"),
            models.CheckConstraint(
                condition=Q(held_by__isnull=True) ^ Q(release__isnull=True),
                name="a_person_or_a_policy_holds",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show creator and amount."""
        return f"{self.creator_id}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What is held."""
        return Money(self.amount_micros, self.currency)


class HoldLift(models.Model):
    """A hold's money went back to payable; ``lifted_by`` is empty when its time was over."""

    hold = models.OneToOneField(EarningsHold, on_delete=models.PROTECT, related_name="lift")
    lifted_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    lifted_at = models.DateTimeField()
    entry_id = models.UUIDField()

    @override
    def __str__(self) -> str:
        """Show the hold."""
        return f"lift of {self.hold_id}"
