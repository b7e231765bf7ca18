"""Requests, and all that happened to them. Steps, words and deliveries never change."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money
from takings.requests.models.services import Service
from takings.requests.rules import STATE_WORDS, TIMED, Act, Side, State, escrow_of

ACT_WORDS = {
    Act.ASK: "Asked for",
    Act.QUOTE: "A price was named",
    Act.PAY: "Paid by card",
    Act.ACCEPT: "Accepted by the creator",
    Act.DECLINE: "Declined by the creator",
    Act.CANCEL: "Cancelled by the fan",
    Act.GIVE_UP: "Given up by the creator",
    Act.DELIVER: "Delivered",
    Act.REVISE: "A revision was asked for",
    Act.TAKE: "Taken by the fan",
    Act.OPEN_CASE: "An operator was asked",
    Act.DECIDE: "An operator decided",
    Act.LAPSE: "Its time was over",
    Act.BANK_TOOK: "The payment was taken back",
    Act.BANK_GAVE: "The payment stands again",
    Act.GAVE_BACK: "The money is back on the card",
    Act.NOT_GIVEN: "The card company did not take the money back",
    Act.RATE: "Rated",
}

ENDING = sorted(one.value for one in TIMED)


class Request(models.Model):
    """Something made for one fan. ``id`` is the fan's, and that of its payment.

    It keeps the terms on which it was asked for. ``ends_at`` is when its state ends by itself.
    ``earned_at``: from when on what is not given back is the creator's; ``back_micros`` is what is
    given back to the fan by all decisions, tax inside. While ``taken_at`` is set all of the payment
    is taken back (a dispute, a refund), and the clock stands still.
    """

    STATES: ClassVar = [(one.value, STATE_WORDS[one]) for one in State]

    id = models.UUIDField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="requests")
    fan = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="requests_made")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="requests")
    title = models.CharField(max_length=120)
    what = models.CharField(max_length=1_000)
    brief = models.CharField(max_length=2_000)
    link = models.URLField(max_length=400, blank=True)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    price_micros = models.BigIntegerField(null=True, blank=True)
    deliver_days = models.PositiveSmallIntegerField()
    revisions = models.PositiveSmallIntegerField()
    revised_count = models.PositiveSmallIntegerField(default=0)
    rule_version = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=STATES)
    ends_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    earned_at = models.DateTimeField(null=True, blank=True)
    back_micros = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the indexes of who asks, who makes, and what the clock ends."""

        indexes: ClassVar = [
            models.Index(fields=["fan", "-asked_at"], name="requests_of_a_fan"),
            models.Index(fields=["creator", "-asked_at"], name="requests_of_a_creator"),
            models.Index(fields=["service", "state"], name="requests_of_a_service"),
            models.Index(
                fields=["ends_at"], condition=Q(ends_at__isnull=False), name="requests_that_end"
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_micros__isnull=True, back_micros=0)
                | Q(price_micros__gt=0, back_micros__gte=0) & Q(back_micros__lte=F("price_micros")),
                name="a_request_gives_back_what_it_cost_at_most",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDING, ends_at__isnull=False)
                | ~Q(state__in=ENDING) & Q(ends_at__isnull=True),
                name="a_state_that_ends_says_when",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=False) | Q(state__in=["asked", "unpaid", "ended"]),
                name="nothing_unpaid_is_made",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what it is and for whom."""
        return f"{self.title} for {self.fan}"

    @property
    def price(self) -> Money | None:
        """What it costs, tax inside; nothing until it is quoted."""
        return None if self.price_micros is None else Money(self.price_micros, self.currency)

    @property
    def back(self) -> Money:
        """What of it was decided to go back to the fan."""
        return Money(self.back_micros, self.currency)

    @property
    def escrow(self) -> str:
        """The account in which its money waits."""
        return escrow_of(self.pk)

    @property
    def words(self) -> str:
        """Where it stands, in words."""
        return "The payment was taken back" if self.taken_at else STATE_WORDS[State(self.state)]


class Step(models.Model):
    """One thing that happened to a request: what, by whom, when, with which words."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(max_length=12, choices=[(one.value, ACT_WORDS[one]) for one in Act])
    side = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Side])
    by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=1_000, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what happened."""
        return f"{self.get_act_display()}: {self.request}"


class Message(models.Model):
    """What fan and creator write to each other; ``id`` is the writer's."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="messages")
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1_000)
    at = models.DateTimeField()

    class Meta:
        """Messages are read in the order in which they were written."""

        ordering: ClassVar = ["at", "pk"]

    @override
    def __str__(self) -> str:
        """Show who wrote what."""
        return f"{self.by}: {self.text}"


class Delivery(models.Model):
    """What was made: words, a link, a video, or several of these; ``id`` is the creator's."""

    id = models.UUIDField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="deliveries")
    text = models.TextField(blank=True)
    link = models.URLField(max_length=400, blank=True)
    video = models.ForeignKey(
        "videos.Video", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        """Database laws; deliveries are read in the order in which they came."""

        ordering: ClassVar = ["at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(link="") | Q(video__isnull=False),
                name="a_delivery_is_something",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show of what."""
        return f"Delivery of {self.request}"

    @property
    def props(self) -> dict[str, str]:
        """What the player of its video is told."""
        title = self.video.title if self.video else ""
        return {"media": f"/media/{self.video_id}", "title": title}


class Case(models.Model):
    """Fan or creator asked an operator; one a request. Decided once: so much goes back."""

    request = models.OneToOneField(
        Request, on_delete=models.PROTECT, primary_key=True, related_name="case"
    )
    opened_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=1_000)
    opened_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    back_micros = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, reason="")
                & Q(back_micros__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False, back_micros__gte=0)
                & ~Q(reason=""),
                name="a_case_is_decided_wholly",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show about what."""
        return f"Case: {self.request}"
