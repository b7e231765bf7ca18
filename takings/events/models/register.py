"""The register of the lake: every version it ever had, and every file that ever belonged to one.

Iceberg forgets a version once it is expired; the register does not. So what a settlement read can
be named for ever: a file is in a version that is not older than the one that added it and older
than the one that removed it.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override


class Operation(models.TextChoices):
    """What made a version of the lake."""

    APPENDED = "appended", "Segments were added"
    COMPACTED = "compacted", "Many files became few"
    ERASED = "erased", "Somebody's events were pseudonymised"
    DROPPED = "dropped", "Days were dropped that are older than is kept"


class Gone(models.TextChoices):
    """Why a file was deleted."""

    ERASED = "erased", "somebody in it was erased"
    DROPPED = "dropped", "it was older than is kept"
    UNUSED = "unused", "no version that is kept names it"


class Snapshot(models.Model):
    """One version of the lake. ``id`` is Iceberg's; ``number`` counts versions in their order.

    ``expired_at`` is when Iceberg was told to forget it.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField(unique=True)
    operation = models.CharField(max_length=12, choices=Operation)
    committed_at = models.DateTimeField()
    expired_at = models.DateTimeField(null=True)

    @override
    def __str__(self) -> str:
        """Show the id."""
        return str(self.id)


class LakeFile(models.Model):
    """One data file: what it holds, and in which versions of the lake it is.

    ``name`` is its path below the table's folder. ``sha256`` is of its bytes as they were written,
    or empty until ``verify_files`` has read them: a crash or an older release left it so. The times
    are of arrival at the collector and of the views' beginnings, to the millisecond.
    """

    name = models.CharField(max_length=300, unique=True)
    day = models.DateField()
    row_count = models.BigIntegerField()
    byte_count = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    first_received_at = models.DateTimeField()
    last_received_at = models.DateTimeField()
    first_view_at = models.DateTimeField()
    last_view_at = models.DateTimeField()
    added = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="files")
    removed = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, null=True, related_name="removed_files"
    )
    verified_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    gone = models.CharField(max_length=8, choices=Gone, blank=True)

    class Meta:
        """Database laws."""

        indexes: ClassVar = [models.Index(fields=["day", "name"], name="lake_file_by_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(row_count__gt=0, byte_count__gt=0), name="a_lake_file_is_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(last_received_at__gte=F("first_received_at"))
                & Q(last_view_at__gte=F("first_view_at")),
                name="a_lake_file_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="a_lake_file_has_a_sha256",
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None, gone="")
                | Q(deleted_at__isnull=False, removed__isnull=False) & ~Q(gone=""),
                name="only_a_removed_lake_file_is_deleted",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name
