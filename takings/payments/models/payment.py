"""A payment, each call made for it, each fact told of it, and who got how much of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.payments.rules import Fact, FactKind, Part, PurposeName, Share, Status

FACT_WORDS = {
    FactKind.AUTHORISED: "Reserved",
    FactKind.SUCCEEDED: "Paid",
    FactKind.FAILED: "Declined",
    FactKind.CANCELLED: "Given up",
    FactKind.REFUNDED: "Refunded",
    FactKind.REFUND_FAILED: "A refund did not arrive",
    FactKind.DISPUTED: "Disputed by the payer's bank",
    FactKind.DISPUTE_WON: "Dispute won",
    FactKind.DISPUTE_LOST: "Dispute lost",
}


class Payment(models.Model):
    """Money that somebody pays by card. ``id`` is the caller's.

    ``purpose`` knows what it is for and ``subject`` names it there (``brand:7``). ``status`` is
    what the facts come to. ``amount_micros`` is all that is paid, ``tax_micros`` of it is tax.
    ``sold_as`` is the text of a :class:`~rules.selling.SoldAs`: to whom, of which kind, which tax.
    ``ref`` is the provider's name of the payment, ``card_ref`` of a card that may be charged again.
    """

    STATUSES: ClassVar = [(one.value, one.value.replace("_", " ").capitalize()) for one in Status]

    id = models.UUIDField(primary_key=True)
    purpose = models.CharField(max_length=32)
    subject = models.CharField(max_length=64)
    payer = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=16)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    tax_micros = models.BigIntegerField(default=0)
    sold_as = models.TextField(blank=True)
    description = models.CharField(max_length=120)
    captures = models.BooleanField(default=True)
    keeps_card = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=STATUSES, default=Status.CREATED)
    ref = models.CharField(max_length=80, blank=True)
    checkout_url = models.URLField(max_length=2000, blank=True)
    card_ref = models.CharField(max_length=160, blank=True)
    started_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the indexes by which payments are found."""

        indexes: ClassVar = [
            models.Index(fields=["purpose", "subject", "started_at"], name="payments_of_a_subject"),
            models.Index(
                fields=["ask_at"], condition=Q(ask_at__isnull=False), name="payments_to_ask_for"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0)
                & Q(tax_micros__gte=0, tax_micros__lte=F("amount_micros")),
                name="payment_is_positive_and_holds_its_tax",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=[name.value for name in PurposeName]),
                name="payment_is_for_one_of_the_purposes",
            ),
            models.UniqueConstraint(
                fields=["provider", "ref"],
                condition=~Q(ref=""),
                name="a_provider_ref_is_one_payment",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is for and how much."""
        return f"{self.description}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What is paid in all."""
        return Money(self.amount_micros, self.currency)

    @property
    def tax(self) -> Money:
        """What of it is tax."""
        return Money(self.tax_micros, self.currency)

    @property
    def net(self) -> Money:
        """What of it is not tax."""
        return self.amount - self.tax

    @property
    def account(self) -> str:
        """The account of what its provider holds for us."""
        return f"provider:{self.provider}"


class Verb(models.TextChoices):
    """What we asked a provider to do."""

    CHECKOUT = "checkout", "Open a payment page"
    CHARGE = "charge", "Charge a kept card"
    CAPTURE = "capture", "Take what was reserved"
    REFUND = "refund", "Give back"


class AttemptStatus(models.TextChoices):
    """What became of a call. It is ``asked`` before it is made; after a crash it stays so."""

    ASKED = "asked", "Asked"
    ANSWERED = "answered", "Answered"
    REFUSED = "refused", "Refused"
    UNKNOWN = "unknown", "No answer yet"


class Attempt(models.Model):
    """One call to a provider. ``id`` is the idempotency key, stored before the call is made."""

    id = models.UUIDField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    verb = models.CharField(max_length=8, choices=Verb)
    amount_micros = models.BigIntegerField()
    status = models.CharField(max_length=8, choices=AttemptStatus, default=AttemptStatus.ASKED)
    why = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws; attempts are read in the order in which they were made."""

        ordering: ClassVar = ["asked_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="attempt_is_positive"),
        ]

    @override
    def __str__(self) -> str:
        """Show what was asked and what became of it."""
        return f"{self.verb} of {self.payment_id}: {self.status}"


class PaymentFact(models.Model):
    """One thing a provider told of a payment, each once.

    ``booked_at`` is set when its money is in the books, with ``entry_id`` if any moved.
    ``is_aside`` keeps what contradicts the payment out of the books; a case says why.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=16)
    about = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    fee_micros = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    told_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True, blank=True)
    entry_id = models.UUIDField(null=True, blank=True)
    is_aside = models.BooleanField(default=False)

    class Meta:
        """Database laws; facts are read in the order in which they were told."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payment", "kind", "about"], name="a_fact_is_told_once"
            ),
            models.CheckConstraint(condition=Q(amount_micros__gte=0), name="fact_is_not_negative"),
            models.CheckConstraint(
                condition=Q(booked_at__isnull=True) | Q(is_aside=False),
                name="what_is_aside_is_not_booked",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what happened."""
        return f"{self.kind}:{self.about} {self.amount_micros} {self.currency}"

    @property
    def words(self) -> str:
        """What happened, as people say it."""
        return FACT_WORDS[FactKind(self.kind)]

    @property
    def fact(self) -> Fact:
        """The fact as a value."""
        return Fact(
            kind=FactKind(self.kind),
            about=self.about,
            amount=Money(self.amount_micros, self.currency),
            fee=Money(self.fee_micros, self.currency),
            occurred_at=self.occurred_at,
            reason=self.reason,
        )


class PaymentShare(models.Model):
    """What one account got of a payment, what of it the account gave back, and what was borne."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="shares")
    account = models.CharField(max_length=120)
    bearer = models.CharField(max_length=120)
    amount_micros = models.BigIntegerField()
    given_micros = models.BigIntegerField(default=0)
    borne_micros = models.BigIntegerField(default=0)

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "account"], name="a_share_is_one_account"),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0, given_micros__gte=0, borne_micros__gte=0)
                & Q(amount_micros__gte=F("given_micros") + F("borne_micros")),
                name="a_share_gives_back_no_more_than_it_got",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who got how much."""
        return f"{self.account}: {self.amount_micros}"

    def part(self, currency: str) -> Part:
        """Return the share as a value."""
        return Part(
            share=Share(self.account, Money(self.amount_micros, currency), self.bearer),
            given=Money(self.given_micros, currency),
            borne=Money(self.borne_micros, currency),
        )


class RefundHold(models.Model):
    """What is kept back on an account while a refund is asked for; ``hold_id`` is the ledger's."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refund_holds")
    account = models.CharField(max_length=120)
    amount_micros = models.BigIntegerField()
    hold_id = models.UUIDField(unique=True)
    held_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payment", "account"],
                condition=Q(released_at__isnull=True),
                name="an_account_is_held_once_for_a_payment",
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="refund_hold_is_positive"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how much is held where."""
        return f"{self.account}: {self.amount_micros}"
