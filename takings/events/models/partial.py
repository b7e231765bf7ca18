"""The register of days that were counted: from what, by which rules, at what cost."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from typing_extensions import override


class Partial(models.Model):
    """One count of a whole UTC day, kept as a file beside the lake.

    ``kind`` is what was counted (``counts``, ``watching``); ``rules`` the SHA-256 of the text that
    counted with the policy's numbers in it; ``input_digest`` that of the day's files, ``digest``
    that of the partial's bytes, which its ``name`` ends with. ``event_count`` and
    ``event_byte_count`` were read, in ``took_ms``. The database says when.
    """

    day = models.DateField()
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    policy_version = models.CharField(max_length=40)
    rules = models.CharField(max_length=64)
    snapshot_id = models.BigIntegerField()
    input_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    row_count = models.BigIntegerField()
    byte_count = models.BigIntegerField()
    event_count = models.BigIntegerField()
    event_byte_count = models.BigIntegerField()
    took_ms = models.BigIntegerField()
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Database laws: a file is registered once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "name"], name="a_partial_is_registered_once"),
            models.CheckConstraint(
                condition=models.Q(row_count__gte=0, byte_count__gt=0, event_count__gt=0),
                name="a_partial_counts_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the day and the file."""
        return f"{self.day} {self.name}"
