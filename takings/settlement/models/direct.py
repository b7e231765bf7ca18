"""Money that never was in a pool: it belonged to one creator from the first instant."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.settlement.rules import PoolKey


class DirectEarning(models.Model):
    """What an entry brought a creator for a day: of ``count`` ads, gifts or sales, ``share``.

    What was taken back is another row, and negative. The close makes a line of all rows of a video
    (or of the channel), day and country. ``product`` says where it comes from, as a pool's would.
    """

    entry_id = models.UUIDField()
    product = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    period = models.CharField(max_length=16)
    currency = models.CharField(max_length=4)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.IntegerField()
    total_micros = models.BigIntegerField()
    share_micros = models.BigIntegerField()
    earned_at = models.DateTimeField()

    class Meta:
        """Database laws, and the index of a period's earnings; rows never change (0013)."""

        indexes: ClassVar = [
            models.Index(fields=["period", "creator"], name="direct_earnings_of_a_period"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry_id", "video", "day", "currency"],
                name="an_entry_earns_a_day_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    count__gt=0,
                    total_micros__gt=0,
                    share_micros__gte=0,
                    share_micros__lte=F("total_micros"),
                )
                | Q(
                    count__lt=0,
                    total_micros__lt=0,
                    share_micros__lte=0,
                    share_micros__gte=F("total_micros"),
                ),
                name="a_direct_share_is_within_its_total",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show video, day and share."""
        return f"{self.video_id} {self.day} {self.country}: {self.share_micros} {self.currency}"

    @property
    def key(self) -> PoolKey:
        """The place of its line among those of pools; no account has this name."""
        return PoolKey(self.period, self.country, self.currency, self.product)

    @property
    def total(self) -> Money:
        """What came in for it, or was given back."""
        return Money(self.total_micros, self.currency)

    @property
    def share(self) -> Money:
        """What the creator got, or gave back."""
        return Money(self.share_micros, self.currency)
