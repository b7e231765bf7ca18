"""Coins that were ordered, and coins that go back for money."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.coins.models.lots import CoinLot
from takings.coins.models.wallets import Wallet
from takings.money import Money
from takings.money.currency import COIN


class Purchase(models.Model):
    """A pack that was ordered at its price. ``id`` is that of its payment, and of its lot."""

    id = models.UUIDField(primary_key=True)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="purchases")
    pack = models.CharField(max_length=20)
    coins_micros = models.BigIntegerField()
    bonus_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    price_micros = models.BigIntegerField()
    ordered_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws; purchases are read in the order in which they were made."""

        ordering: ClassVar = ["ordered_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(coins_micros__gt=0, bonus_micros__gte=0, price_micros__gt=0),
                name="a_purchase_is_of_something_for_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what was ordered."""
        return f"{self.pack} for {self.price_micros} {self.currency}"

    @property
    def coins(self) -> Money:
        """How many coins are bought."""
        return Money(self.coins_micros, COIN)

    @property
    def bonus(self) -> Money:
        """How many bonus coins come with them."""
        return Money(self.bonus_micros, COIN)

    @property
    def price(self) -> Money:
        """What they cost, taxes included."""
        return Money(self.price_micros, self.currency)


class ReturnState(models.TextChoices):
    """Where coins that go back stand."""

    ASKED = "asked", "On its way"
    PAID_BACK = "paid_back", "Paid back"
    FAILED = "failed", "Did not arrive"


class Return(models.Model):
    """Coins of a lot that go back for money; ``id`` is that of the refund.

    The coins are gone at once; when the money does not arrive, they come again. ``money_micros`` is
    what the payer gets, ``value_micros`` what of it was received for these coins, net of tax.
    """

    id = models.UUIDField(primary_key=True)
    lot = models.ForeignKey(CoinLot, on_delete=models.PROTECT, related_name="returns")
    coins_micros = models.BigIntegerField()
    money_micros = models.BigIntegerField()
    value_micros = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=ReturnState, default=ReturnState.ASKED)
    asked_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200)
    asked_at = models.DateTimeField()

    class Meta:
        """Database laws; returns are read in the order in which they were asked for."""

        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(coins_micros__gt=0, money_micros__gt=0, value_micros__gte=0),
                name="a_return_is_of_something_for_something",
            ),
            models.UniqueConstraint(
                fields=["lot"], condition=Q(state="asked"), name="a_lot_goes_back_once_at_a_time"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what goes back."""
        return f"{self.coins_micros} micro-coins for {self.money_micros} {self.lot.currency}"

    @property
    def money(self) -> Money:
        """What the payer gets."""
        return Money(self.money_micros, self.lot.currency)

    @property
    def coins(self) -> Money:
        """Which coins go back."""
        return Money(self.coins_micros, COIN)
