"""Documents that prove who a creator is."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class Proof(models.TextChoices):
    """What a document proves."""

    IDENTITY = "identity", "Passport or identity card"
    ADDRESS = "address", "Proof of address"
    COMPANY = "company", "Extract from the register of companies"
    TAX = "tax", "Tax certificate"


class Document(models.Model):
    """A file that a creator sent, sealed; ``digest`` is the SHA-256 of what they sent.

    The id is the sender's, so that sending it twice is sending it once. Rows never change.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    proves = models.CharField(max_length=8, choices=Proof)
    content_type = models.CharField(max_length=20)
    suffix = models.CharField(max_length=4)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()

    class Meta:
        """Documents are read in the order in which they were sent."""

        ordering: ClassVar = ["sent_at", "id"]

    @override
    def __str__(self) -> str:
        """Show what it proves."""
        return self.get_proves_display()
