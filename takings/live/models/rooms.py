"""Rooms: a creator's video that many watch at the same time, and who wants to be told."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.live.rules.rooms import Plan, State, Talkers, last_moment


class Room(models.Model):
    """A scheduled or running shared session on one video. The id is the caller's.

    ``publishes``: the video becomes public as it begins.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="rooms")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="rooms")
    title = models.CharField(max_length=100)
    starts_at = models.DateTimeField()
    minimum_age = models.PositiveSmallIntegerField()
    talkers = models.CharField(max_length=9, choices=[(one.value, one.name) for one in Talkers])
    slow_s = models.PositiveSmallIntegerField()
    publishes = models.BooleanField()
    began_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index by which rooms are found that begin or end."""

        indexes: ClassVar = [
            models.Index(
                fields=["starts_at"],
                condition=Q(ended_at__isnull=True, cancelled_at__isnull=True),
                name="rooms_that_are_not_over",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")),
                name="a_room_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(began_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="a_room_that_began_is_not_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(began_at__isnull=False),
                name="what_ends_has_begun",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the title."""
        return self.title

    @property
    def state(self) -> State:
        """What it is now."""
        if self.cancelled_at:
            return State.CANCELLED
        if self.ended_at:
            return State.OVER
        return State.RUNNING if self.began_at else State.COMING

    @property
    def plan(self) -> Plan:
        """What its creator decided."""
        return Plan(
            title=self.title,
            starts_at=self.starts_at,
            minimum_age=self.minimum_age,
            talkers=Talkers(self.talkers),
            slow_s=self.slow_s,
            publishes=self.publishes,
        )

    @property
    def ends_at(self) -> dt.datetime:
        """When it ends by itself, from what is known."""
        began_at = self.began_at or self.starts_at
        return last_moment(began_at=began_at, duration_ms=self.video.duration_ms)


class RoomStepKind(models.TextChoices):
    """What can happen to a room."""

    SCHEDULED = "scheduled", "Scheduled"
    CHANGED = "changed", "Changed"
    BEGUN = "begun", "Began"
    ENDED = "ended", "Ended"
    CANCELLED = "cancelled", "Cancelled"


class RoomStep(models.Model):
    """One thing that happened to a room, by whom (nobody: the clock), and why. Never changed."""

    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=9, choices=RoomStepKind)
    taken_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what happened to which."""
        return f"{self.room}: {self.get_kind_display()}"


class Reminder(models.Model):
    """Somebody wants to be told when a room begins; ``sent_at`` says that it was done."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="reminders")
    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "user"], name="one_reminder_a_room"),
        ]

    @override
    def __str__(self) -> str:
        """Show who waits for what."""
        return f"{self.user} waits for {self.room}"


class ShownName(models.Model):
    """Somebody agreed that others in a room read their name while they are there."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="shown_names")
    user = models.ForeignKey("people.User", on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "user"], name="a_name_is_shown_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show whose name."""
        return f"{self.user} in {self.room}"


class Presence(models.Model):
    """How many listen to a topic at one web process, and some of their names; written anew.

    ``seen_at`` is when the process said so last; a process that died is not counted for long.
    """

    process = models.UUIDField()
    topic = models.CharField(max_length=64)
    guest_count = models.PositiveIntegerField()
    names = models.JSONField()
    seen_at = models.DateTimeField()

    class Meta:
        """Database laws, and the index by which a topic's guests are counted."""

        indexes: ClassVar = [models.Index(fields=["topic"], name="presence_of_a_topic")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["process", "topic"], name="a_process_counts_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show how many are where."""
        return f"{self.guest_count} at {self.topic}"
