"""Runs of retention: what was dropped, each a row."""

from django.db import models
from typing_extensions import override


class Retention(models.Model):
    """One run: the days and files dropped, and the versions that were given up.

    ``stray_count`` counts files that no version ever named: a process died while writing them.
    """

    ran_at = models.DateTimeField()
    keep_days = models.PositiveIntegerField()
    day_count = models.PositiveIntegerField()
    row_count = models.BigIntegerField()
    file_count = models.PositiveIntegerField()
    byte_count = models.BigIntegerField()
    snapshot_count = models.PositiveIntegerField()
    stray_count = models.PositiveIntegerField()

    @override
    def __str__(self) -> str:
        """Show when."""
        return f"retention of {self.ran_at:%Y-%m-%d %H:%M}"
