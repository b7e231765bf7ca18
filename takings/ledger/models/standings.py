"""Tables of what stands: balances as they became, holds, refusals, locked periods."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from takings.ledger.models.books import Account


class Standing(models.Model):
    """What an account (one of its lanes) stood at after a posting that moved it; in micro-units.

    Appended, never updated: the newest is the balance, the others are the balances of the past.
    ``step`` counts the standings of the lane, ``previous`` is the posting that wrote the one before
    it; every sixteenth is found by its time (``ledger_stood`` walks from there).
    ``is_credit`` and ``floor_micros`` are the account's, so that the database refuses by itself.
    """

    pk = models.CompositePrimaryKey("posting", "account_id", "lane")
    posting = models.BigIntegerField()
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="standings",
        db_constraint=False,
        db_index=False,
    )
    lane = models.PositiveSmallIntegerField()
    posted_at = models.DateTimeField()
    debits_micros = models.BigIntegerField()
    credits_micros = models.BigIntegerField()
    held_debits_micros = models.BigIntegerField(default=0)
    held_credits_micros = models.BigIntegerField(default=0)
    is_credit = models.BooleanField()
    floor_micros = models.BigIntegerField(null=True)
    previous = models.BigIntegerField(null=True)
    step = models.PositiveIntegerField()

    @override
    def __str__(self) -> str:
        """Show which account and when."""
        return f"account {self.account_id} at {self.posted_at}"


class Lane(models.Model):
    """The newest :class:`Standing` of a lane once more, in one small place, for who posts.

    The only rows of the books that ``ledger_post`` overwrites; ``check_books`` proves them.
    ``step`` is 0 and ``posting`` missing where nobody has posted yet. Whoever posts in a lane locks
    its row; what does not change of the account is said here, too, so that this is all they need.
    """

    pk = models.CompositePrimaryKey("account_id", "lane")
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        related_name="lanes",
        db_constraint=False,
        db_index=False,
    )
    lane = models.PositiveSmallIntegerField()
    posting = models.BigIntegerField(null=True)
    posted_at = models.DateTimeField(null=True)
    debits_micros = models.BigIntegerField(default=0)
    credits_micros = models.BigIntegerField(default=0)
    held_debits_micros = models.BigIntegerField(default=0)
    held_credits_micros = models.BigIntegerField(default=0)
    step = models.PositiveIntegerField(default=0)
    floor_micros = models.BigIntegerField(null=True)
    is_credit = models.BooleanField()
    is_laned = models.BooleanField()

    @override
    def __str__(self) -> str:
        """Show which account and lane."""
        return f"account {self.account_id}, lane {self.lane}"


class Hold(models.Model):
    """A pending transfer: money that is kept back until it is posted, voided or expires."""

    id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=200)
    policy_version = models.CharField(max_length=40)
    memo = models.CharField(max_length=500)
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()

    @override
    def __str__(self) -> str:
        """Show kind and reference."""
        return f"{self.kind} {self.reference}"


class HoldEnd(models.Model):
    """The one end of a hold: posted (in whole or part, by an entry), voided or expired."""

    hold = models.OneToOneField(
        Hold, on_delete=models.PROTECT, primary_key=True, related_name="end"
    )
    number = models.BigIntegerField(unique=True)
    outcome = models.CharField(max_length=10)
    entry_id = models.UUIDField(null=True, unique=True)
    ended_at = models.DateTimeField()

    class Meta:
        """Named in one word, as the table."""

        db_table = "ledger_holdend"

    @override
    def __str__(self) -> str:
        """Show how it ended."""
        return f"{self.hold_id} {self.outcome}"


class LedgerRefusal(models.Model):
    """An id that was refused and stays refused; ``code`` is one of ``rules.outcomes``."""

    id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField(db_index=True)
    code = models.SmallIntegerField()
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=200)
    refused_at = models.DateTimeField()

    class Meta:
        """The table is ``ledger_refusal``; ``Refusal`` is the class of every refusal."""

        db_table = "ledger_refusal"

    @override
    def __str__(self) -> str:
        """Show what was refused."""
        return f"{self.kind} {self.reference}: {self.code}"


class PeriodLock(models.Model):
    """Nothing that occurred before this instant is posted any more; the newest row holds."""

    locked_before = models.DateTimeField()
    reason = models.CharField(max_length=200)
    locked_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show from when on the books are open."""
        return f"locked before {self.locked_before}"


class ExchangeRate(models.Model):
    """What one unit of ``base`` was worth in ``quote`` on a day, and who says so."""

    base = models.CharField(max_length=4)
    quote = models.CharField(max_length=4)
    valid_on = models.DateField()
    rate = models.DecimalField(max_digits=28, decimal_places=12)
    source = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["base", "quote", "valid_on"], name="rate_is_one_per_day"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the rate."""
        return f"1 {self.base} = {self.rate} {self.quote} on {self.valid_on}"


class AccountChange(models.Model):
    """A new ceiling of an account, or its closing or reopening: what held from then on, and why."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="changes")
    ceiling_micros = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        """Newest last."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show the reason."""
        return self.reason
