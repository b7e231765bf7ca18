"""Tables of videos."""

from typing import ClassVar

from django.db import models
from typing_extensions import override


class Status(models.TextChoices):
    """Where a video stands on its way; each change is also a :class:`Step` row."""

    UPLOADING = "uploading", "Uploading"
    QUARANTINED = "quarantined", "Waiting to be checked"
    TRANSCODING = "transcoding", "Being prepared"
    READY = "ready", "Ready"
    REFUSED = "refused", "Refused"
    REMOVED = "removed", "Removed"


class Visibility(models.TextChoices):
    """Who may watch."""

    PUBLIC = "public", "Everyone"
    UNLISTED = "unlisted", "Anyone with the link"
    MEMBERS = "members", "Members"
    PRIVATE = "private", "Only me"


HIDDEN = (Visibility.MEMBERS, Visibility.PRIVATE)
"""Whatever is not said to be for members or its owner is refused to all others."""


class Purpose(models.TextChoices):
    """What a video is for: a creator's post, or the picture of an advertisement.

    ``CHANNEL`` is no clip: it stands for all of a creator's channel where something is of no one
    video, such as a member's fee.
    """

    POST = "post", "Post"
    CREATIVE = "creative", "Ad creative"
    CHANNEL = "channel", "Channel"


class Track(models.Model):
    """A licensed piece of music and the holder of its rights (account ``rights:<holder>``)."""

    title = models.CharField(max_length=120)
    artist = models.CharField(max_length=120)
    holder = models.SlugField(max_length=64)

    @override
    def __str__(self) -> str:
        """Show title and artist."""
        return f"{self.title} — {self.artist}"


class Video(models.Model):
    """One clip. Media lies under ``MEDIA_HOME/<id>/``; only ``access_media`` opens it.

    ``progress_bp`` is how much of the preparation is done, in basis points; ``refused_why`` is the
    sentence shown to the uploader. ``width`` and ``height`` are the upright pixels of the largest
    rendition. ``captions_language`` is a BCP 47 tag, empty when there are no captions.
    ``has_mid_rolls`` is the creator's leave to interrupt it by an ad, where the policy allows one.
    ``category`` is what it is about, empty where its creator does not say. ``published_at`` is when
    others could first watch. One for members is for those of ``members_rank`` and above, until
    ``opens_at`` if that is said: then for all.
    """

    id = models.UUIDField(primary_key=True)
    uploader = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, null=True, blank=True, related_name="videos"
    )
    purpose = models.CharField(max_length=16, choices=Purpose, default=Purpose.POST)
    title = models.CharField(max_length=150)
    description = models.CharField(max_length=2000, blank=True)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.PUBLIC)
    status = models.CharField(max_length=16, choices=Status, default=Status.UPLOADING)
    progress_bp = models.PositiveIntegerField(default=0)
    refused_why = models.CharField(max_length=300, blank=True)
    tracks = models.ManyToManyField(Track, blank=True, related_name="videos")
    source_name = models.CharField(max_length=255)
    source_bytes = models.BigIntegerField(default=0)
    duration_ms = models.PositiveIntegerField(default=0)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    has_audio = models.BooleanField(default=False)
    captions_language = models.CharField(max_length=16, blank=True)
    has_mid_rolls = models.BooleanField(default=False)
    category = models.CharField(max_length=8, blank=True)
    members_rank = models.PositiveSmallIntegerField(default=1)
    opens_at = models.DateTimeField(null=True, blank=True)
    uploaded_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws and the feed's index."""

        indexes: ClassVar = [
            models.Index(fields=["status", "visibility", "-published_at"], name="video_feed"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=["post", "channel"], creator__isnull=False)
                | models.Q(purpose="creative", creator__isnull=True),
                name="a_post_has_a_creator_a_creative_has_none",
            ),
            models.CheckConstraint(
                condition=~models.Q(purpose="channel") | models.Q(status="removed"),
                name="a_channel_is_never_shown_as_a_clip",
            ),
            models.UniqueConstraint(
                fields=["creator"],
                condition=models.Q(purpose="channel"),
                name="a_creator_has_one_channel",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="ready") | models.Q(duration_ms__gt=0),
                name="a_ready_video_has_a_length",
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True) | models.Q(visibility="members"),
                name="only_what_is_for_members_opens_later",
            ),
            models.CheckConstraint(
                condition=models.Q(progress_bp__lte=10_000), name="progress_ends_at_10000_bp"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the title."""
        return self.title


class Disclosed(models.TextChoices):
    """Why a video was made besides its viewers."""

    PARTNERSHIP = "partnership", "I was paid for it"
    GIFTED = "gifted", "I was given the product"
    AFFILIATE = "affiliate", "I earn by links or codes in it"
    OWN = "own", "It promotes what is mine"


class Disclosure(models.Model):
    """What a video says of who had a reason to pay for it, over it from its first frame.

    ``partner`` is who that is, empty for what is one's own. ``is_forced``: a deal says it, and its
    creator cannot take it away.
    """

    video = models.OneToOneField(
        Video, on_delete=models.PROTECT, primary_key=True, related_name="disclosure"
    )
    kind = models.CharField(max_length=11, choices=Disclosed)
    partner = models.CharField(max_length=80, blank=True)
    is_forced = models.BooleanField(default=False)
    said_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(kind="own", partner="")
                | (~models.Q(kind="own") & ~models.Q(partner="")),
                name="a_disclosure_names_who_paid",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what is said."""
        return f"{self.get_kind_display()}: {self.partner}"


class Step(models.Model):
    """One change of a video's status: to what, when, by whom (nobody: the worker), and why."""

    video = models.ForeignKey(Video, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=16, choices=Status)
    taken_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.CharField(max_length=300, blank=True)
    taken_at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show the new status."""
        return f"{self.video_id} → {self.status}"
