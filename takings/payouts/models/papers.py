"""Who is paid, and where to. A row is a version and never changes; the newest one counts."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.payouts.rules import methods
from takings.payouts.rules.withholding import TaxForm


class Legal(models.TextChoices):
    """Who earns, in the eyes of the law."""

    PERSON = "person", "A person"
    COMPANY = "company", "A company"


class Form(models.TextChoices):
    """What a creator certifies to the tax office of the source country."""

    NONE = TaxForm.NONE.value, "No form yet"
    W9 = TaxForm.W9.value, "W-9: I pay tax in the United States"
    W8BEN = TaxForm.W8BEN.value, "W-8BEN: I pay tax elsewhere"


class Profile(models.Model):
    """What a creator told about themselves for law and tax: one version, signed by submitting it.

    ``legal_name`` and ``papers`` (birth, address, tax and VAT numbers, as JSON) are sealed.
    ``country`` is where they live and pay tax, ISO 3166-1 alpha-2.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    legal = models.CharField(max_length=8, choices=Legal)
    country = models.CharField(max_length=2)
    tax_form = models.CharField(max_length=8, choices=Form)
    claims_treaty = models.BooleanField()
    self_billing = models.BooleanField()
    legal_name = models.BinaryField()
    papers = models.BinaryField()
    submitted_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "number"], name="profile_versions_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="profile_country_is_iso_3166"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose version it is, and which."""
        return f"profile {self.number} of {self.creator_id}"


class Verdict(models.TextChoices):
    """What an operator found."""

    VERIFIED = "verified", "Verified"
    CLEARED = "cleared", "Verified; the one on the list is somebody else"
    REJECTED = "rejected", "Rejected"


class Review(models.Model):
    """An operator looked at a profile; ``hit_count`` rows of the list of that day named them."""

    profile = models.OneToOneField(Profile, on_delete=models.PROTECT, related_name="review")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=500)
    hit_count = models.PositiveIntegerField()
    list_digest = models.CharField(max_length=64)
    reviewed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reason=""), name="a_verdict_has_a_reason"),
        ]

    @override
    def __str__(self) -> str:
        """Show the verdict."""
        return f"{self.profile_id}: {self.verdict}"


class Way(models.TextChoices):
    """How money reaches somebody."""

    SEPA = methods.Kind.SEPA.value, "Bank account in euros (SEPA)"
    US_BANK = methods.Kind.US_BANK.value, "Bank account in the United States"
    IBAN = methods.Kind.IBAN.value, "Bank account elsewhere (IBAN)"
    PROVIDER = methods.Kind.PROVIDER.value, "Account at a payment provider"
    MANUAL = methods.Kind.MANUAL.value, "Payment by hand"


class Method(models.Model):
    """Where to pay a creator, from ``usable_from`` on; ``details`` are sealed JSON.

    ``account`` is theirs at a provider, where the kind is that.
    ``fingerprint`` tells equal accounts from others without telling them.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=Way)
    currency = models.CharField(max_length=4)
    masked = models.CharField(max_length=24)
    fingerprint = models.CharField(max_length=64, db_index=True)
    details = models.BinaryField()
    account = models.ForeignKey(
        "payouts.ProviderAccount", on_delete=models.PROTECT, related_name="+", null=True
    )
    added_at = models.DateTimeField()
    usable_from = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "number"], name="method_versions_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(kind="provider", account__isnull=False)
                | (~Q(kind="provider") & Q(account__isnull=True)),
                name="a_provider_method_has_its_account",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show kind and masked number."""
        return f"{self.get_kind_display()} {self.masked}"

    @property
    def rail(self) -> str:
        """The kind of file in which it is paid."""
        return methods.RAILS[methods.Kind(self.kind)].value
