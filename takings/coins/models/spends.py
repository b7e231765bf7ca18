"""What was spent, and of which lots."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.coins.models.lots import CoinLot
from takings.coins.models.wallets import Wallet
from takings.coins.rules import Part
from takings.money import Money
from takings.money.currency import COIN


class Spend(models.Model):
    """Coins that somebody spent at once; ``id`` is the caller's (a gift's).

    ``day`` is the day its spender lived in, for their limits.
    """

    id = models.UUIDField(primary_key=True)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="spends")
    coins_micros = models.BigIntegerField()
    day = models.DateField()
    occurred_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index by which somebody's day is added up."""

        indexes: ClassVar = [
            models.Index(
                fields=["wallet", "day"],
                include=["coins_micros"],
                condition=Q(given_back_at__isnull=True),
                name="coins_spent_on_a_day",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(coins_micros__gt=0), name="a_spend_is_positive"),
        ]

    @override
    def __str__(self) -> str:
        """Show who spent how many."""
        return f"{self.wallet}: {self.coins_micros} micro-coins"


class SpendPart(models.Model):
    """What of a spend came from one lot: coins, and the money received for them.

    Once the spend is given back, ``kept_micros`` of the coins (and ``kept_value_micros`` of the
    money) did not go back into the wallet, since the lot itself was taken back meanwhile.
    """

    spend = models.ForeignKey(Spend, on_delete=models.PROTECT, related_name="parts")
    lot = models.ForeignKey(CoinLot, on_delete=models.PROTECT, related_name="parts")
    coins_micros = models.BigIntegerField()
    value_micros = models.BigIntegerField()
    kept_micros = models.BigIntegerField(default=0)
    kept_value_micros = models.BigIntegerField(default=0)

    class Meta:
        """Database laws; parts are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["spend", "lot"], name="a_lot_is_spent_once_a_spend"),
            models.CheckConstraint(
                condition=Q(coins_micros__gt=0, value_micros__gte=0), name="a_part_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(kept_micros__gte=0, kept_value_micros__gte=0)
                & Q(kept_micros__lte=F("coins_micros"), kept_value_micros__lte=F("value_micros")),
                name="of_a_part_no_more_is_kept_than_it_was",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how many of which lot."""
        return f"{self.coins_micros} micro-coins of {self.lot_id}"

    @property
    def coins(self) -> Money:
        """How many coins it was."""
        return Money(self.coins_micros, COIN)

    def spent(self, lot: CoinLot) -> Part:
        """Return it as the value that rules know."""
        return Part(lot.pk, self.coins, lot.is_bonus, self._worth(lot, self.value_micros))

    def given_back(self, lot: CoinLot) -> list[Part]:
        """Return how it went back: what into the wallet, and what not."""
        returned = self.coins_micros - self.kept_micros
        value = self.value_micros - self.kept_value_micros
        ways = ((True, returned, value), (False, self.kept_micros, self.kept_value_micros))
        return [
            Part(lot.pk, Money(micros, COIN), lot.is_bonus, self._worth(lot, worth), returns)
            for returns, micros, worth in ways
            if micros
        ]

    @staticmethod
    def _worth(lot: CoinLot, micros: int) -> Money | None:
        return None if lot.is_bonus else Money(micros, lot.currency)
