"""The creator's side of gifts: goals, thanks, fans and names of levels; whether one is named."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.gifts.models.gifts import Gift
from takings.money import Money
from takings.money.currency import COIN


class Goal(models.Model):
    """So many coins from ``begins_at`` until ``ends_at`` (exclusive), for one video or for all.

    ``id`` is the caller's. ``stopped_at`` is when its creator ended it early. How far it is, is
    asked of the gifts that stand, and written nowhere.
    """

    id = models.UUIDField(primary_key=True)
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, related_name="gift_goals"
    )
    video = models.ForeignKey(
        "videos.Video", on_delete=models.PROTECT, null=True, related_name="gift_goals"
    )
    title = models.CharField(max_length=100)
    coins_micros = models.BigIntegerField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index by which a creator's newest goals are found."""

        indexes: ClassVar = [
            models.Index(fields=["creator", "-ends_at"], name="goals_of_a_creator"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(coins_micros__gt=0, ends_at__gt=F("begins_at"))
                & (Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("begins_at"))),
                name="a_goal_is_of_coins_and_ends",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is for."""
        return self.title

    @property
    def coins(self) -> Money:
        """How many coins are asked for."""
        return Money(self.coins_micros, COIN)


class LevelName(models.Model):
    """What a creator calls a level of their fans; without a row it has the house's name."""

    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["creator", "level"], name="a_level_has_one_name"),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class FanChoice(models.Model):
    """Whether somebody is named on lists of fans and beside gifts; without a row they are."""

    user = models.OneToOneField(
        "people.User", on_delete=models.PROTECT, primary_key=True, related_name="fan_choice"
    )
    is_anonymous = models.BooleanField()

    @override
    def __str__(self) -> str:
        """Show who."""
        return f"{self.user}: {'not named' if self.is_anonymous else 'named'}"


class FanSum(models.Model):
    """What somebody gave a creator in gifts that stand, with and without their name apart.

    It changes with each gift, under the lock of its sender's wallet: nobody else waits for it.
    """

    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, db_index=False, related_name="fan_sums"
    )
    sender = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    is_anonymous = models.BooleanField()
    gift_count = models.BigIntegerField()
    coins_micros = models.BigIntegerField()

    class Meta:
        """Database laws, and the indexes by which those who gave most are found."""

        indexes: ClassVar = [
            models.Index(fields=["creator", "-coins_micros"], name="fans_by_coins"),
            models.Index(fields=["creator", "-gift_count"], name="fans_by_gifts"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "sender", "is_anonymous"], name="a_fan_is_summed_once"
            ),
            models.CheckConstraint(
                condition=Q(gift_count__gte=0, coins_micros__gte=0), name="a_fan_gave_no_less"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who gave how much to whom."""
        return f"{self.coins_micros} micro-coins of {self.sender_id} for {self.creator_id}"


class Thanks(models.Model):
    """A creator's thanks for a gift, once. Rows never change."""

    gift = models.OneToOneField(
        Gift, on_delete=models.PROTECT, primary_key=True, related_name="thanks"
    )
    text = models.CharField(max_length=300)
    thanked_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show what was written."""
        return self.text
