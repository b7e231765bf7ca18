"""What was paid in, what is paid for what, and what left. Rows never change."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.policies.rules import DEALS
from takings.settlement.rules import PoolKey
from takings.sponsorships.models.deals import Deal

ESCROW = "escrow:deal:"


class Funding(models.Model):
    """Money that came for a deal; ``id`` is that of its payment, or of the transfer from prepaid.

    It waits at ``escrow:deal:<id>``. What came too late, or twice, is not wanted and goes back.
    ``country`` is where the brand is.
    """

    class Way(models.TextChoices):
        """Where it came from, and goes back to."""

        CARD = "card", "Card"
        PREPAID = "prepaid", "Prepaid balance"

    id = models.UUIDField(primary_key=True)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="fundings")
    way = models.CharField(max_length=7, choices=Way)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    country = models.CharField(max_length=2)
    is_wanted = models.BooleanField()
    paid_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    entry_id = models.UUIDField(unique=True)
    paid_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deal"], condition=Q(is_wanted=True), name="a_deal_is_paid_in_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="a_deal_is_paid_in_with_money"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what came for which deal."""
        return f"{self.deal}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What came."""
        return Money(self.amount_micros, self.currency)

    @property
    def account(self) -> str:
        """Where it waits."""
        return f"{ESCROW}{self.pk}"


class Milestone(models.Model):
    """A part of a deal's money and what it is for; ``number`` is the video, 0 the whole deal."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="milestones")
    kind = models.CharField(max_length=9)
    number = models.PositiveSmallIntegerField()
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deal", "kind", "number"], name="a_milestone_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="a_milestone_is_worth_something"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is for."""
        return f"{self.kind} {self.number}: {self.amount_micros}"

    @property
    def amount(self) -> Money:
        """What it is worth."""
        return Money(self.amount_micros, self.deal.currency)


class Settled(models.Model):
    """To whom a milestone's money goes, decided once: its key is the milestone's, so never both.

    What the creator's side gets and what the brand gets back are the whole of it.
    """

    milestone = models.OneToOneField(
        Milestone, on_delete=models.PROTECT, primary_key=True, related_name="settled"
    )
    creator_micros = models.BigIntegerField()
    brand_micros = models.BigIntegerField()
    amount_micros = models.BigIntegerField()
    why = models.CharField(max_length=300)
    settled_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    creator_micros__gte=0,
                    brand_micros__gte=0,
                    amount_micros=F("creator_micros") + F("brand_micros"),
                ),
                name="a_milestone_leaves_once_and_whole",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how it was split."""
        return f"{self.milestone}: {self.creator_micros} and {self.brand_micros}"

    @property
    def to_creator(self) -> Money:
        """What the creator's side gets, our share in it."""
        return Money(self.creator_micros, self.milestone.deal.currency)

    @property
    def to_brand(self) -> Money:
        """What the brand gets back."""
        return Money(self.brand_micros, self.milestone.deal.currency)


class Move(models.Model):
    """What an entry moved: how much in all, and the creator's share of it."""

    entry_id = models.UUIDField(unique=True)
    total_micros = models.BigIntegerField()
    share_micros = models.BigIntegerField()
    moved_at = models.DateTimeField()

    class Meta:
        """No table of its own."""

        abstract = True


class Release(Move):
    """A milestone's money became the creator's and ours; again when a bank gave it again."""

    settled = models.ForeignKey(Settled, on_delete=models.PROTECT, related_name="releases")
    period = models.CharField(max_length=16)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, null=True, related_name="+")
    day = models.DateField()

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    total_micros__gt=0, share_micros__gte=0, share_micros__lte=F("total_micros")
                ),
                name="a_release_moves_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how much it was."""
        return f"{self.total_micros} {self.currency}"

    @property
    def key(self) -> PoolKey:
        """The place of its line."""
        return PoolKey(self.period, self.country, self.currency, DEALS)


class TakenBack(Move):
    """What of a release went back to where it had waited, because a bank took the payment."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="taken")

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    total_micros__gt=0, share_micros__gte=0, share_micros__lte=F("total_micros")
                ),
                name="what_is_taken_back_is_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how much it was."""
        return f"{self.total_micros} of {self.release}"
