"""Accounts at providers who pay creators, transfers to them, and what providers told."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.payouts.rules import port

LONGEST_REASON = 200


class AccountState(models.TextChoices):
    """How far an account is."""

    ONBOARDING = port.AccountState.ONBOARDING.value, "To be completed"
    READY = port.AccountState.READY.value, "Ready"
    RESTRICTED = port.AccountState.RESTRICTED.value, "Restricted"


class ProviderAccount(models.Model):
    """A creator's account at a provider. ``key`` was stored before it was asked for.

    ``ref`` is the provider's name for it, empty until it answered; ``missing`` is what it lacks.
    """

    key = models.UUIDField(unique=True)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=16)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=4)
    ref = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=AccountState, default=AccountState.ONBOARDING)
    missing = models.CharField(max_length=LONGEST_REASON, blank=True)
    opened_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws, and the index of what is asked for."""

        indexes: ClassVar = [
            models.Index(
                fields=["ask_at"], condition=Q(ask_at__isnull=False), name="accounts_to_ask_for"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "provider"], name="an_account_at_a_provider_is_one"
            ),
            models.UniqueConstraint(
                fields=["provider", "ref"],
                condition=~Q(ref=""),
                name="a_provider_names_an_account_once",
            ),
            models.CheckConstraint(
                condition=~Q(ref="", state="ready"), name="a_ready_account_has_a_name"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show where it is."""
        return f"account at {self.provider}"


class TransferStatus(models.TextChoices):
    """Where the call stands: each transfer is stored before it is asked for."""

    ASKED = "asked", "Being sent"
    UNKNOWN = "unknown", "No answer yet"
    WAITING = "waiting", "The provider holds too little"
    MADE = "made", "The provider has it"
    REFUSED = "refused", "Refused"


class Transfer(models.Model):
    """The call that sends one payout to an account; its payout says where the money is.

    ``key`` makes asking twice the same as once; what certainly did not happen is asked for again
    under a new key, so ``try_count`` grows. Times of the provider are its own.
    """

    payout = models.OneToOneField(
        "payouts.Payout", on_delete=models.PROTECT, primary_key=True, related_name="transfer"
    )
    account = models.ForeignKey(ProviderAccount, on_delete=models.PROTECT, related_name="transfers")
    key = models.UUIDField(unique=True)
    try_count = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=8, choices=TransferStatus, default=TransferStatus.ASKED)
    ref = models.CharField(max_length=80, blank=True, db_index=True)
    why = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws, and the index of what is asked for."""

        indexes: ClassVar = [
            models.Index(
                fields=["ask_at"], condition=Q(ask_at__isnull=False), name="transfers_to_ask_for"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status="made") | (~Q(ref="") & Q(made_at__isnull=False)),
                name="a_transfer_that_is_made_has_a_name",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show which payout and where it stands."""
        return f"{self.payout_id}: {self.status}"


class Heard(models.TextChoices):
    """What a provider says of a transfer."""

    SENT = port.Outcome.SENT.value, "The provider took it"
    SETTLED = port.Outcome.SETTLED.value, "The provider paid it"
    FAILED = port.Outcome.FAILED.value, "The bank gave it back to the provider"
    RETURNED = port.Outcome.RETURNED.value, "The provider gave it back"
    REFUSED = "refused", "The provider refused it"


class TransferNews(models.Model):
    """What a provider told of a transfer, each thing once, when we heard it."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="news")
    told = models.CharField(max_length=8, choices=Heard)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    heard_at = models.DateTimeField()

    class Meta:
        """News are read in the order in which they came."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transfer", "told"], name="a_thing_is_told_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show what was told."""
        return f"{self.transfer_id}: {self.told}"


class ProviderEvent(models.Model):
    """A message of a provider, with its own id: stored once, answered, then worked."""

    provider = models.CharField(max_length=16)
    event_id = models.CharField(max_length=120)
    account = models.CharField(max_length=80, blank=True)
    transfer = models.CharField(max_length=80, blank=True)
    key = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="a_payout_event_comes_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose event it is."""
        return f"{self.provider} {self.event_id}"
