"""What creators offer to make."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.requests.rules import Offer


class Service(models.Model):
    """What a creator offers; ``id`` is theirs. Without prices each request is quoted.

    Changes touch no request that was made: it keeps its own terms. ``most_open`` may be worked on
    at once. Paused, it is shown and takes no requests; archived, it is offered no more.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="services")
    title = models.CharField(max_length=120)
    what = models.CharField(max_length=1_000)
    deliver_days = models.PositiveSmallIntegerField()
    revisions = models.PositiveSmallIntegerField()
    most_open = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index of a creator's services."""

        indexes: ClassVar = [
            models.Index(fields=["creator", "made_at"], name="services_of_a_creator"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(deliver_days__gte=1, most_open__gte=1), name="a_service_can_be_made"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is."""
        return self.title

    def as_offer(self) -> Offer:
        """Return it as its rules ask about it."""
        return Offer(
            title=self.title,
            what=self.what,
            deliver_days=self.deliver_days,
            revisions=self.revisions,
            most_open=self.most_open,
            prices={price.currency: price.money for price in self.prices.all()},
        )


class Price(models.Model):
    """What a service costs in one currency, tax inside."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="prices")
    currency = models.CharField(max_length=3)
    micros = models.BigIntegerField()

    class Meta:
        """Database laws; read by currency."""

        ordering: ClassVar = ["currency"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "currency"], name="a_service_has_one_price_a_currency"
            ),
            models.CheckConstraint(condition=Q(micros__gt=0), name="a_service_costs_something"),
        ]

    @override
    def __str__(self) -> str:
        """Show of what."""
        return f"{self.service}: {self.micros} {self.currency}"

    @property
    def money(self) -> Money:
        """How much it is."""
        return Money(self.micros, self.currency)
