"""Creators as advertisers of their own videos."""

from django.db import models
from typing_extensions import override


class Promoter(models.Model):
    """The brand under which a creator promotes own videos, and nothing else. Never changed.

    Its prepaid money are the creator's promotion credits: they were earned, and are not paid out.
    """

    brand = models.OneToOneField(
        "people.Brand", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    creator = models.OneToOneField(
        "people.Creator", on_delete=models.PROTECT, related_name="promoter"
    )
    opened_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the brand."""
        return str(self.brand)
