"""What is said in rooms, and what was decided about it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.live.models.rooms import Room


class Line(models.Model):
    """Something that somebody said. The id is the caller's. Removed, it is kept, and not shown."""

    id = models.UUIDField(primary_key=True)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="lines")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    said_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """Database laws, and the order in which lines are read."""

        indexes: ClassVar = [models.Index(fields=["room", "-said_at"], name="lines_of_a_room")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="a_line_is_removed_by_somebody",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who said what."""
        return f"{self.user}: {self.text}"


class RestraintKind(models.TextChoices):
    """How far somebody is kept from a chat."""

    MUTED = "muted", "Muted for some minutes"
    BANNED = "banned", "Banned from the chat of this room"


class Restraint(models.Model):
    """Somebody may not write in a room, until ``ends_at`` or until it is lifted."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="restraints")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=RestraintKind)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index by which somebody's are found."""

        indexes: ClassVar = [models.Index(fields=["room", "user"], name="restraints_of_a_person")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["room", "user"],
                condition=Q(kind="banned", lifted_at__isnull=True),
                name="one_ban_at_a_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who is kept from what."""
        return f"{self.user}: {self.get_kind_display()}"


class ReportReason(models.TextChoices):
    """What is wrong with a line."""

    HARASSMENT = "harassment", "Insults or threatens somebody"
    HATE = "hate", "Hates people for what they are"
    SEXUAL = "sexual", "Is sexual"
    SPAM = "spam", "Is advertising or fraud"
    DANGER = "danger", "Somebody is in danger"


class Report(models.Model):
    """Somebody says that a line should not be there; an operator answers once."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="reports")
    reported_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=ReportReason)
    reported_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    was_right = models.BooleanField(null=True)

    class Meta:
        """Database laws, and the index of what waits."""

        indexes: ClassVar = [
            models.Index(
                fields=["reported_at"],
                condition=Q(answered_at__isnull=True),
                name="reports_that_wait",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["line", "reported_by"], name="one_report_a_person"),
        ]

    @override
    def __str__(self) -> str:
        """Show what is said of which line."""
        return f"{self.line_id}: {self.get_reason_display()}"


class BlockedWords(models.Model):
    """What a creator does not want to read in their rooms, and below gifts; one word a line."""

    creator = models.OneToOneField(
        "people.Creator", on_delete=models.PROTECT, related_name="blocked_words"
    )
    words = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show whose they are."""
        return f"Words of {self.creator}"
