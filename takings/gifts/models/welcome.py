"""What creators say about gifts: whether they want any, and from whom not."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class Welcome(models.Model):
    """A creator's say. Without a row gifts are welcome."""

    creator = models.OneToOneField(
        "people.Creator", on_delete=models.PROTECT, primary_key=True, related_name="gift_welcome"
    )
    is_open = models.BooleanField(default=True)

    @override
    def __str__(self) -> str:
        """Show whose it is."""
        return f"Gifts for {self.creator}"


class GiftBlock(models.Model):
    """Somebody whose gifts a creator does not want, from ``blocked_at`` until ``ended_at``."""

    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    blocked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "user"],
                condition=Q(ended_at__isnull=True),
                name="one_gift_block_at_a_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whom."""
        return f"{self.creator} wants no gifts of {self.user}"
