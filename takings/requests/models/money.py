"""What left the escrow of a request for its creator, and came back. Rows never change."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.requests.models.requests import Request


class Release(models.Model):
    """What a request brought: ``total`` left the escrow, ``share`` of it for its creator."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField()
    entry_id = models.UUIDField(unique=True)
    period = models.CharField(max_length=16)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    total_micros = models.BigIntegerField()
    share_micros = models.BigIntegerField()
    released_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "number"], name="a_release_of_a_request_has_its_number"
            ),
            models.CheckConstraint(
                condition=Q(total_micros__gt=0, share_micros__gte=0)
                & Q(share_micros__lte=F("total_micros")),
                name="a_release_shares_what_it_moves",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how much."""
        return f"{self.request}: {self.total_micros} {self.currency}"

    @property
    def total(self) -> Money:
        """What left the escrow."""
        return Money(self.total_micros, self.currency)

    @property
    def share(self) -> Money:
        """What of it was the creator's."""
        return Money(self.share_micros, self.currency)


class TakenBack(models.Model):
    """A release that was taken back into the escrow, all of it, and why."""

    release = models.OneToOneField(
        Release, on_delete=models.PROTECT, primary_key=True, related_name="taken_back"
    )
    entry_id = models.UUIDField(unique=True)
    why = models.CharField(max_length=300)
    taken_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show what of."""
        return f"Taken back: {self.release}"
