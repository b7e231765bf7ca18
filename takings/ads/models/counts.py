"""What is counted beside the money: decisions, clicks, what players report."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.ads.models.campaigns import Campaign
from takings.ads.models.leases import Lease
from takings.ads.models.line_items import LineItem
from takings.ads.rules.tokens import NO_VIDEO


class Served(models.Model):
    """How many decisions a line item won in a quarter of an hour: a statistic, not money.

    By UTC day and its ``quarter`` (0 to 95), country, placement and the ad's video. Before those
    were counted, a whole day's stand at its noon, in placement 0, for no video.
    """

    line_item = models.ForeignKey(LineItem, on_delete=models.PROTECT, related_name="served")
    day = models.DateField()
    quarter = models.PositiveSmallIntegerField(default=48)
    placement = models.PositiveSmallIntegerField(default=0)
    video_id = models.UUIDField(default=NO_VIDEO)
    country = models.CharField(max_length=2)
    decision_count = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line_item", "day", "quarter", "country", "placement", "video_id"],
                name="served_is_counted_in_one_row",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show day, country and count."""
        return f"{self.day} {self.country}: {self.decision_count}"


class Click(models.Model):
    """The first click on one decision, through the signed redirect. ``ignored_why`` is a reason.

    What was clicked where is as in :class:`RejectedImpression`.
    """

    decision_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="clicks")
    line_item = models.ForeignKey(
        LineItem, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    video_id = models.UUIDField(null=True)
    after_video_id = models.UUIDField(null=True)
    placement = models.PositiveSmallIntegerField(default=0)
    country = models.CharField(max_length=2)
    clicked_at = models.DateTimeField()
    ignored_why = models.CharField(max_length=16, blank=True)

    class Meta:
        """The index of a campaign's report."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "clicked_at"], name="clicks_of_a_campaign"),
        ]

    @override
    def __str__(self) -> str:
        """Show the decision."""
        return str(self.decision_id)


class PricedClick(models.Model):
    """What a conversion after a click costs, and whose money pays; the rest is with the click.

    Rows never change.
    """

    decision_id = models.UUIDField(primary_key=True)
    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="+")
    price_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_micros__gt=0), name="a_priced_click_has_a_price"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the decision and its price."""
        return f"{self.decision_id}: {self.price_micros}"


class Showing(models.Model):
    """What was told of one decision: ``kinds`` is the sum of the bits of ``rules.showings``.

    ``day`` is the UTC day on which the ad was chosen, ``video_id`` its video. A statistic, never
    money: bits are only added, so events may come in any order and any number of times. What is
    empty was not written down yet. It counts in no report where ``ignored_why`` is a reason.
    """

    decision_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="showings")
    line_item = models.ForeignKey(
        LineItem, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    video_id = models.UUIDField()
    after_video_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    placement = models.PositiveSmallIntegerField()
    country = models.CharField(max_length=2)
    day = models.DateField()
    kinds = models.PositiveIntegerField()
    ignored_why = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        """The indexes of a campaign's report and of a video's ads."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "day"], name="showings_of_a_campaign"),
            models.Index(
                fields=["after_video_id", "decided_at"],
                condition=Q(placement__in=[2, 3, 4]),
                name="showings_inside_a_video",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the decision and its bits."""
        return f"{self.decision_id}: {self.kinds:b}"


class StatedRegion(models.Model):
    """In which region somebody says that they live for whom a decision was made: for reports alone.

    It is ISO 3166-2. Decisions for others have no row, and rows never change.
    """

    decision_id = models.UUIDField(primary_key=True)
    region = models.CharField(max_length=6)

    @override
    def __str__(self) -> str:
        """Show the decision and the region."""
        return f"{self.decision_id}: {self.region}"


class PlayerReport(models.Model):
    """What a player of another site said of one decision: that its ad began, or why it failed.

    ``error_code`` is VAST's, 0 while none was told; the first one that is told stays.
    """

    decision_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="told")
    creative = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    error_code = models.PositiveSmallIntegerField()
    reported_at = models.DateTimeField(db_index=True)

    @override
    def __str__(self) -> str:
        """Show the decision and the code."""
        return f"{self.decision_id}: {self.error_code}"
