"""Dry runs: a close worked out and kept, without a transfer. Rows never change."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class DryRun(models.Model):
    """What the close of a period would pay if it happened at ``made_at``.

    ``made_by`` is empty when whoever runs the machine asked. The three digests are those that the
    stages of the close would write down: what was counted, what the pools hold, what comes of it.
    """

    id = models.UUIDField(primary_key=True)
    period = models.ForeignKey("settlement.Period", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    policy_version = models.CharField(max_length=40)
    snapshot_id = models.BigIntegerField()
    counts_digest = models.CharField(max_length=64)
    pools_digest = models.CharField(max_length=64)
    lines_digest = models.CharField(max_length=64)
    line_count = models.PositiveIntegerField()

    @override
    def __str__(self) -> str:
        """Show the period and when."""
        return f"dry run of {self.period_id}, {self.made_at:%Y-%m-%d %H:%M}"


class DryRunPool(models.Model):
    """How one pool would be shared: total = creators + rights + platform."""

    run = models.ForeignKey(DryRun, on_delete=models.PROTECT, related_name="pools")
    account = models.CharField(max_length=120)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=4)
    views = models.BigIntegerField()
    sharing_views = models.BigIntegerField()
    total_micros = models.BigIntegerField()
    creators_micros = models.BigIntegerField()
    rights_micros = models.BigIntegerField()
    platform_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "account", "currency"], name="a_dry_run_has_a_pool_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    total_micros=F("creators_micros") + F("rights_micros") + F("platform_micros")
                ),
                name="a_dry_run_sums_to_its_pools",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show account and total."""
        return f"{self.account}: {self.total_micros} {self.currency}"

    @property
    def total(self) -> Money:
        """What is in the pool."""
        return Money(self.total_micros, self.currency)


class DryRunShare(models.Model):
    """What one creator would have on their statement, after what is shared with others."""

    run = models.ForeignKey(DryRun, on_delete=models.PROTECT, related_name="shares")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=4)
    views = models.BigIntegerField()
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "creator", "currency"], name="a_dry_run_states_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show creator and amount."""
        return f"{self.creator_id}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What would be stated."""
        return Money(self.amount_micros, self.currency)


class DryRunOutcome(models.Model):
    """How many views of one country had one outcome, counted or not."""

    run = models.ForeignKey(DryRun, on_delete=models.PROTECT, related_name="outcomes")
    country = models.CharField(max_length=2)
    outcome = models.CharField(max_length=20)
    views = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["run", "country", "outcome"], name="a_dry_run_counts_an_outcome_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show country, outcome and count."""
        return f"{self.country} {self.outcome}: {self.views}"
