"""Private deals with partners outside and with sites, and what came of them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.ads.models.partners import DemandPartner, OutcomeCount
from takings.ads.rules import deals
from takings.money import Money


class Deal(models.Model):
    """What was agreed for one id (``code``) with a partner; without one, with a site.

    ``price_micros`` is for a thousand impressions. With a site, our own ads bid on it.
    """

    class Kind(models.TextChoices):
        """What the price is."""

        FLOOR = "floor", "At least this price"
        FIXED = "fixed", "Exactly this price, before the auction"

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=64, unique=True)
    partner = models.ForeignKey(
        DemandPartner, on_delete=models.PROTECT, null=True, blank=True, related_name="deals"
    )
    kind = models.CharField(max_length=5, choices=Kind)
    price_micros = models.BigIntegerField()
    currency = models.CharField(max_length=4)
    seats = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    is_on = models.BooleanField()
    added_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price_micros__gt=0), name="a_deal_has_a_price"),
            models.CheckConstraint(
                condition=Q(partner=None) ^ ~Q(seats=[]), name="a_deal_with_a_partner_names_seats"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the id."""
        return self.code

    @property
    def price(self) -> Money:
        """The price for a thousand."""
        return Money(self.price_micros, self.currency)

    @property
    def terms(self) -> deals.Deal:
        """The same as decisions know it."""
        return deals.Deal(
            self.pk, self.code, deals.Kind(self.kind), self.price, frozenset(self.seats)
        )


class DealCount(OutcomeCount):
    """How often a deal was offered, and what became of bids on it."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="counts")

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deal", "day", "outcome"], name="a_deals_outcomes_are_counted_in_one_row"
            ),
        ]


class DealWin(models.Model):
    """By which deal a decision was won, for reports; what it cost is with its impression.

    Rows never change.
    """

    decision_id = models.UUIDField(primary_key=True)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="wins")

    @override
    def __str__(self) -> str:
        """Show the decision."""
        return str(self.decision_id)
