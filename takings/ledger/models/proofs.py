"""Table of the proofs: how far the books were proved, and when."""

from django.db import models
from typing_extensions import override


class Proof(models.Model):
    """One run that proved the books: a fact, appended and never changed.

    Everything up to item ``upto`` was decided again, ``batch_count`` batches of the journal hashed
    again, the first ``heads_bytes`` of the published heads compared. ``turn`` says which of the 60
    parts of the old was proved again, ``is_full`` that all of it was.
    """

    proved_at = models.DateTimeField()
    is_full = models.BooleanField()
    turn = models.PositiveSmallIntegerField()
    upto = models.BigIntegerField()
    batch_count = models.BigIntegerField()
    heads_bytes = models.BigIntegerField()
    finding_count = models.PositiveIntegerField()

    @override
    def __str__(self) -> str:
        """Show how far."""
        return f"proved up to {self.upto}"
