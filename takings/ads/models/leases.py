"""Money that advertisers pay in, and what of it ad servers hold."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.ads.models.campaigns import Campaign
from takings.ads.models.line_items import LineItem
from takings.money import Money


class Deposit(models.Model):
    """Money an advertiser paid in advance. ``id`` is the caller's, and the ledger entry's too."""

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey("people.Brand", on_delete=models.PROTECT, related_name="deposits")
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    deposited_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="deposit_is_positive"),
        ]

    @override
    def __str__(self) -> str:
        """Show who paid how much."""
        return f"{self.brand}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What was paid."""
        return Money(self.amount_micros, self.currency)


class Lease(models.Model):
    """Money of a campaign that one ad server holds for a line item, to decide without asking.

    ``room`` (amount − returned − charged) is what may still be charged. After ``expires_at`` the
    server decides no more on it; when no beacon can be on its way, the rest goes back and
    ``closed_at`` is set.
    """

    id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="leases")
    line_item = models.ForeignKey(LineItem, on_delete=models.PROTECT, related_name="leases")
    server = models.CharField(max_length=64)
    amount_micros = models.BigIntegerField()
    charged_micros = models.BigIntegerField(default=0)
    returned_micros = models.BigIntegerField(default=0)
    leased_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index of what is still to be closed."""

        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(closed_at__isnull=True), name="lease_open"
            ),
            models.Index(fields=["line_item", "leased_at"], name="leases_of_a_days_line"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(charged_micros__gte=0, returned_micros__gte=0)
                & Q(amount_micros__gte=F("charged_micros") + F("returned_micros")),
                name="a_lease_is_never_overspent",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(amount_micros=F("charged_micros") + F("returned_micros")),
                name="a_closed_lease_holds_nothing",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what is held for which campaign."""
        return f"{self.server} holds {self.room_micros} of {self.line_item_id}"

    @property
    def room_micros(self) -> int:
        """What may still be charged, in micro-units of the campaign's currency."""
        return self.amount_micros - self.returned_micros - self.charged_micros
