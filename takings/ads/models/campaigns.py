"""Campaigns: one budget, spent by their line items."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class Status(models.TextChoices):
    """Where a campaign stands; each change is also a :class:`CampaignStep`."""

    DRAFTED = "drafted", "Draft"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


class Campaign(models.Model):
    """What a brand wants to spend in all; its :class:`LineItem` rows say on what.

    ``committed_micros`` is what ad servers hold of the budget plus what was charged, by all line
    items together. What viewers see of it are its :class:`Creative` rows, each viewer at most as
    often as the caps say.
    """

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey("people.Brand", on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=4)
    budget_micros = models.BigIntegerField()
    committed_micros = models.BigIntegerField(default=0)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFTED)
    hour_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    day_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    week_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    drafted_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(committed_micros__gte=0, committed_micros__lte=F("budget_micros")),
                name="budget_is_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(hour_cap__gt=0, day_cap__gt=0, week_cap__gt=0),
                name="campaign_caps_are_positive",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name

    @property
    def budget(self) -> Money:
        """What may be spent in all."""
        return Money(self.budget_micros, self.currency)

    @property
    def committed(self) -> Money:
        """What is charged or held by ad servers."""
        return Money(self.committed_micros, self.currency)


class CampaignStep(models.Model):
    """One change of a campaign's status: to what, when, by whom."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=8, choices=Status)
    taken_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show the new status."""
        return f"{self.campaign} → {self.status}"
