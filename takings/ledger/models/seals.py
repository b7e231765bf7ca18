"""Tables of the seals: which batch an entry is in, and the tree over all batches.

Written by ``actions.seal_entries`` and ``actions.sign_head`` alone, after the entries are committed
and never in a writer's way; rows never change.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class Unsealed(models.Model):
    """A posting whose entries wait for their seal, queued in the transaction that writes them."""

    number = models.BigIntegerField(primary_key=True)

    @override
    def __str__(self) -> str:
        """Show which posting."""
        return f"posting {self.number}"


class Batch(models.Model):
    """A sealed batch of entries: a leaf of the tree.

    Numbers begin at 0 and have no gaps: each row references the one before it (``0004_sealing``).
    ``root`` is that of the tree up to and with this batch.
    """

    number = models.BigIntegerField(primary_key=True)
    entry_count = models.PositiveIntegerField()
    entries_root = models.BinaryField(max_length=32)
    root = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__gte=0), name="batches_begin_at_zero"),
            models.CheckConstraint(condition=Q(entry_count__gte=1), name="batch_has_entries"),
        ]

    @override
    def __str__(self) -> str:
        """Show which batch."""
        return f"batch {self.number}"


class SealedEntry(models.Model):
    """An entry's place: its batch, its position there from 0, and the leaf hash of what it said."""

    number = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    position = models.PositiveIntegerField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "position"], name="sealed_entry_has_its_place"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the place."""
        return f"batch {self.batch_id}, position {self.position}"


class TreeNode(models.Model):
    """The hash of a full subtree over the batches [index·2ˡᵉᵛᵉˡ, (index + 1)·2ˡᵉᵛᵉˡ)."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    @override
    def __str__(self) -> str:
        """Show the place in the tree."""
        return f"level {self.level}, index {self.index}"


class TreeHead(models.Model):
    """A signed statement: the tree of the first ``size`` batches has this root."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    signed_at = models.DateTimeField()
    public_key = models.BinaryField(max_length=32)
    signature = models.BinaryField(max_length=64)

    @override
    def __str__(self) -> str:
        """Show the size."""
        return f"tree of {self.size} batches"
