"""Licence keys that wait for a buyer, or have one."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.shop.models.catalogue import Variant
from takings.shop.models.orders import OrderLine


class LicenceKey(models.Model):
    """What a piece of a variant is opened with; ``line`` is whose it is, since ``given_at``."""

    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="licence_keys")
    content = models.CharField(max_length=200)
    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, related_name="licence_keys"
    )
    given_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws, and the index by which the next one is found."""

        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["variant"], condition=Q(line__isnull=True), name="keys_that_wait"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["variant", "content"], name="a_key_is_sold_once"),
            models.CheckConstraint(
                condition=Q(line__isnull=True, given_at__isnull=True)
                | Q(line__isnull=False, given_at__isnull=False),
                name="a_key_that_was_given_says_when",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show its beginning alone: who has it whole has bought it."""
        return f"{self.content[:4]}…"
