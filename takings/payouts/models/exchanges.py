"""Exchanges of earnings as the income that they are."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class ExchangedIncome(models.Model):
    """Whose income an exchange was, and why what was withheld of it was withheld.

    ``source_micros`` is what of it comes from the country that withholds by source. What was taken
    and withheld, when, is the exchange's. Rows never change.
    """

    exchange = models.OneToOneField(
        "settlement.Exchange", on_delete=models.PROTECT, primary_key=True, related_name="income"
    )
    profile = models.ForeignKey("payouts.Profile", on_delete=models.PROTECT, related_name="+")
    source_micros = models.BigIntegerField()
    jurisdiction = models.CharField(max_length=2, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    base_micros = models.BigIntegerField(default=0)
    rate_bp = models.PositiveIntegerField(default=0)

    class Meta:
        """Database laws; that rows never change is in migration 0022_exchanged_income."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(source_micros__gte=0, base_micros__gte=0),
                name="an_exchange_comes_from_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(jurisdiction="", reason="", base_micros=0, rate_bp=0)
                | ~Q(jurisdiction="") & ~Q(reason="") & Q(base_micros__gt=0, rate_bp__gt=0),
                name="what_is_withheld_of_an_exchange_says_why",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show of what, and where something was withheld."""
        return f"{self.exchange_id} {self.jurisdiction}".rstrip()
