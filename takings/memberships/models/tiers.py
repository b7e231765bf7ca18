"""What creators offer: tiers, and what each costs from when on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money


class Tier(models.Model):
    """What members of a creator may be; who has a higher ``rank`` has all of the lower ones.

    ``gives`` says what it gives, ``welcome`` is told to who joins. Archived, nobody new joins it;
    its members stay.
    """

    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="tiers")
    rank = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    gives = models.CharField(max_length=1000)
    welcome = models.CharField(max_length=1000, blank=True)
    opened_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rank__gte=1), name="ranks_of_tiers_begin_at_one"),
            models.UniqueConstraint(
                fields=["creator", "rank"],
                condition=Q(archived_at__isnull=True),
                name="a_rank_is_offered_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what and whose."""
        return f"{self.name} of {self.creator}"


class TierPrice(models.Model):
    """What a month costs in a currency, taxes included, from when it was said. Never changed.

    Without a price it is not sold in that currency any more; its members stay.
    """

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="prices")
    currency = models.CharField(max_length=3)
    price_micros = models.BigIntegerField(null=True)
    said_at = models.DateTimeField()

    class Meta:
        """Database laws; prices are read in the order in which they were said."""

        ordering: ClassVar = ["said_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_micros__isnull=True) | Q(price_micros__gt=0),
                name="a_tier_costs_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how much."""
        return f"{self.tier}: {self.price_micros} {self.currency}"

    @property
    def price(self) -> Money | None:
        """What a month costs; nothing where it is not sold."""
        return None if self.price_micros is None else Money(self.price_micros, self.currency)
