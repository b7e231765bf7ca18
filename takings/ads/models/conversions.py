"""What advertisers want people to do after a click, and what they reported. Rows never change."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money


class Goal(models.Model):
    """What an advertiser counts, and for how many days after a click."""

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey("people.Brand", on_delete=models.PROTECT, related_name="goals")
    name = models.CharField(max_length=80)
    click_days = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class GoalSecret(models.Model):
    """The number of a goal's secret, who asked for it and when; only the newest one holds."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="secrets")
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["goal", "number"], name="secrets_are_numbered"),
        ]

    @override
    def __str__(self) -> str:
        """Show goal and number."""
        return f"{self.goal_id} secret {self.number}"


class Conversion(models.Model):
    """One order that followed a click. ``source`` is who told: the page or the server."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="conversions")
    order_id = models.CharField(max_length=64)
    campaign = models.ForeignKey(
        "ads.Campaign", on_delete=models.PROTECT, related_name="conversions"
    )
    decision_id = models.UUIDField()
    country = models.CharField(max_length=2)
    source = models.CharField(max_length=8, choices=[("page", "Page"), ("server", "Server")])
    clicked_at = models.DateTimeField()
    converted_at = models.DateTimeField()
    currency = models.CharField(max_length=4)
    value_micros = models.BigIntegerField(null=True)
    paid: Money | None = None  # by ``queries.newest_conversions``

    class Meta:
        """Database laws, and the index of a campaign's report."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "converted_at"], name="conversions_of_a_campaign"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["goal", "order_id"], name="an_order_converts_once"),
            models.CheckConstraint(
                condition=Q(value_micros__isnull=True) | Q(value_micros__gte=0),
                name="a_conversion_is_not_negative",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the order."""
        return f"{self.goal}: {self.order_id}"

    @property
    def value(self) -> Money | None:
        """What the order came to, if that was told."""
        return None if self.value_micros is None else Money(self.value_micros, self.currency)


class RefusedReports(models.Model):
    """How many reports of a goal were refused on a UTC day for one reason: a statistic."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="refused")
    day = models.DateField()
    reason = models.CharField(max_length=20)
    report_count = models.BigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["goal", "day", "reason"], name="refusals_are_counted_in_one_row"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show day, reason and count."""
        return f"{self.day} {self.reason}: {self.report_count}"
