"""Files to the bank and from it: stored byte for byte, each one once."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from takings.money import Money
from takings.payouts.rules.files import answers


class BankFile(models.Model):
    """A file for the bank: whoever downloads it again gets the same bytes."""

    id = models.UUIDField(primary_key=True)
    batch = models.ForeignKey("payouts.Batch", on_delete=models.PROTECT, related_name="files")
    rail = models.CharField(max_length=8)
    currency = models.CharField(max_length=4)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    content = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)
    payout_count = models.PositiveIntegerField()
    total_micros = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "rail", "currency", "number"], name="a_bank_file_is_made_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name

    @property
    def total(self) -> Money:
        """What the bank pays for it."""
        return Money(self.total_micros, self.currency)


class Speech(models.TextChoices):
    """What a bank's file is."""

    PAIN_002 = answers.Speech.PAIN_002.value, "Status report (pain.002)"
    CAMT_053 = answers.Speech.CAMT_053.value, "Account statement (camt.053)"
    CSV = answers.Speech.CSV.value, "Table of results (CSV)"


class AnswerFile(models.Model):
    """A file from the bank; the same one is read once."""

    id = models.UUIDField(primary_key=True)
    speech = models.CharField(max_length=8, choices=Speech)
    name = models.CharField(max_length=120)
    content = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)
    unknown_count = models.PositiveIntegerField(default=0)
    read_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class Told(models.TextChoices):
    """What the bank says of a payout."""

    ACCEPTED = answers.Told.ACCEPTED.value, "The bank took it"
    SETTLED = answers.Told.SETTLED.value, "The bank paid it"
    RETURNED = answers.Told.RETURNED.value, "The bank gave it back"


class Answer(models.Model):
    """What a file from the bank says of one payout; ``code`` is of ISO 20022's reasons."""

    file = models.ForeignKey(AnswerFile, on_delete=models.PROTECT, related_name="answers")
    payout = models.ForeignKey("payouts.Payout", on_delete=models.PROTECT, related_name="answers")
    told = models.CharField(max_length=8, choices=Told)
    code = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        """Answers are read in the order in which they came; each is one per file."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "payout"], name="a_file_answers_a_payout_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show what was told."""
        return f"{self.payout_id}: {self.told}"
