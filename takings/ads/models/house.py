"""The platform as an advertiser of itself."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class House(models.Model):
    """The brand under which the platform shows ads of its own: one at most. Never changed.

    Its campaigns cost nothing, and are shown where no ad is that is paid for.
    """

    brand = models.OneToOneField(
        "people.Brand", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    is_only = models.BooleanField(default=True, unique=True)
    opened_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(is_only=True), name="there_is_one_house"),
        ]

    @override
    def __str__(self) -> str:
        """Show the brand."""
        return str(self.brand)
