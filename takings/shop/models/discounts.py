"""Codes of a shop that make its goods cheaper."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money, Rate, format_money
from takings.shop.models.catalogue import Shop


class Discount(models.Model):
    """A code: a part or an amount off the goods of a shop, for the first orders that name it.

    ``stopped_at``: its seller ended it. How often it was used follows from the parcels.
    """

    id = models.UUIDField(primary_key=True)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="discounts")
    code = models.CharField(max_length=24)
    percent_bp = models.PositiveIntegerField(null=True)
    amount_micros = models.BigIntegerField(null=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    most_uses = models.PositiveIntegerField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws; the newest first."""

        ordering: ClassVar = ["-starts_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "code"], name="a_shop_has_a_code_once"),
            models.CheckConstraint(
                condition=Q(percent_bp__gt=0, percent_bp__lt=10_000, amount_micros__isnull=True)
                | Q(amount_micros__gt=0, percent_bp__isnull=True),
                name="a_code_takes_a_part_or_an_amount_off",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="a_code_ends_after_it_begins",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what is typed in."""
        return self.code

    @property
    def percent(self) -> Rate | None:
        """The part that is taken off, if it is one."""
        return None if self.percent_bp is None else Rate.of_bp(self.percent_bp)

    @property
    def amount(self) -> Money | None:
        """The amount that is taken off, if it is one."""
        if self.amount_micros is None:
            return None
        return Money(self.amount_micros, self.shop.currency)

    @property
    def words(self) -> str:
        """What it takes off, as people say it."""
        if self.amount is not None:
            return format_money(self.amount)
        return f"{(self.percent_bp or 0) / 100:g} %"
