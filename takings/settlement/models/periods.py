"""Tables of settlement. Final rows never change; estimates live apart and are replaced.

Amounts are micro-units of ``currency``; days are UTC; ``entry_id`` names an entry of the books.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.policies.rules import DIRECT
from takings.settlement.rules import PRODUCT


class Status(models.TextChoices):
    """Where a period stands."""

    OPEN = "open", "Open"
    CLOSING = "closing", "Being closed"
    CLOSED = "closed", "Closed"


class Period(models.Model):
    """A stretch of time [``starts_at``, ``ends_at``) that is settled as one; periods tile time."""

    name = models.CharField(max_length=16, unique=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    policy_version = models.CharField(max_length=40)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws; that periods never overlap is in migration 0002_laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="period_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | ~Q(status="closed") & Q(closed_at__isnull=True),
                name="a_closed_period_knows_when",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class Stage(models.TextChoices):
    """The steps of a close, in order; each is one transaction and is done once."""

    FROZEN = "frozen", "Frozen: no more money enters its pools"
    COUNTED = "counted", "Views counted from a named snapshot of the lake"
    ALLOCATED = "allocated", "Every pool split into lines"
    POSTED = "posted", "Posted to the books; every pool is empty"
    STATEMENTS = "statements", "Statements made"
    CLOSED = "closed", "Closed"


class CloseStage(models.Model):
    """One finished step: what went in and what came out, as digests that can be compared."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="stages")
    stage = models.CharField(max_length=12, choices=Stage)
    finished_at = models.DateTimeField()
    policy_version = models.CharField(max_length=40)
    snapshot_id = models.BigIntegerField(null=True)
    row_count = models.PositiveIntegerField()
    input_digest = models.CharField(max_length=64)
    output_digest = models.CharField(max_length=64)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "stage"], name="a_stage_is_done_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show period and stage."""
        return f"{self.period_id} {self.stage}"


class CountLine(models.Model):
    """Counted views of one video, day and country, with what mattered about the video then.

    ``shares`` says whether the creator had accepted the pool terms by that day; ``holders`` names
    the rights holder of each track used.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="count_lines")
    country = models.CharField(max_length=2)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    views = models.BigIntegerField()
    watched_ms = models.BigIntegerField()
    shares = models.BooleanField()
    holders = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "country", "video", "day"], name="views_are_counted_once"
            ),
            models.CheckConstraint(condition=Q(views__gt=0), name="counted_views_are_positive"),
        ]

    @override
    def __str__(self) -> str:
        """Show video, day, country and views."""
        return f"{self.video_id} {self.day} {self.country}: {self.views}"


class PoolResult(models.Model):
    """How one country's pool of a product was shared: total = creators + rights + platform, always.

    ``allocation_micros`` is the creators' pool before their share is taken, rounded down for show;
    ``said`` what was done, in a sentence, where it was not the creator pool.
    ``entry_id`` is empty when the pool was, and for ads inside videos, which never were in one.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="pools")
    product = models.CharField(max_length=40, default=PRODUCT)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=4)
    views = models.BigIntegerField()
    sharing_views = models.BigIntegerField()
    total_micros = models.BigIntegerField()
    allocation_micros = models.BigIntegerField()
    creators_micros = models.BigIntegerField()
    rights_micros = models.BigIntegerField()
    platform_micros = models.BigIntegerField()
    said = models.TextField(blank=True, default="")
    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "country", "currency", "product"], name="a_pool_is_shared_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    total_micros=F("creators_micros") + F("rights_micros") + F("platform_micros")
                ),
                name="shares_sum_to_the_pool",
            ),
            models.CheckConstraint(
                condition=Q(creators_micros__gte=0, rights_micros__gte=0, platform_micros__gte=0),
                name="no_share_is_negative",
            ),
            models.CheckConstraint(
                condition=Q(total_micros=0, entry_id__isnull=True)
                | Q(total_micros__gt=0, entry_id__isnull=False)
                | Q(product__in=[*DIRECT], total_micros__gt=0, entry_id__isnull=True),
                name="a_pool_with_money_has_an_entry",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show country and total."""
        return f"{self.country}: {self.total_micros} {self.currency}"


class Line(models.Model):
    """What one creator earned with one video on one day in one country from one product's pool."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=40, default=PRODUCT)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=4)
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    views = models.BigIntegerField()
    amount_micros = models.BigIntegerField()

    class Meta:
        """Only its two kinds have tables."""

        abstract = True

    @override
    def __str__(self) -> str:
        """Show video, day, country and amount."""
        return f"{self.video_id} {self.day} {self.country}: {self.amount_micros} {self.currency}"


class ShareLine(Line):
    """A final line; ``entry_id`` is the ``pool_shared`` entry that paid it.

    A line of ads inside a video has none: each of its :class:`DirectEarning` names its own.
    """

    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws and the index of a creator's statement."""

        indexes: ClassVar = [
            models.Index(fields=["creator", "period"], name="share_lines_of_a_creator"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "country", "currency", "video", "day", "product"],
                name="a_video_earns_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gte=0), name="a_share_is_not_negative"
            ),
        ]


class Estimate(models.Model):
    """When a period's estimate was last made, and from what."""

    period = models.OneToOneField(Period, on_delete=models.PROTECT, related_name="estimate")
    made_at = models.DateTimeField()
    policy_version = models.CharField(max_length=40)
    snapshot_id = models.BigIntegerField()
    counts_digest = models.CharField(max_length=64)

    @override
    def __str__(self) -> str:
        """Show the period."""
        return f"estimate of {self.period_id}"


class EstimatePool(models.Model):
    """What a pool held when the period was estimated, and how many views it was for: replaced."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=40, default=PRODUCT)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=4)
    views = models.BigIntegerField()
    total_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "country", "currency", "product"],
                name="a_pool_is_estimated_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show country and total."""
        return f"{self.country}: {self.total_micros} {self.currency}"


class EstimateLine(Line):
    """A line as it would be if the period closed now: replaced at each refresh, never paid."""

    class Meta:
        """The index of a creator's estimate."""

        indexes: ClassVar = [
            models.Index(fields=["creator", "period"], name="estimates_of_a_creator"),
        ]


class RightsLine(models.Model):
    """What one rights holder earned in one country; ``views`` counts each use of a track."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="rights_lines")
    product = models.CharField(max_length=40, default=PRODUCT)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=4)
    holder = models.CharField(max_length=64)
    views = models.BigIntegerField()
    amount_micros = models.BigIntegerField()
    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "country", "currency", "holder", "product"],
                name="a_holder_is_paid_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gte=0), name="a_right_is_not_negative"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show holder and amount."""
        return f"{self.holder} {self.country}: {self.amount_micros} {self.currency}"


class Statement(models.Model):
    """A creator's final account of a period; ``digest`` is the SHA-256 of its canonical content."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="statements")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=4)
    views = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    amount_micros = models.BigIntegerField()
    policy_version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "creator", "currency"], name="a_statement_is_made_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show period, creator and amount."""
        return f"{self.period_id} {self.creator_id}: {self.amount_micros} {self.currency}"


class Release(models.Model):
    """A statement's money left its hold window; ``entry_id`` is empty when it had none."""

    statement = models.OneToOneField(Statement, on_delete=models.PROTECT, related_name="release")
    released_at = models.DateTimeField()
    entry_id = models.UUIDField(null=True)

    @override
    def __str__(self) -> str:
        """Show the statement."""
        return f"release of {self.statement_id}"
