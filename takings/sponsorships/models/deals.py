"""Deals, every version of what was offered, and what was said and done."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.sponsorships.rules import Side, Status, Terms, read_terms


def choices_of(names: type[Status | Side]) -> list[tuple[str, str]]:
    """Return the choices of a field, told by their names."""
    return [(one.value, one.value.capitalize()) for one in names]


WORDS = {
    "countered": "Another offer",
    "paid_too_late": "A payment came that nobody waited for; it goes back",
    "handed_in": "Draft handed in",
    "approved": "Draft approved",
    "silence": "Silence approves",
    "sent_back": "Sent back",
    "given_up": "The creator left the deal",
    "missed": "Not in time",
    "removed": "Removed too early",
    "hidden": "The video is hidden",
    "disputed": "Dispute opened",
    "dispute_withdrawn": "Dispute taken back",
    "decided": "An operator decided",
    "money_taken": "The bank of the card took",
    "money_given_again": "The bank gave again",
    "done": "All is done",
    "ended": "The deal is over",
}
"""Kinds of steps that do not say it themselves."""


class Deal(models.Model):
    """One cooperation. ``turn`` is who answers an offer; ``due_at`` when that time is over.

    What was agreed is ``version`` (its number), sealed by ``digest``; ``rule_version`` says what of
    it is the creator's and how long the clocks run. ``paused_at`` is since when a dispute stops
    them.
    """

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey("people.Brand", on_delete=models.PROTECT, related_name="deals")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="deals")
    status = models.CharField(max_length=9, choices=choices_of(Status))
    turn = models.CharField(max_length=7, choices=choices_of(Side))
    due_at = models.DateTimeField(null=True)
    currency = models.CharField(max_length=3)
    rule_version = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    version = models.PositiveSmallIntegerField(default=1)
    digest = models.CharField(max_length=64, blank=True)
    agreed_at = models.DateTimeField(null=True)
    funded_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws, and the indexes of both sides' lists and of the clock."""

        indexes: ClassVar = [
            models.Index(fields=["brand", "-opened_at"], name="deals_of_a_brand"),
            models.Index(fields=["creator", "-opened_at"], name="deals_of_a_creator"),
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="deals_with_a_clock"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, digest="")
                | Q(agreed_at__isnull=False, digest__regex=r"^[0-9a-f]{64}$"),
                name="an_agreed_deal_is_sealed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["running", "disputed", "done", "ended"])
                | Q(funded_at__isnull=False),
                name="work_starts_on_money_that_is_there",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who with whom."""
        return f"{self.brand} and {self.creator}"

    @property
    def offer(self) -> "Version":
        """The newest version: what is offered, or was agreed on."""
        return self.versions.get(number=self.version)

    @property
    def terms(self) -> Terms:
        """What is offered, or was agreed on."""
        return self.offer.terms


class Version(models.Model):
    """One offer or counter-offer. Never changed."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=7, choices=choices_of(Side))
    content = models.TextField()
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deal", "number"], name="a_version_has_one_text"),
        ]

    @override
    def __str__(self) -> str:
        """Show which it is."""
        return f"Version {self.number} of {self.deal}"

    @property
    def terms(self) -> Terms:
        """What it says."""
        return read_terms(self.content)


class Step(models.Model):
    """One thing that was done or said in a deal; nobody: a clock did it. Never changed.

    ``kind`` is ``said`` for a message. ``number`` is the video, 0 for the whole deal.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=32)
    side = models.CharField(max_length=8, blank=True)
    number = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=2000, blank=True)
    taken_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what happened."""
        return f"{self.deal}: {self.kind}"

    @property
    def words_of_kind(self) -> str:
        """What happened, as people read it."""
        return WORDS.get(self.kind, self.kind.replace("_", " ").capitalize())


class Work(models.Model):
    """One of a deal's videos: where it stands and until when.

    ``absent_since`` is when a published one was first found hidden.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="works")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=8)
    due_at = models.DateTimeField(null=True)
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, null=True, related_name="+")
    revisions = models.PositiveSmallIntegerField(default=0)
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    absent_since = models.DateTimeField(null=True)

    class Meta:
        """Database laws, and the index of the clock."""

        ordering: ClassVar = ["number"]
        indexes: ClassVar = [
            models.Index(fields=["stage", "due_at"], name="works_with_a_clock"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deal", "number"], name="a_deals_video_stands_once"),
            models.UniqueConstraint(
                fields=["video"], condition=Q(video__isnull=False), name="a_video_is_of_one_deal"
            ),
            models.CheckConstraint(
                condition=Q(
                    stage__in=["awaited", "review", "revising", "approved", "live"],
                    due_at__isnull=False,
                )
                | Q(stage__in=["done", "missed", "removed", "closed"], due_at__isnull=True),
                name="a_video_waits_until_when",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show which video it is and where it stands."""
        return f"Video {self.number} of {self.deal}: {self.stage}"


class Dispute(models.Model):
    """What one side says is wrong; it stops every clock until it is answered, once.

    ``creator_micros`` is what an operator gave the creator of what was held.
    """

    id = models.UUIDField(primary_key=True)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="disputes")
    side = models.CharField(max_length=7, choices=choices_of(Side))
    opened_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    reason = models.CharField(max_length=2000)
    answer = models.CharField(max_length=9, blank=True)
    answered_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    held_micros = models.BigIntegerField(null=True)
    creator_micros = models.BigIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deal"], condition=Q(answer=""), name="one_dispute_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, creator_micros__isnull=True)
                | Q(answer="withdrawn", answered_at__isnull=False, creator_micros__isnull=True)
                | Q(
                    answer="decided",
                    answered_at__isnull=False,
                    creator_micros__gte=0,
                    creator_micros__lte=models.F("held_micros"),
                )
                | Q(answer="overtaken", answered_at__isnull=False, creator_micros__isnull=True),
                name="a_dispute_is_answered_wholly",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose it is."""
        return f"Dispute of {self.deal}"

    @property
    def given(self) -> Money:
        """What the creator got of what was held; call it on a decided one only."""
        return Money(self.creator_micros or 0, self.deal.currency)

    @property
    def held(self) -> Money:
        """What was held when it was decided."""
        return Money(self.held_micros or 0, self.deal.currency)


class Rating(models.Model):
    """What one side says of the other when a deal is over, once. Never changed."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="ratings")
    side = models.CharField(max_length=7, choices=choices_of(Side))
    stars = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=500, blank=True)
    rated_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    rated_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["deal", "side"], name="each_side_rates_once"),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="one_to_five_stars"),
        ]

    @override
    def __str__(self) -> str:
        """Show how many stars."""
        return f"{self.stars} from the {self.side} of {self.deal}"
