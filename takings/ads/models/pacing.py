"""How fast a line item spends, where its advertiser chose that it waits."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.ads.models.line_items import LineItem


class Pace(models.Model):
    """A line item that spreads its budget evenly over its days; without a row it does not wait.

    ``pace_ppm`` is the part of opportunities it takes since ``set_at``; ad servers read it.
    """

    line_item = models.OneToOneField(
        LineItem, on_delete=models.PROTECT, primary_key=True, related_name="pace"
    )
    pace_ppm = models.PositiveIntegerField()
    set_at = models.DateTimeField()
    chosen_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(pace_ppm__gt=0, pace_ppm__lte=1_000_000),
                name="a_pace_is_a_part_of_the_whole",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the line item and its pace."""
        return f"{self.line_item_id}: {self.pace_ppm} ppm"

    @property
    def percent(self) -> int:
        """The pace in whole percent, as an advertiser reads it."""
        return -(-self.pace_ppm // 10_000)
