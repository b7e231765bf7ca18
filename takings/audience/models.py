"""Tables of the audience. A follow or like that ends keeps its row: what was, was."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class Follow(models.Model):
    """A person follows a creator from ``followed_at`` until ``ended_at``."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="follows")
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, related_name="followers"
    )
    followed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "creator"],
                condition=models.Q(ended_at__isnull=True),
                name="one_follow_at_a_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who follows whom."""
        return f"{self.user} follows {self.creator}"


class Like(models.Model):
    """A person likes a post from ``liked_at`` until ``ended_at``."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="likes")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="likes")
    liked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index that counts a post's likes."""

        indexes: ClassVar = [
            models.Index(fields=["video", "liked_at"], name="like_count"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "video"],
                condition=models.Q(ended_at__isnull=True),
                name="one_like_at_a_time",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who likes what."""
        return f"{self.user} likes {self.video}"


class Sighting(models.Model):
    """A viewer (signed in or not) has watched a post for the first time at ``seen_at``."""

    viewer_id = models.UUIDField()
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["viewer_id", "video"], name="a_first_time_is_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show who saw what."""
        return f"{self.viewer_id} saw {self.video_id}"
