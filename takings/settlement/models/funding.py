"""Money that enters a pool other than by ads: what the platform funds, and the fees of members."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.people.models import Proposal, four_eyes
from takings.settlement.rules import PoolKey


class PoolFunding(Proposal):
    """Money for the pool of a product: proposed by one operator, posted by another.

    ``id`` is the caller's. Only the answer is ever added, once (migration 0009_money_in).
    """

    product = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    period = models.CharField(max_length=16)
    source = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws: four eyes, and an entry if and only if it was approved."""

        constraints: ClassVar = [
            *four_eyes(another="another_person_funds", whole="an_answer_to_funding_is_whole"),
            models.CheckConstraint(
                condition=Q(is_approved__isnull=False, is_approved=True, entry_id__isnull=False)
                | (Q(is_approved__isnull=True) | Q(is_approved=False)) & Q(entry_id__isnull=True),
                name="only_approved_funding_is_posted",
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0) & ~Q(reason=""), name="funding_says_why"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the pool and how much."""
        return f"{self.key.account}: {self.amount_micros} {self.currency}"

    @property
    def key(self) -> PoolKey:
        """The pool."""
        return PoolKey(self.period, self.country, self.currency, self.product)

    @property
    def amount(self) -> Money:
        """What it gets."""
        return Money(self.amount_micros, self.currency)


class PoolFee(models.Model):
    """What one member paid into a pool; ``viewer_id`` is the pseudonym they watch under."""

    id = models.UUIDField(primary_key=True)
    product = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    period = models.CharField(max_length=16)
    currency = models.CharField(max_length=4)
    viewer_id = models.UUIDField()
    amount_micros = models.BigIntegerField()
    entry_id = models.UUIDField(unique=True)
    paid_at = models.DateTimeField()

    class Meta:
        """Database laws, and the index of a pool's fees."""

        indexes: ClassVar = [
            models.Index(
                fields=["period", "product", "country", "currency"], name="fees_of_a_pool"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="a_fee_is_positive"),
        ]

    @override
    def __str__(self) -> str:
        """Show the pool and how much."""
        return f"{self.key.account}: {self.amount_micros} {self.currency}"

    @property
    def key(self) -> PoolKey:
        """The pool."""
        return PoolKey(self.period, self.country, self.currency, self.product)

    @property
    def amount(self) -> Money:
        """What was paid in."""
        return Money(self.amount_micros, self.currency)
