"""What was charged, for which views, and what nobody paid for."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.ads.models.campaigns import Campaign
from takings.ads.models.leases import Lease
from takings.ads.models.line_items import LineItem
from takings.money import Money


class ChargedSegment(models.Model):
    """A segment of events that was charged: the mark that makes charging it once."""

    name = models.CharField(max_length=80, primary_key=True)
    billed_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    charged_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class Charge(models.Model):
    """One ``ad_charged`` entry: so many views of a line item from one segment.

    Their money is in the pool of ``country`` and ``period``; or, inside a video that pays its
    ``creator``, ``share_micros`` of it is theirs, on their statement of the period.
    """

    entry_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="charges")
    line_item = models.ForeignKey(LineItem, on_delete=models.PROTECT, related_name="charges")
    segment = models.ForeignKey(ChargedSegment, on_delete=models.PROTECT, related_name="charges")
    country = models.CharField(max_length=2)
    period = models.CharField(max_length=16)
    impression_count = models.PositiveIntegerField()
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    charged_at = models.DateTimeField()
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, null=True, related_name="+"
    )
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, null=True, related_name="+")
    placement = models.PositiveSmallIntegerField(null=True)
    share_micros = models.BigIntegerField(null=True)

    class Meta:
        """Database laws, and the indexes from a pool to its charges, and of the last days."""

        indexes: ClassVar = [
            models.Index(fields=["period", "country"], name="charges_of_a_pool"),
            models.Index(fields=["charged_at"], name="charges_by_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0, impression_count__gt=0),
                name="a_charge_has_impressions",
            ),
            models.CheckConstraint(
                condition=Q(
                    creator__isnull=True,
                    video__isnull=True,
                    placement__isnull=True,
                    share_micros__isnull=True,
                )
                | Q(
                    creator__isnull=False,
                    video__isnull=False,
                    placement__in=[2, 3, 4],
                    share_micros__gte=0,
                    share_micros__lte=F("amount_micros"),
                ),
                name="a_charge_is_of_a_pool_or_of_a_creator",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how many views cost how much."""
        return f"{self.impression_count} × {self.campaign_id}: {self.amount_micros}"

    @property
    def amount(self) -> Money:
        """What was charged."""
        return Money(self.amount_micros, self.currency)


class BilledImpression(models.Model):
    """One viewable view that was paid for; the decision id makes it once.

    ``placement`` is a :class:`~rules.tokens.Placement`, 0 where it was not written down yet.
    ``share_micros`` of the price went to the creator of the video it was inside of; without any,
    ``pooled_why`` (a :class:`~rules.direct.Pooled`) says why an ad inside a video paid the pool.
    """

    decision_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="billed")
    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="billed")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    after_video_id = models.UUIDField()
    placement = models.PositiveSmallIntegerField(default=0)
    country = models.CharField(max_length=2)
    price_micros = models.BigIntegerField()
    viewed_at = models.DateTimeField()
    event_id = models.UUIDField(unique=True)
    entry_id = models.UUIDField(db_index=True)
    segment = models.CharField(max_length=80)
    share_micros = models.BigIntegerField(null=True)
    pooled_why = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        """Database laws, and the indexes of a campaign's report and of a video's ads."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "viewed_at"], name="billed_of_a_campaign"),
            models.Index(
                fields=["after_video_id", "viewed_at"],
                condition=Q(placement__in=[2, 3, 4]),
                name="billed_inside_a_video",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_micros__gt=0), name="impression_price_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(share_micros__isnull=True)
                | Q(
                    placement__in=[2, 3, 4],
                    share_micros__gte=0,
                    share_micros__lte=F("price_micros"),
                    pooled_why="",
                ),
                name="an_impression_shares_inside_a_video",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what was paid."""
        return f"{self.decision_id}: {self.price_micros}"


class ChargedAd(models.Model):
    """How often a line item was charged for one ad on a UTC day: what rates are learned from.

    The sum of its impressions by ``viewed_at``, kept where they are written: looking at each single
    one takes seconds where there are millions.
    """

    line_item = models.ForeignKey(LineItem, on_delete=models.PROTECT, related_name="charged_ads")
    video_id = models.UUIDField()
    day = models.DateField()
    charge_count = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["line_item", "day", "video_id"], name="charges_of_an_ad_are_one_row"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show day, ad and count."""
        return f"{self.day} {self.video_id}: {self.charge_count}"


class RejectedImpression(models.Model):
    """A report of a view that nobody paid for; ``reason`` is a :class:`~rules.judging.Reason`.

    A forged one names no campaign. ``placement`` is 0, and ``video_id`` (the ad's) and the line
    item are empty, where the decision is not known or they were not written down yet.
    """

    event_id = models.UUIDField(primary_key=True)
    decision_id = models.UUIDField(null=True, blank=True, db_index=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="rejected"
    )
    line_item = models.ForeignKey(
        LineItem, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    video_id = models.UUIDField(null=True, blank=True)
    after_video_id = models.UUIDField(null=True, blank=True)
    placement = models.PositiveSmallIntegerField(default=0)
    country = models.CharField(max_length=2)
    reason = models.CharField(max_length=16)
    viewed_at = models.DateTimeField()
    segment = models.CharField(max_length=80)

    class Meta:
        """The indexes of a campaign's report and of a video's ads."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "viewed_at"], name="rejected_of_a_campaign"),
            models.Index(
                fields=["after_video_id", "viewed_at"],
                condition=Q(placement__in=[2, 3, 4]),
                name="rejected_inside_a_video",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the reason."""
        return f"{self.event_id}: {self.reason}"


class InvoicedCampaign(models.Model):
    """What an invoice billed of a campaign: what was charged by its month's end, and not before.

    Amounts are whole payable units; what is left below one waits for the next month.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="invoiced")
    invoice = models.ForeignKey("invoicing.Invoice", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    impression_count = models.PositiveIntegerField()
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "month"], name="a_campaign_is_invoiced_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="an_invoiced_campaign_costs_something"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show campaign and month."""
        return f"{self.campaign_id} {self.month:%Y-%m}"
