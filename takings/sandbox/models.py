"""Tables of the sandbox. Ids are strings of its own kind (``ch_…``), amounts micro-units."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.sandbox.rules import PayeeScript, Script, payee_script_of, script_of


class Checkout(models.Model):
    """A page to pay on. ``key`` is the merchant's: asked twice, it is one page."""

    id = models.CharField(max_length=40, primary_key=True)
    key = models.UUIDField(unique=True)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    description = models.CharField(max_length=120)
    email = models.EmailField()
    return_url = models.URLField(max_length=500)
    captures = models.BooleanField()
    keeps_card = models.BooleanField()
    opened_at = models.DateTimeField()
    is_cancelled = models.BooleanField(default=False)

    @override
    def __str__(self) -> str:
        """Show what it is for."""
        return f"{self.id}: {self.description}"

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        return Money(self.amount_micros, self.currency)


class Card(models.Model):
    """A card that was kept. Only test cards exist, so the number is no secret."""

    id = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=16)

    @override
    def __str__(self) -> str:
        """Show its last digits."""
        return f"…{self.number[-4:]}"


class ChargeStatus(models.TextChoices):
    """Where a charge stands."""

    CHALLENGED = "challenged", "Waits for the owner"
    LATE = "late", "On its way"
    AUTHORISED = "authorised", "Reserved"
    SUCCEEDED = "succeeded", "Paid"
    FAILED = "failed", "Declined"


class Charge(models.Model):
    """One try to pay, from a page or with a kept card. ``ref`` is the merchant's handle for it."""

    id = models.CharField(max_length=40, primary_key=True)
    ref = models.CharField(max_length=40, db_index=True)
    checkout = models.ForeignKey(
        Checkout, on_delete=models.PROTECT, null=True, blank=True, related_name="charges"
    )
    key = models.UUIDField(null=True, blank=True, unique=True)
    number = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    captures = models.BooleanField(default=True)
    status = models.CharField(max_length=12, choices=ChargeStatus)
    capture_key = models.UUIDField(null=True, blank=True)
    begun_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws: a page is paid once."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["checkout"],
                condition=~Q(status="failed"),
                name="sandbox_page_is_paid_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show its id and state."""
        return f"{self.id}: {self.status}"

    @property
    def amount(self) -> Money:
        """What it charges."""
        return Money(self.amount_micros, self.currency)

    @property
    def script(self) -> Script:
        """What its card does."""
        return script_of(self.number)


class Refund(models.Model):
    """Money given back of a charge; without a ``key`` the sandbox did it by itself."""

    id = models.CharField(max_length=40, primary_key=True)
    key = models.UUIDField(null=True, blank=True, unique=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    amount_micros = models.BigIntegerField()
    refunded_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show its id."""
        return self.id


class Dispute(models.Model):
    """A payer's bank that takes money back, until evidence decides."""

    id = models.CharField(max_length=40, primary_key=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="disputes")
    amount_micros = models.BigIntegerField()
    opened_at = models.DateTimeField()
    evidence = models.TextField(blank=True)
    ended = models.CharField(max_length=4, blank=True)

    @override
    def __str__(self) -> str:
        """Show its id."""
        return self.id


class PayeeStatus(models.TextChoices):
    """How far the account of a payee is."""

    NEW = "new", "Nothing was told yet"
    ACTIVE = "active", "Is paid"
    LACKING = "lacking", "More papers are needed"
    REFUSED = "refused", "Not accepted"


class Payee(models.Model):
    """Somebody whom the merchant pays through the sandbox; ``number`` is their bank account."""

    id = models.CharField(max_length=40, primary_key=True)
    key = models.UUIDField(unique=True)
    email = models.EmailField()
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    return_url = models.URLField(max_length=500)
    number = models.CharField(max_length=12, blank=True)
    status = models.CharField(max_length=8, choices=PayeeStatus, default=PayeeStatus.NEW)
    update_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show its id and state."""
        return f"{self.id}: {self.status}"

    @property
    def script(self) -> PayeeScript:
        """What their bank account does."""
        return payee_script_of(self.number)


class Transfer(models.Model):
    """Money sent from the merchant's balance to a payee's bank; ``due_at`` is when it comes back.

    ``key`` is the merchant's: asked twice, it is one transfer.
    """

    id = models.CharField(max_length=40, primary_key=True)
    key = models.UUIDField(unique=True)
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="transfers")
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)

    @override
    def __str__(self) -> str:
        """Show its id."""
        return self.id

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_micros, self.currency)


class Happening(models.Model):
    """One thing that happened: a line of the log, of the report, and a message to be sent.

    ``gross_micros`` is what it did to the merchant's balance here, before ``fee_micros``.
    """

    id = models.CharField(max_length=40, primary_key=True)
    ref = models.CharField(max_length=40, db_index=True)
    kind = models.CharField(max_length=16)
    about = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    gross_micros = models.BigIntegerField()
    fee_micros = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40, blank=True)
    occurred_at = models.DateTimeField(db_index=True)
    delivered_count = models.PositiveSmallIntegerField(default=0)

    @override
    def __str__(self) -> str:
        """Show what happened."""
        return f"{self.kind} {self.about}"
