"""Earnings that a creator took as something else than money."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class Exchange(models.Model):
    """So much of a creator's payable money became a reward. ``id`` is the caller's.

    ``reward`` is whose it is (``coins``), ``choice`` what was chosen of it, ``words`` what the
    creator got. ``amount_micros`` is all that it took, ``withheld_micros`` the tax in it. Rows
    never change.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, related_name="exchanges"
    )
    reward = models.CharField(max_length=20)
    choice = models.CharField(max_length=40)
    words = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    withheld_micros = models.BigIntegerField(default=0)
    entry_id = models.UUIDField(unique=True)
    exchanged_at = models.DateTimeField()

    class Meta:
        """Database laws; the newest first."""

        ordering: ClassVar = ["-exchanged_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="an_exchange_is_of_something"
            ),
            models.CheckConstraint(
                condition=Q(withheld_micros__gte=0, withheld_micros__lt=F("amount_micros")),
                name="an_exchange_leaves_something_after_tax",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what became what."""
        return f"{self.amount_micros} {self.currency} for {self.words}"

    @property
    def amount(self) -> Money:
        """What it took of the payable money."""
        return Money(self.amount_micros, self.currency)

    @property
    def withheld(self) -> Money:
        """The tax in it."""
        return Money(self.withheld_micros, self.currency)


class ExchangeReturn(models.Model):
    """An exchange that was undone: the reward was taken back, its earnings are payable again.

    Rows never change.
    """

    exchange = models.OneToOneField(
        Exchange, on_delete=models.PROTECT, primary_key=True, related_name="returned"
    )
    reason = models.CharField(max_length=300)
    returned_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()
    entry_id = models.UUIDField(unique=True)

    class Meta:
        """Database laws; that rows never change is in migration 0024_exchange_returns."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="an_exchange_is_undone_for_a_reason"
            )
        ]

    @override
    def __str__(self) -> str:
        """Show what was undone and why."""
        return f"{self.exchange_id}: {self.reason}"
