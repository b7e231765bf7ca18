"""What people set for themselves: written down, never changed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.coins.models.wallets import Wallet
from takings.coins.rules import LimitKind
from takings.money import Money
from takings.money.currency import COIN


class Limit(models.Model):
    """What holds from ``holds_from`` on, unless something later was said. Never changed.

    ``coins_micros`` is the most a day or a month, empty for no limit; ``until`` the end of a pause.
    """

    KINDS: ClassVar = [(one.value, one.value.capitalize()) for one in LimitKind]

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="limits")
    kind = models.CharField(max_length=9, choices=KINDS)
    coins_micros = models.BigIntegerField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    said_at = models.DateTimeField()
    holds_from = models.DateTimeField()

    class Meta:
        """Limits are read in the order in which they were said."""

        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(fields=["wallet", "kind", "-id"], name="coins_limits_of_a_wallet"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=["day", "month"], until__isnull=True)
                & (Q(coins_micros__isnull=True) | Q(coins_micros__gte=0))
                | Q(
                    kind__in=["pause", "exclusion"], until__isnull=False, coins_micros__isnull=True
                ),
                name="a_limit_is_a_sum_or_an_end",
            ),
            models.CheckConstraint(
                condition=Q(holds_from__gte=models.F("said_at")),
                name="a_limit_holds_after_it_is_said",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what was said."""
        return f"{self.wallet}: {self.kind}"

    @property
    def coins(self) -> Money | None:
        """The most, if it is a sum that is limited."""
        return None if self.coins_micros is None else Money(self.coins_micros, COIN)
