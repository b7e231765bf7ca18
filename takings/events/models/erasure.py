"""Erasures: whose events are being pseudonymised, until that is done; then only that it was."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class Erasure(models.Model):
    """One person's erasure from the lake. The id is the caller's.

    ``viewer_id`` and the key that makes the pseudonyms are forgotten when it is finished: then
    nobody can tell who it was, nor which rows they are.
    """

    id = models.UUIDField(primary_key=True)
    viewer_id = models.UUIDField(null=True)
    key = models.BinaryField(null=True)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    row_count = models.BigIntegerField(default=0)
    file_count = models.BigIntegerField(default=0)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(finished_at=None, viewer_id__isnull=False, key__isnull=False)
                | Q(finished_at__isnull=False, viewer_id=None, key=None),
                name="a_finished_erasure_names_nobody",
            ),
            models.UniqueConstraint(
                fields=["viewer_id"], name="a_person_is_being_erased_once_at_a_time"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the id."""
        return f"erasure {self.pk}"
