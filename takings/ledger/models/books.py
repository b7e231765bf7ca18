"""Tables of the books. Rows are written by ``ledger_post`` in PostgreSQL alone and never change.

PostgreSQL holds the laws too (migrations ``0002_laws`` and ``0005_postings``): posted rows refuse
UPDATE, DELETE and TRUNCATE.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override


class Account(models.Model):
    """One account of one currency. What it stands at is its newest :class:`Standing`.

    ``side`` and ``floor_micros`` are copied from the chart when the account is opened, so that the
    database can refuse by itself. ``ceiling_micros`` is the most it may hold. ``lane_count`` says
    into how many lanes a busy account is divided, so that callers need not wait for each other.
    The id is n · 27⁴ + the currency's code read in base 27: two accounts share a currency if their
    ids agree modulo 27⁴.
    """

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    side = models.CharField(max_length=6)
    floor_micros = models.BigIntegerField(null=True)
    ceiling_micros = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    lane_count = models.PositiveSmallIntegerField(default=1)

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
            models.CheckConstraint(
                condition=Q(side__in=["debit", "credit"]), name="side_is_debit_or_credit"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show name and currency."""
        return f"{self.name} ({self.currency})"


class Balance(models.Model):
    """What an account stands at now: a view over the newest standings of its lanes."""

    account = models.OneToOneField(
        Account, on_delete=models.DO_NOTHING, primary_key=True, related_name="balance"
    )
    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    side = models.CharField(max_length=6)
    floor_micros = models.BigIntegerField(null=True)
    debits_micros = models.BigIntegerField()
    credits_micros = models.BigIntegerField()
    held_debits_micros = models.BigIntegerField()
    held_credits_micros = models.BigIntegerField()

    class Meta:
        """A view of the database (``0005_postings``)."""

        managed = False
        db_table = "ledger_balance"

    @override
    def __str__(self) -> str:
        """Show whose balance it is."""
        return f"{self.name} ({self.currency})"

    @property
    def balance_micros(self) -> int:
        """The balance on the account's own side, in micro-units."""
        balance = self.credits_micros - self.debits_micros
        return balance if self.side == "credit" else -balance

    @property
    def held_micros(self) -> int:
        """What holds keep back of it, in micro-units."""
        return self.held_debits_micros if self.side == "credit" else self.held_credits_micros


class Posting(models.Model):
    """One call: its items are numbered from ``number`` on, one after the other."""

    number = models.BigIntegerField(primary_key=True)
    posted_at = models.DateTimeField()
    item_count = models.PositiveIntegerField()

    @override
    def __str__(self) -> str:
        """Show which call."""
        return f"posting {self.number}"


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
    """``debit → credit``: one positive amount between two accounts of one currency.

    The table is partitioned by the month of ``posted_at``, which is that of the entry.
    """

    pk = models.CompositePrimaryKey("entry_id", "position", "posted_at")
    entry = models.ForeignKey(
        Entry,
        on_delete=models.PROTECT,
        to_field="number",
        db_column="entry_number",
        related_name="transfers",
        db_index=False,
        db_constraint=False,  # ``ledger_post`` writes both; check_books proves it
    )
    position = models.PositiveIntegerField()
    posted_at = models.DateTimeField()
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws (that both accounts hold the currency is in ``0005_postings``)."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="amount_is_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="accounts_differ"),
        ]

    @override
    def __str__(self) -> str:
        """Show where from, where to, how much."""
        return f"{self.debit_id} → {self.credit_id}: {self.amount_micros} {self.currency}"
