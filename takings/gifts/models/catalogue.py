"""What can be given: drawings with a price in coins, where and when they are sold."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.gifts.rules import COIN, Art, Motion, Offer
from takings.money import Money

MICROS = 1_000_000


class GiftKind(models.Model):
    """A gift as the catalogue has it. It is never deleted: gifts of it were sent.

    ``countries`` (ISO 3166-1 alpha-2) are where it is sold, everywhere when empty. It is sold from
    ``season_from`` until ``season_until``, both included, by the clock of who sends it.
    """

    slug = models.SlugField(max_length=32, primary_key=True)
    name = models.CharField(max_length=40)
    art = models.CharField(max_length=12, choices=[(one.value, one.value.title()) for one in Art])
    motion = models.CharField(
        max_length=8, choices=[(one.value, one.value.title()) for one in Motion]
    )
    price_micros = models.BigIntegerField()
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    season_from = models.DateField(null=True, blank=True)
    season_until = models.DateField(null=True, blank=True)
    min_age = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws; the cheapest first."""

        ordering: ClassVar = ["price_micros", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price_micros__gt=0), name="a_gift_costs_something"),
            models.CheckConstraint(
                condition=Q(season_from__isnull=True)
                | Q(season_until__isnull=True)
                | Q(season_from__lte=F("season_until")),
                name="a_season_ends_after_it_begins",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name

    @property
    def price(self) -> Money:
        """What it costs, in coins."""
        return Money(self.price_micros, COIN)

    @property
    def coins(self) -> int:
        """What it costs, in whole coins."""
        return self.price_micros // MICROS

    def as_offer(self) -> Offer:
        """Return what rules ask of it."""
        return Offer(
            name=self.name,
            price=self.price,
            countries=frozenset(self.countries),
            season_from=self.season_from,
            season_until=self.season_until,
            min_age=self.min_age,
            is_retired=self.retired_at is not None,
        )
