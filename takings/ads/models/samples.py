"""A sample of requests for ads, from which forecasts are made. It names no viewer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class SampledRequest(models.Model):
    """One request for an ad, as one of ``weight_ppm`` / 1,000,000 like it.

    Kept of it is what ads are aimed by: when (to the quarter of an hour), where, next to which
    video. ``placement`` is a :class:`~rules.tokens.Placement`; ``to_win_micros`` is what an
    impression had to be worth there. Rows are added and, after four weeks, deleted.
    """

    quarter_at = models.DateTimeField(db_index=True)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=6, blank=True, default="")
    language = models.CharField(max_length=2, blank=True)
    device = models.CharField(max_length=8, blank=True)
    placement = models.PositiveSmallIntegerField()
    after_video_id = models.UUIDField()
    floor_micros = models.BigIntegerField()
    to_win_micros = models.BigIntegerField()
    weight_ppm = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weight_ppm__gte=1_000_000), name="a_sample_stands_for_one_at_least"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show when and where."""
        return f"{self.quarter_at:%Y-%m-%d %H:%M} {self.country}"
