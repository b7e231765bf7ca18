"""Which ads creators do not want on their videos."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from typing_extensions import override


class AdChoice(models.Model):
    """The ad categories that a creator keeps away; without a row, or with none, all may come."""

    creator = models.OneToOneField(
        "people.Creator", on_delete=models.PROTECT, primary_key=True, related_name="ad_choice"
    )
    blocked_categories = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    chosen_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show whose it is, and what is kept away."""
        return f"{self.creator}: {' '.join(self.blocked_categories)}"
