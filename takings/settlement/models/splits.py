"""Who shares in what a video earns, since when, agreed by all; and what came of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.settlement.rules import PRODUCT

WHOLE_BP = 10_000


class SplitStatus(models.TextChoices):
    """Where an agreement stands."""

    PROPOSED = "proposed", "Proposed"
    AGREED = "agreed", "Agreed"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Ended"


class Split(models.Model):
    """An agreement about one video: ``owner`` keeps what the parts leave.

    It applies to the days from ``first_day`` on (known once all agreed) and before ``end_day``.
    """

    id = models.UUIDField(primary_key=True)
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=SplitStatus, default=SplitStatus.PROPOSED)
    proposed_at = models.DateTimeField()
    first_day = models.DateField(null=True)
    end_day = models.DateField(null=True)
    ended_by = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """Database laws; that only the status goes on is in migration 0004_splits."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["video"],
                condition=Q(status__in=["proposed", "agreed"]),
                name="a_video_has_one_open_split",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["agreed", "ended"], first_day__isnull=False)
                | Q(status__in=["proposed", "declined"], first_day__isnull=True),
                name="an_agreed_split_has_a_first_day",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", end_day__gte=F("first_day"), ended_by__isnull=False)
                | (~Q(status="ended") & Q(end_day__isnull=True, ended_by__isnull=True)),
                name="an_ended_split_knows_when",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show video and status."""
        return f"{self.video_id}: {self.status}"

    @property
    def owner_bp(self) -> int:
        """What the owner keeps, in basis points."""
        return WHOLE_BP - sum(part.share_bp for part in self.parts.all())


class SplitPart(models.Model):
    """One party's share in basis points; ``accepted_at`` is empty until they agreed."""

    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="parts")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    share_bp = models.PositiveIntegerField()
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["split", "creator"], name="a_party_has_one_part"),
            models.CheckConstraint(
                condition=Q(share_bp__gt=0, share_bp__lte=WHOLE_BP), name="a_part_is_a_share"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who gets how much."""
        return f"{self.creator_id}: {self.share_bp} bp"


class SplitLine(models.Model):
    """What one line of the owner gave one party: a part of a video's day in a country.

    ``entry_id`` is the ``earnings_split`` entry that moved it.
    """

    period = models.ForeignKey("settlement.Period", on_delete=models.PROTECT, related_name="+")
    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="lines")
    product = models.CharField(max_length=40, default=PRODUCT)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=4)
    owner = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    amount_micros = models.BigIntegerField()
    entry_id = models.UUIDField()

    class Meta:
        """Database laws and the indexes of the two statements a line is on."""

        indexes: ClassVar = [
            models.Index(fields=["owner", "period"], name="split_lines_given"),
            models.Index(fields=["creator", "period"], name="split_lines_received"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "country", "currency", "video", "day", "creator", "product"],
                name="a_line_is_split_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="a_split_line_moves_something"
            ),
            models.CheckConstraint(
                condition=~Q(owner=F("creator")), name="nobody_splits_with_themselves"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show video, day and amount."""
        return f"{self.video_id} {self.day} {self.country}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What moved."""
        return Money(self.amount_micros, self.currency)
