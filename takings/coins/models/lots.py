"""Lots: coins that came into a wallet together."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from typing_extensions import override

from takings.coins.models.wallets import Wallet
from takings.coins.rules import OpenLot, lot_account
from takings.ledger.rules import AccountName
from takings.money import Money
from takings.money.currency import COIN


class Source(models.TextChoices):
    """How coins came into a wallet."""

    PURCHASE = "purchase", "Bought"
    PACK_BONUS = "pack_bonus", "Came with a purchase"
    GRANT = "grant", "Given by us"
    EXCHANGE = "exchange", "For earnings"


class CoinLot(models.Model):
    """Coins that came together. Of bought ones the money waits in an account of the lot's own.

    ``spent_micros`` of ``coins_micros`` were spent. ``gone_micros`` are to be gone: given back for
    money, taken back with it, or ended; that may be more than is there, if they were spent before.
    ``left_micros`` is what is left of both. ``value_micros`` of fiat were received, net of tax;
    ``value_left_micros`` go with what is left. ``kept_micros`` of what is gone came back from gifts
    when the lot had been taken back, and their value (``kept_value_micros``) met the platform's
    loss. ``ended_at`` is when its time was over, ``unwound_at`` when those who were paid with coins
    of it were told that it was taken back. ``purchase`` is the payment, or the exchange of
    earnings, it came by, if any.
    """

    id = models.UUIDField(primary_key=True)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="lots")
    source = models.CharField(max_length=10, choices=Source)
    is_bonus = models.BooleanField()
    purchase = models.UUIDField(null=True, blank=True)
    coins_micros = models.BigIntegerField()
    spent_micros = models.BigIntegerField(default=0)
    gone_micros = models.BigIntegerField(default=0)
    left_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True)
    value_micros = models.BigIntegerField(default=0)
    value_left_micros = models.BigIntegerField(default=0)
    kept_micros = models.BigIntegerField(default=0)
    kept_value_micros = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    unwound_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    held_why = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        """Database laws, and the index by which what can be spent is found."""

        indexes: ClassVar = [
            models.Index(
                fields=["wallet", "expires_at"],
                condition=Q(left_micros__gt=0),
                name="coins_lots_with_coins",
            ),
            models.Index(fields=["purchase"], name="coins_lots_of_a_purchase"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(coins_micros__gt=0, spent_micros__gte=0, gone_micros__gte=0)
                & Q(spent_micros__lte=F("coins_micros"), gone_micros__lte=F("coins_micros"))
                & Q(
                    kept_micros__gte=0, kept_micros__lte=F("gone_micros"), kept_value_micros__gte=0
                ),
                name="a_lot_gives_no_more_than_it_has",
            ),
            models.CheckConstraint(
                condition=Q(
                    left_micros=Greatest(
                        F("coins_micros") - F("spent_micros") - F("gone_micros"), 0
                    )
                ),
                name="what_is_left_of_a_lot_is_neither_spent_nor_gone",
            ),
            models.CheckConstraint(
                condition=Q(value_left_micros__gte=0, value_left_micros__lte=F("value_micros")),
                name="the_value_of_a_lot_is_what_was_received",
            ),
            models.CheckConstraint(
                condition=Q(is_bonus=True, currency="", value_micros=0)
                | Q(is_bonus=False, purchase__isnull=False, value_micros__gt=0) & ~Q(currency=""),
                name="bought_coins_have_a_value_and_given_ones_none",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how many are left of how many."""
        return f"{self.left_micros} of {self.coins_micros} micro-coins: {self.get_source_display()}"

    @property
    def coins(self) -> Money:
        """How many came."""
        return Money(self.coins_micros, COIN)

    @property
    def left(self) -> Money:
        """How many are left."""
        return Money(self.left_micros, COIN)

    @property
    def value_left(self) -> Money | None:
        """What was received for what is left of it; nothing for bonus coins."""
        return None if self.is_bonus else Money(self.value_left_micros, self.currency)

    @property
    def account(self) -> AccountName:
        """Where what was received for it waits."""
        return lot_account(self.pk)

    def is_held(self, *, at: dt.datetime) -> bool:
        """Tell whether it is looked at, and waits."""
        return self.held_until is not None and at < self.held_until

    def as_open(self) -> OpenLot:
        """Return it as the value that rules know."""
        return OpenLot(
            id=self.pk,
            is_bonus=self.is_bonus,
            left=self.left,
            value=self.value_left,
            opened_at=self.opened_at,
            expires_at=self.expires_at,
            held_until=self.held_until,
            held_why=self.held_why,
        )
