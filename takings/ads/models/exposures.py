"""Which capped ads were chosen for whom: what frequency caps count, for a week."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from takings.ads.models.line_items import LineItem


class Exposure(models.Model):
    """One decision for a viewer, of a line item with a frequency cap; ``video_id`` is the ad's.

    It counts against caps until ``counts_until``. A statistic, never money: it is deleted after a
    week, and with whoever is erased.
    """

    decision_id = models.UUIDField(primary_key=True)
    viewer_id = models.UUIDField()
    line_item = models.ForeignKey(
        LineItem, on_delete=models.PROTECT, related_name="exposures", db_index=False
    )
    video_id = models.UUIDField()
    served_at = models.DateTimeField()
    counts_until = models.DateTimeField()

    class Meta:
        """The index by which ad servers ask."""

        indexes: ClassVar = [
            models.Index(fields=["viewer_id", "served_at"], name="exposures_of_a_viewer"),
        ]

    @override
    def __str__(self) -> str:
        """Show the decision."""
        return str(self.decision_id)
