"""Tables of the archive: which months of transfers are in a file, and what they summed to."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from takings.ledger.models.books import Account


class Archive(models.Model):
    """A month of transfers went into a file (``is_archived``), or came back from it: a fact.

    The newest of a month says where its transfers are. ``digest`` is the file's SHA-256.
    """

    month = models.DateField()
    is_archived = models.BooleanField()
    file_name = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32)
    transfer_count = models.BigIntegerField()
    happened_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the month."""
        return f"transfers of {self.month:%Y-%m}"


class ArchiveSum(models.Model):
    """What the transfers of an archived month came to on one account, in micro-units."""

    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="sums")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    debits_micros = models.BigIntegerField()
    credits_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["archive", "account"], name="archive_sums_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show which account of which archive."""
        return f"account {self.account_id} in archive {self.archive_id}"
