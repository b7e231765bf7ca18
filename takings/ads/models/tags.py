"""Ad tags of others that advertisers handed in."""

from typing import ClassVar

from django.db import models
from typing_extensions import override

from takings.ads.rules.tags import IMPRESSION


class Tag(models.Model):
    """An address that answers with VAST; its video is taken once and then is one of the brand's.

    ``media_url`` and ``title`` are empty until it was asked, ``video`` and ``refused_why`` while
    the video is being fetched.
    """

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey("people.Brand", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=2000)
    media_url = models.CharField(max_length=2000, blank=True)
    media_name = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=150, blank=True)
    added_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    video = models.ForeignKey(
        "videos.Video", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refused_why = models.CharField(max_length=300, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(video=None) | models.Q(refused_why=""),
                name="a_tag_is_taken_or_refused",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the address."""
        return self.url


class TagCounter(models.Model):
    """An address that the tag's owner counts impressions by, or another ``event`` of VAST."""

    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="counters")
    url = models.CharField(max_length=2000)
    event = models.CharField(max_length=16, default=IMPRESSION)

    @override
    def __str__(self) -> str:
        """Show the address."""
        return self.url


class TagTold(models.Model):
    """A counter that was told of a charged impression: once, whether or not it answered.

    One that counts another event was told that this happened.
    """

    counter = models.ForeignKey(TagCounter, on_delete=models.PROTECT, related_name="told")
    decision_id = models.UUIDField()
    told_at = models.DateTimeField()
    failed_code = models.CharField(max_length=40, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["counter", "decision_id"], name="a_counter_is_told_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whom, of what."""
        return f"{self.counter_id} of {self.decision_id}"
