"""What was told, kept for some minutes, and how far it is numbered."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override


class Event(models.Model):
    """One note; ``number`` is its place among all, given once it is committed.

    Not the key: keys are taken before a transaction ends, and transactions end in any order.
    """

    topic = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    body = models.TextField()
    may_drop = models.BooleanField()
    published_at = models.DateTimeField()
    number = models.BigIntegerField(null=True, unique=True)

    class Meta:
        """What waits for its number, and what a topic told after one."""

        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(number__isnull=True), name="events_to_number"),
            models.Index(fields=["topic", "number"], name="events_of_a_topic"),
        ]

    @override
    def __str__(self) -> str:
        """Show what was told where."""
        return f"{self.number or '?'} {self.topic} {self.kind}"


class Count(models.Model):
    """How many events were numbered, and how many of these are forgotten; one row.

    Who holds its lock gives numbers. Nobody else ever waits for it.
    """

    ONLY = 1
    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    last = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_count_of_events"),
            models.CheckConstraint(
                condition=Q(forgotten__gte=0, forgotten__lte=F("last")),
                name="only_what_was_told_is_forgotten",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how far."""
        return str(self.last)
