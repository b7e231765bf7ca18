"""Batches and their payouts: decided once, approved by a second person, posted, sent."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.payouts.rules import states


class BatchState(models.TextChoices):
    """Where a batch stands; each change is also a :class:`BatchStep`."""

    DRAFTED = states.BatchState.DRAFTED.value, "Waits for a second person"
    APPROVED = states.BatchState.APPROVED.value, "Approved"
    POSTED = states.BatchState.POSTED.value, "In the books"
    SENT = states.BatchState.SENT.value, "Sent to the bank"
    CANCELLED = states.BatchState.CANCELLED.value, "Cancelled"


class PayoutState(models.TextChoices):
    """Where a payout stands."""

    DRAFTED = states.PayoutState.DRAFTED.value, "Being prepared"
    DROPPED = states.PayoutState.DROPPED.value, "Left out"
    SENT = states.PayoutState.SENT.value, "On its way"
    SETTLED = states.PayoutState.SETTLED.value, "Paid"
    RETURNED = states.PayoutState.RETURNED.value, "Came back"


class Batch(models.Model):
    """Payouts decided together; the id is the caller's, so that drafting twice is drafting once.

    Balances count as they were at ``counts_until``.
    """

    id = models.UUIDField(primary_key=True)
    policy_version = models.CharField(max_length=40)
    counts_until = models.DateTimeField()
    state = models.CharField(max_length=9, choices=BatchState, default=BatchState.DRAFTED)
    drafted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, related_name="+", null=True
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="a_batch_is_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "cancelled"])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="what_is_paid_was_approved",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the day it was drafted."""
        return f"batch of {self.drafted_at:%Y-%m-%d %H:%M}"


class DraftOrder(models.Model):
    """An order to draft a batch under this id; ``refusal`` is why there is none."""

    id = models.UUIDField(primary_key=True)
    ordered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    refusal = models.CharField(max_length=500, blank=True)

    @override
    def __str__(self) -> str:
        """Show when, and what became of it."""
        return f"draft of {self.ordered_at:%Y-%m-%d %H:%M} {self.refusal}".rstrip()


class BatchStep(models.Model):
    """One change of a batch: to what, when, by whom, and why if a person said why."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=9, choices=BatchState)
    taken_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "state"], name="a_batch_steps_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show the new state."""
        return f"{self.batch_id} → {self.state}"


class BatchOrder(models.Model):
    """An order to pay a batch; ``refusal`` is why nothing more of it could be paid."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="orders")
    ordered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    refusal = models.CharField(max_length=500, blank=True)

    class Meta:
        """Orders are read in the order in which they were given."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what is to be paid and what became of it."""
        return f"pay {self.batch_id}: {self.refusal or self.reason}"


class Payout(models.Model):
    """Money for one creator: ``gross`` leaves the balance, ``net`` reaches the bank.

    ``balance`` is what was there at the time, all of it in the currency paid; ``remainder`` stays;
    ``source`` is what of the newly paid comes from the country that withholds by source.
    The id is also the id of its ``payout_sent`` entry and, in hexadecimal, the bank's EndToEndId.
    """

    id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="payouts")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey("payouts.Profile", on_delete=models.PROTECT, related_name="+")
    method = models.ForeignKey("payouts.Method", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(
        "payouts.BankFile", on_delete=models.PROTECT, related_name="payouts", null=True
    )
    state = models.CharField(max_length=8, choices=PayoutState, default=PayoutState.DRAFTED)
    rail = models.CharField(max_length=8)
    currency = models.CharField(max_length=4)
    balance_micros = models.BigIntegerField()
    gross_micros = models.BigIntegerField()
    withheld_micros = models.BigIntegerField()
    net_micros = models.BigIntegerField()
    remainder_micros = models.BigIntegerField()
    source_micros = models.BigIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True)
    drafted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws and the index of a creator's history."""

        indexes: ClassVar = [
            models.Index(fields=["creator", "-drafted_at"], name="payouts_of_a_creator"),
            models.Index(fields=["sent_at"], name="payouts_of_a_year"),
            models.Index(
                fields=["batch", "rail", "currency"],
                condition=Q(file__isnull=True, state="sent"),
                name="payouts_without_a_file",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator"],
                condition=Q(state="drafted"),
                name="a_creator_is_in_one_open_batch",
            ),
            models.CheckConstraint(
                condition=Q(net_micros__gt=0, withheld_micros__gte=0, remainder_micros__gte=0),
                name="a_payout_is_positive",
            ),
            models.CheckConstraint(
                condition=Q(gross_micros=F("net_micros") + F("withheld_micros"))
                & Q(balance_micros=F("gross_micros") + F("remainder_micros")),
                name="a_payout_is_its_parts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["drafted", "dropped"], sent_at__isnull=True)
                | Q(state__in=["sent", "settled", "returned"], sent_at__isnull=False),
                name="what_is_sent_knows_when",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whom how much."""
        return f"{self.creator_id}: {self.net_micros} {self.currency}"

    @property
    def gross(self) -> Money:
        """What leaves the balance."""
        return Money(self.gross_micros, self.currency)

    @property
    def withheld(self) -> Money:
        """What goes to tax offices."""
        return Money(self.withheld_micros, self.currency)

    @property
    def net(self) -> Money:
        """What reaches the bank."""
        return Money(self.net_micros, self.currency)

    @property
    def remainder(self) -> Money:
        """What is less than a cent and stays."""
        return Money(self.remainder_micros, self.currency)


class Line(models.Model):
    """What a payout consists of: a statement, or what was carried over or taken back.

    ``worth_micros`` is in the payout's currency; over its lines it sums to the payout's gross. A
    line whose payout came back or was left out is no longer live: its statement is paid by another.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="lines")
    statement = models.ForeignKey(
        "settlement.Statement", on_delete=models.PROTECT, related_name="+", null=True
    )
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    worth_micros = models.BigIntegerField()
    is_live = models.BooleanField(default=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement"],
                condition=Q(is_live=True, statement__isnull=False),
                name="a_statement_is_paid_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what of what."""
        return f"{self.payout_id}: {self.worth_micros}"


class Withholding(models.Model):
    """Tax withheld of a payout for one jurisdiction: which rule, of how much, at what rate."""

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="withholdings")
    jurisdiction = models.CharField(max_length=2)
    reason = models.CharField(max_length=60)
    base_micros = models.BigIntegerField()
    rate_bp = models.PositiveIntegerField()
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payout", "jurisdiction"], name="a_jurisdiction_withholds_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="what_is_withheld_is_positive"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show where and how much."""
        return f"{self.jurisdiction}: {self.amount_micros}"


class Conversion(models.Model):
    """A balance in another currency that a payout changes first, at a stored and dated rate."""

    entry_id = models.UUIDField(primary_key=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="conversions")
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    worth_micros = models.BigIntegerField()
    rate_reference = models.CharField(max_length=40)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0, worth_micros__gt=0),
                name="a_conversion_is_positive",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what becomes what."""
        return f"{self.amount_micros} {self.currency} → {self.worth_micros}"


class Omission(models.Model):
    """A balance that a batch leaves out, with the reason that its owner reads."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="omissions")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=4)
    balance_micros = models.BigIntegerField()
    reason = models.CharField(max_length=24)
    sentence = models.CharField(max_length=300)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "creator"], name="a_creator_is_left_out_once_per_batch"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whom and why."""
        return f"{self.creator_id}: {self.reason}"

    @property
    def balance(self) -> Money:
        """What was there."""
        return Money(self.balance_micros, self.currency)
