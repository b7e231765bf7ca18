"""Gifts that were sent, what they brought, and what became of them. Rows never change."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.gifts.models.catalogue import GiftKind
from takings.gifts.rules import COIN, Cause
from takings.money import Money


class Gift(models.Model):
    """One gift; ``id`` is the sender's, so that sending it twice is once.

    ``bonus_micros`` of ``coins_micros`` had been given to the sender free. ``combo`` counts gifts
    of one kind in a row, ``moment_ms`` is where in the video it came, ``room`` where it was watched
    together. ``rule_version`` says what of it is the creator's, ``spend_id`` the spending of its
    coins.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.ForeignKey(GiftKind, on_delete=models.PROTECT, related_name="gifts")
    sender = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="gifts_sent")
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, related_name="gifts_received"
    )
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="gifts")
    room = models.ForeignKey(
        "live.Room", on_delete=models.PROTECT, null=True, db_index=False, related_name="gifts"
    )
    coins_micros = models.BigIntegerField()
    bonus_micros = models.BigIntegerField()
    combo = models.PositiveIntegerField()
    message = models.CharField(max_length=200, blank=True)
    is_anonymous = models.BooleanField()
    moment_ms = models.PositiveIntegerField(null=True, blank=True)
    country = models.CharField(max_length=2)
    rule_version = models.CharField(max_length=40)
    entry_id = models.UUIDField(unique=True)
    spend_id = models.UUIDField(unique=True)
    sent_at = models.DateTimeField()

    class Meta:
        """Database laws, and the indexes of who sent, who received, and what a video got."""

        indexes: ClassVar = [
            models.Index(fields=["sender", "-sent_at"], name="gifts_of_a_sender"),
            models.Index(fields=["creator", "-sent_at"], name="gifts_of_a_creator"),
            models.Index(fields=["video", "moment_ms"], name="gifts_of_a_video"),
            models.Index(fields=["room"], condition=Q(room__isnull=False), name="gifts_of_a_room"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(coins_micros__gt=0, bonus_micros__gte=0, combo__gte=1)
                & Q(bonus_micros__lte=F("coins_micros")),
                name="a_gift_has_coins",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is and for whom."""
        return f"{self.kind_id} for {self.creator}"

    @property
    def coins(self) -> Money:
        """How many coins it cost."""
        return Money(self.coins_micros, COIN)


class GiftMoney(models.Model):
    """What a gift's coins had brought us in one currency, and what of it is the creator's.

    A share beyond what it brought is ours to add. A gift of bonus coins alone has no row.
    """

    gift = models.ForeignKey(Gift, on_delete=models.PROTECT, related_name="moneys")
    currency = models.CharField(max_length=3)
    brought_micros = models.BigIntegerField()
    share_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["gift", "currency"], name="a_gift_brings_a_currency_once"
            ),
            models.CheckConstraint(
                condition=Q(brought_micros__gt=0, share_micros__gte=0),
                name="a_gift_brings_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the share."""
        return f"{self.share_micros} of {self.brought_micros} {self.currency}"

    @property
    def brought(self) -> Money:
        """What we had received for its coins, without tax."""
        return Money(self.brought_micros, self.currency)

    @property
    def share(self) -> Money:
        """What of it is the creator's."""
        return Money(self.share_micros, self.currency)


class GiftHold(models.Model):
    """Why a gift's money waits in an account of its own, and until when."""

    gift = models.OneToOneField(
        Gift, on_delete=models.PROTECT, primary_key=True, related_name="hold"
    )
    why = models.CharField(max_length=200)
    ends_at = models.DateTimeField(db_index=True)

    @override
    def __str__(self) -> str:
        """Show why."""
        return self.why


class GiftRelease(models.Model):
    """A held gift became its creator's: by itself, or by an operator who looked at it."""

    gift = models.OneToOneField(
        Gift, on_delete=models.PROTECT, primary_key=True, related_name="release"
    )
    entry_id = models.UUIDField(unique=True)
    released_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show which gift."""
        return f"{self.gift} released"


class TakenBack(models.Model):
    """A gift that was taken back, once: why, by whom, and who bears its money.

    ``from_creator``: the creator gives back the share; else the platform bears it.
    """

    gift = models.OneToOneField(
        Gift, on_delete=models.PROTECT, primary_key=True, related_name="taken_back"
    )
    cause = models.CharField(
        max_length=10, choices=[(one.value, one.value.title()) for one in Cause]
    )
    why = models.CharField(max_length=300, blank=True)
    from_creator = models.BooleanField()
    taken_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField()

    class Meta:
        """The table is named in one word."""

        db_table = "gifts_takenback"

    @override
    def __str__(self) -> str:
        """Show which gift and why."""
        return f"{self.gift} taken back: {self.cause}"
