"""Corrections of closed periods: what was found later, line by line, and how it was posted.

Rows never change; a correction is proposed and answered once, and a second one builds on it. A
``pool`` is the account that was shared (``pool:feed_ads:DE:2026-11``).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.people.models import Proposal, four_eyes


class Correction(Proposal):
    """A closed period counted and shared again by its own policy, from a newer snapshot.

    ``number`` counts the approved corrections of the period. ``lines_digest`` is of all that the
    period's shares say then; ``finished_at`` is when the last entry and statement was made.
    """

    period = models.ForeignKey("settlement.Period", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    reason = models.CharField(max_length=500)
    policy_version = models.CharField(max_length=40)
    snapshot_id = models.BigIntegerField()
    counts_digest = models.CharField(max_length=64)
    lines_digest = models.CharField(max_length=64)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws; that it is answered once is in migration 0010_corrections."""

        constraints: ClassVar = [
            *four_eyes(
                another="another_person_corrects", whole="an_answer_to_a_correction_is_whole"
            ),
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(is_approved__isnull=True) | Q(is_approved=True, finished_at=None),
                name="one_correction_is_under_way",
            ),
            models.UniqueConstraint(
                fields=["period", "number"],
                condition=Q(is_approved=True),
                name="corrections_are_numbered",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & Q(number__gt=0), name="a_correction_says_why"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | Q(is_approved__isnull=False, is_approved=True),
                name="only_an_approved_correction_is_finished",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show which one it is."""
        return f"correction {self.number} of {self.period_id}"


class Change(models.Model):
    """What a correction changes of one amount of one pool: before and after."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="%(class)ss")
    pool = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    before_micros = models.BigIntegerField()
    after_micros = models.BigIntegerField()

    class Meta:
        """Its kinds have tables."""

        abstract = True

    @override
    def __str__(self) -> str:
        """Show pool and amounts."""
        return f"{self.pool}: {self.before_micros} → {self.after_micros} {self.currency}"

    @property
    def country(self) -> str:
        """Whose pool it is."""
        return self.pool.split(":")[2]

    @property
    def change(self) -> Money:
        """After less before."""
        return Money(self.after_micros - self.before_micros, self.currency)


class PoolChange(Change):
    """What a correction shares of a pool: less than before, where it held too much."""

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["correction", "pool", "currency"], name="a_pool_is_corrected_once"
            ),
            models.CheckConstraint(
                condition=Q(after_micros__gte=0), name="a_corrected_pool_is_not_negative"
            ),
        ]


class PoolCut(models.Model):
    """Money that a closed period's pool should not have held, and ``why``, in words.

    The platform gave it back by the entry; the next correction of the period shares the rest anew.
    """

    entry_id = models.UUIDField(primary_key=True)
    period = models.ForeignKey("settlement.Period", on_delete=models.PROTECT, related_name="cuts")
    pool = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    why = models.CharField(max_length=200)
    cut_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="a_cut_is_positive"),
        ]

    @override
    def __str__(self) -> str:
        """Show pool and amount."""
        return f"{self.pool}: -{self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What the pool held too much."""
        return Money(self.amount_micros, self.currency)


class LineChange(Change):
    """A video's day in a country: its counted views, what they earned, and why it is otherwise."""

    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    views_before = models.BigIntegerField()
    views_after = models.BigIntegerField()
    why = models.CharField(max_length=300)

    class Meta:
        """Database laws and the index of a creator's corrections."""

        indexes: ClassVar = [
            models.Index(fields=["creator", "correction"], name="line_changes_of_a_creator"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["correction", "pool", "currency", "video", "day"],
                name="a_line_is_corrected_once",
            ),
            models.CheckConstraint(
                condition=Q(after_micros__gte=0, views_after__gte=0),
                name="a_corrected_line_is_not_negative",
            ),
        ]


class SplitChange(Change):
    """What the owner of a video gives one party of a day in a country."""

    owner = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["correction", "pool", "currency", "video", "day", "creator"],
                name="a_split_is_corrected_once",
            ),
            models.CheckConstraint(
                condition=Q(after_micros__gte=0) & ~Q(owner=F("creator")),
                name="a_corrected_split_is_not_negative",
            ),
        ]


class PartChange(Change):
    """What a rights holder or the platform gets of a pool; ``account`` says who."""

    account = models.CharField(max_length=120)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["correction", "pool", "currency", "account"],
                name="a_part_is_corrected_once",
            ),
            models.CheckConstraint(
                condition=Q(after_micros__gte=0), name="a_corrected_part_is_not_negative"
            ),
        ]


class Posting(models.Model):
    """How a correction was posted for one creator or rights holder, in one currency.

    ``waiting_micros`` moved where the money still waits (``pending``, or the holder's account),
    ``payable_micros`` what was released before; both are negative where money was taken back.
    """

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="postings")
    owner = models.CharField(max_length=120)
    currency = models.CharField(max_length=4)
    waiting_micros = models.BigIntegerField()
    payable_micros = models.BigIntegerField()
    entry_id = models.UUIDField(null=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["correction", "owner", "currency"], name="a_correction_posts_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose money moved."""
        return f"{self.owner}: {self.waiting_micros} and {self.payable_micros} {self.currency}"


class StatementRevision(models.Model):
    """What a statement says after a correction; the statement itself stays as it was made.

    ``number`` is 2 for the first one; ``digest`` is the SHA-256 of its canonical content.
    """

    statement = models.ForeignKey(
        "settlement.Statement", on_delete=models.PROTECT, related_name="revisions"
    )
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    views = models.BigIntegerField()
    line_count = models.PositiveIntegerField()
    amount_micros = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement", "number"], name="revisions_of_a_statement_are_numbered"
            ),
            models.UniqueConstraint(
                fields=["statement", "correction"], name="a_correction_revises_a_statement_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gt=1) & Q(amount_micros__gte=0), name="a_revision_comes_second"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show statement and number."""
        return f"statement {self.statement_id}, revision {self.number}: {self.amount_micros}"
