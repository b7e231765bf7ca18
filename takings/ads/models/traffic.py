"""What the second look took back: invalid impressions, their money, their credit notes.

Rows never change. An impression that is taken back stays billed as it was; this says what became
of it.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class TrafficPass(models.Model):
    """One look at the ``judged_count`` impressions that a UTC day had, by a dated set of rules.

    ``judged_sum`` tells them from as many others. More that are billed later ask for another pass;
    the same ones again are the same pass.
    """

    day = models.DateField()
    rules = models.CharField(max_length=40)
    judged_count = models.PositiveIntegerField()
    judged_sum = models.CharField(max_length=32, default="")
    judged_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "rules", "judged_count", "judged_sum"], name="a_day_is_judged_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show day and rules."""
        return f"{self.day} by {self.rules}"


class TrafficCredit(models.Model):
    """One ``ad_refunded`` entry: so many views of a line item in one pool, given back by one pass.

    Or inside one video that paid its ``creator``: ``share_micros`` of it is taken back from them.
    ``kept_micros`` of it had been given back by an operator's credit note before: it is ours.
    ``entry_id`` is the entry's.
    """

    entry_id = models.UUIDField(primary_key=True)
    made_by = models.ForeignKey(TrafficPass, on_delete=models.PROTECT, related_name="credits")
    campaign = models.ForeignKey("ads.Campaign", on_delete=models.PROTECT, related_name="refunds")
    line_item = models.ForeignKey("ads.LineItem", on_delete=models.PROTECT, related_name="refunds")
    country = models.CharField(max_length=2)
    period = models.CharField(max_length=16)
    impression_count = models.PositiveIntegerField()
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    kept_micros = models.BigIntegerField()
    credited_at = models.DateTimeField()
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, null=True, related_name="+"
    )
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, null=True, related_name="+")
    share_micros = models.BigIntegerField(null=True)

    class Meta:
        """Database laws, and the index from a pool to what left it."""

        indexes: ClassVar = [
            models.Index(fields=["period", "country"], name="credits_of_a_pool"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(impression_count__gt=0, amount_micros__gt=0, kept_micros__gte=0)
                & Q(kept_micros__lte=F("amount_micros")),
                name="a_credit_has_impressions",
            ),
            models.UniqueConstraint(
                fields=["made_by", "line_item", "country", "period"],
                condition=Q(video__isnull=True),
                name="a_pass_credits_a_pool_once",
            ),
            models.UniqueConstraint(
                fields=["made_by", "line_item", "country", "period", "video"],
                condition=Q(video__isnull=False),
                name="a_pass_credits_a_video_once",
            ),
            models.CheckConstraint(
                condition=Q(creator__isnull=True, video__isnull=True, share_micros__isnull=True)
                | Q(
                    creator__isnull=False,
                    video__isnull=False,
                    share_micros__gte=0,
                    share_micros__lte=F("amount_micros"),
                ),
                name="a_credit_is_of_a_pool_or_of_a_creator",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how many views gave back how much."""
        return f"{self.impression_count} × {self.campaign_id}: {self.amount_micros}"

    @property
    def amount(self) -> Money:
        """What its impressions had cost."""
        return Money(self.amount_micros, self.currency)

    @property
    def share(self) -> Money | None:
        """What of it a creator had; none had a part that can be named of what was in a pool."""
        return None if self.share_micros is None else Money(self.share_micros, self.currency)

    @property
    def given(self) -> Money:
        """What the advertiser may spend again."""
        return Money(self.amount_micros - self.kept_micros, self.currency)


class InvalidImpression(models.Model):
    """A billed impression that was given back; ``reason`` is a :class:`~rules.traffic.Flaw`.

    ``charged_at`` is when it was billed: an invoice of a later month does not hold it.
    """

    impression = models.OneToOneField(
        "ads.BilledImpression", on_delete=models.PROTECT, primary_key=True, related_name="invalid"
    )
    credit = models.ForeignKey(TrafficCredit, on_delete=models.PROTECT, related_name="impressions")
    reason = models.CharField(max_length=20)
    charged_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the reason."""
        return f"{self.impression_id}: {self.reason}"


class CreditedCampaign(models.Model):
    """What a credit note took back of a campaign, of which month's invoice."""

    campaign = models.ForeignKey("ads.Campaign", on_delete=models.PROTECT, related_name="credited")
    note = models.ForeignKey("invoicing.Invoice", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "note"], name="a_note_credits_a_campaign_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="a_credited_campaign_gets_something"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show campaign and month."""
        return f"{self.campaign_id} {self.month:%Y-%m}"
