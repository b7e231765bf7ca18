"""The inbox of webhooks: stored first, answered, then worked."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override


class WebhookEvent(models.Model):
    """A message of a provider, with its own id: once however often it is sent."""

    provider = models.CharField(max_length=16)
    event_id = models.CharField(max_length=120)
    ref = models.CharField(max_length=80)
    body = models.TextField()
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index of what waits."""

        indexes: ClassVar = [
            models.Index(
                fields=["received_at"], condition=Q(worked_at__isnull=True), name="events_that_wait"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "event_id"], name="a_provider_event_comes_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose event it is."""
        return f"{self.provider} {self.event_id}"
