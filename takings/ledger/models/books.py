"""Tables of the books. Rows are written by ``actions.post`` alone and never change.

PostgreSQL holds the laws too (migration ``0002_laws``): posted rows refuse UPDATE, DELETE and
TRUNCATE, and balances move only by inserting transfers.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override


class Account(models.Model):
    """One account of one currency with its running totals, in micro-units.

    ``side`` and ``floor_micros`` are copied from the chart when the account is opened, so that the
    database can refuse by itself. Balance = credits − debits on the credit side, else the reverse.
    """

    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    side = models.CharField(max_length=6)
    floor_micros = models.BigIntegerField(null=True)
    debits_micros = models.BigIntegerField(default=0)
    credits_micros = models.BigIntegerField(default=0)

    class Meta:
        """Database laws, and an index for names that start with something."""

        indexes: ClassVar = [
            models.Index(
                fields=["name"], opclasses=["varchar_pattern_ops"], name="account_by_prefix"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name", "currency"], name="account_is_one_per_currency"
            ),
            models.UniqueConstraint(fields=["id", "currency"], name="account_holds_one_currency"),
            models.CheckConstraint(
                condition=Q(side__in=["debit", "credit"]), name="side_is_debit_or_credit"
            ),
            models.CheckConstraint(
                condition=Q(debits_micros__gte=0, credits_micros__gte=0),
                name="totals_never_shrink_below_zero",
            ),
            models.CheckConstraint(
                condition=Q(floor_micros__isnull=True)
                | Q(side="credit", credits_micros__gte=F("debits_micros") + F("floor_micros"))
                | Q(side="debit", debits_micros__gte=F("credits_micros") + F("floor_micros")),
                name="balance_not_below_floor",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show name and currency."""
        return f"{self.name} ({self.currency})"

    @property
    def balance_micros(self) -> int:
        """The balance on the account's own side, in micro-units."""
        balance = self.credits_micros - self.debits_micros
        return balance if self.side == "credit" else -balance


class Entry(models.Model):
    """One fact: what happened, when, under which policy. ``id`` is the caller's.

    ``number`` orders entries as they were posted; ``reverses`` points at the entry this one undoes.
    """

    id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(unique=True, editable=False)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=200)
    policy_version = models.CharField(max_length=40)
    memo = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    transfer_count = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(reference="") & ~Q(policy_version=""),
                name="entry_names_its_fact_and_policy",
            ),
            models.CheckConstraint(condition=Q(transfer_count__gte=1), name="entry_has_transfers"),
        ]

    @override
    def __str__(self) -> str:
        """Show kind and reference."""
        return f"{self.kind} {self.reference}"


class Transfer(models.Model):
    """``debit → credit``: one positive amount between two accounts of one currency."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="transfers", db_index=False
    )
    position = models.PositiveIntegerField()
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )  # 0002_laws adds keys over (account, currency): both sides share the transfer's currency
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "position"], name="transfer_has_its_place"),
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="amount_is_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="accounts_differ"),
        ]

    @override
    def __str__(self) -> str:
        """Show where from, where to, how much."""
        return f"{self.debit_id} → {self.credit_id}: {self.amount_micros} {self.currency}"
