"""What viewers see of a campaign, what operators said about it, and every change of both."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.ads.models.campaigns import Campaign
from takings.ads.models.line_items import LineItem
from takings.videos.rules.categories import CATEGORIES


class Review(models.TextChoices):
    """Where a creative stands; only an approved one is served."""

    SUBMITTED = "submitted", "In review"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


class Creative(models.Model):
    """One ad of a campaign: a video, what stands over it, and where its button leads.

    ``edition`` grows with every change of the advertiser, so that an operator approves what was
    looked at and nothing else. ``approved_url`` is the landing page that was approved last: clicks
    lead there and nowhere else, also while a change of it waits for review. ``category`` is what it
    advertises, empty where its advertiser does not say.
    """

    id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="creatives")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    headline = models.CharField(max_length=60)
    call_to_action = models.CharField(max_length=24)
    landing_url = models.URLField(max_length=500)
    category = models.CharField(max_length=8, blank=True)
    approved_url = models.URLField(max_length=500, blank=True)
    review = models.CharField(max_length=9, choices=Review, default=Review.SUBMITTED)
    declined_why = models.CharField(max_length=500, blank=True)
    edition = models.PositiveIntegerField(default=1)
    submitted_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index of what waits for an operator."""

        indexes: ClassVar = [
            models.Index(
                fields=["submitted_at"], condition=Q(review="submitted"), name="creative_waits"
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "video"], name="a_campaign_shows_a_video_in_one_creative"
            ),
            models.CheckConstraint(
                condition=~Q(review="approved") | Q(approved_url=F("landing_url")),
                name="an_approved_creative_leads_where_it_says",
            ),
            models.CheckConstraint(
                condition=Q(review="declined") ^ Q(declined_why=""),
                name="a_declined_creative_says_why",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the headline."""
        return self.headline

    @property
    def category_name(self) -> str:
        """What it advertises, by its name; empty where that is not said."""
        return CATEGORIES.get(self.category, "")

    @property
    def is_shown(self) -> bool:
        """Whether it is shown when its video is ready and its campaign runs."""
        return self.review == Review.APPROVED and self.paused_at is None


class Change(models.Model):
    """One change of a campaign, a line item or a creative: what, from, to, by whom. Never changed.

    ``field`` is in words, as a person reads it; ``reason`` is an operator's.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="changes")
    creative = models.ForeignKey(
        Creative, on_delete=models.PROTECT, null=True, related_name="changes"
    )
    line_item = models.ForeignKey(
        LineItem, on_delete=models.PROTECT, null=True, related_name="changes"
    )
    field = models.CharField(max_length=40)
    was = models.TextField(blank=True)
    became = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    changed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        """Changes are read in the order in which they were made."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what became of what."""
        return f"{self.field}: {self.was} → {self.became}"
