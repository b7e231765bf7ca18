"""The register of what is in the lake, one row per segment."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class Segment(models.Model):
    """A sealed log file (or an appended table) that the lake holds, exactly once.

    ``sha256`` is of the sealed file's bytes. ``announced_at`` is when the streams above were told;
    until then the next shipping tells them again.
    """

    name = models.CharField(max_length=80, primary_key=True)
    sha256 = models.CharField(max_length=64)
    row_count = models.BigIntegerField()
    byte_count = models.BigIntegerField()
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    snapshot_id = models.BigIntegerField()
    shipped_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws, and the index of what is still to be told."""

        indexes: ClassVar = [
            models.Index(
                fields=["shipped_at", "name"],
                condition=models.Q(announced_at__isnull=True),
                name="segment_unannounced",
            ),
            models.Index(fields=["snapshot_id"], name="segment_snapshot"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(row_count__gte=0) & models.Q(byte_count__gte=0),
                name="segment_sizes_are_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(row_count=0)
                | models.Q(first_day__isnull=False, last_day__gte=models.F("first_day")),
                name="segment_with_rows_has_days",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name
