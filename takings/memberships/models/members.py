"""Members of creators: what they ordered and paid, what of it was earned, what happened."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.memberships.models.tiers import Tier
from takings.memberships.rules import Span
from takings.money import Money


class Member(models.Model):
    """Somebody at a creator; one a pair, however often they leave and come again.

    ``ends_at`` is until when it is paid, empty before the first payment. While it ``renews``, the
    card that was kept with the payment ``kept_with`` is charged for the next month of ``tier``.
    """

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="member_of")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="members")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    renews = models.BooleanField(default=False)
    kept_with = models.UUIDField(null=True, blank=True)

    class Meta:
        """Database laws, and the index by which those that are to be charged are found."""

        indexes: ClassVar = [
            models.Index(fields=["ends_at"], condition=Q(renews=True), name="members_that_renew"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "creator"], name="a_member_once_a_creator"),
            models.CheckConstraint(
                condition=Q(renews=False)
                | Q(ends_at__isnull=False, kept_with__isnull=False, joined_at__isnull=False),
                name="a_member_that_renews_has_a_card",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show who and where."""
        return f"{self.user} at {self.creator}"

    def is_paid(self, *, at: dt.datetime) -> bool:
        """Tell whether a month that was paid runs at an instant."""
        return self.ends_at is not None and at < self.ends_at


class MemberMonth(models.Model):
    """A month at a creator that was ordered; ``id`` is that of its payment.

    It has its place in time once it is paid: it is the ``number``-th since ``began_at``. A charge
    of a kept card (``attempt`` counts them from 0) knows its place before. ``list_micros`` is what
    the tier cost then. Of its fee the days before ``earned_until`` were earned. Who left it at
    ``left_at`` gets ``back_micros`` of its price back. What ``is_rest`` is no month of its own: it
    lifts what is left of one into a higher tier.
    """

    id = models.UUIDField(primary_key=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="months")
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="+")
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    price_micros = models.BigIntegerField()
    list_micros = models.BigIntegerField()
    rule_version = models.CharField(max_length=40)
    ordered_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    is_rest = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True, blank=True)
    back_micros = models.BigIntegerField(null=True, blank=True)
    earned_until = models.DateField(null=True, blank=True)

    class Meta:
        """Database laws: a month is paid once, and has its place when it is."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_micros__gt=0, list_micros__gt=0),
                name="a_members_month_costs_something",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True)
                | Q(
                    began_at__isnull=False,
                    number__gte=1,
                    earned_until__isnull=False,
                    starts_at__lt=F("ends_at"),
                ),
                name="a_members_paid_month_has_its_place",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True, back_micros__isnull=True)
                | Q(left_at__isnull=False, paid_at__isnull=False, back_micros__gte=0)
                & Q(back_micros__lte=F("price_micros")),
                name="who_leaves_gets_no_more_than_the_price",
            ),
            models.UniqueConstraint(
                fields=["member", "began_at", "number"],
                condition=Q(paid_at__isnull=False, is_rest=False),
                name="a_members_month_is_paid_once",
            ),
            models.UniqueConstraint(
                fields=["member", "began_at", "number", "attempt"],
                condition=Q(attempt__isnull=False),
                name="a_members_month_is_charged_once_an_attempt",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ends_at"],
                condition=Q(paid_at__isnull=False, taken_back_at__isnull=True),
                name="member_months_that_stand",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what was ordered."""
        return f"{self.member}: {self.price_micros} {self.currency}"

    @property
    def price(self) -> Money:
        """What it costs, taxes included."""
        return Money(self.price_micros, self.currency)

    @property
    def listed(self) -> Money:
        """What the tier cost when it was ordered."""
        return Money(self.list_micros, self.currency)

    @property
    def account(self) -> str:
        """Where its fee waits until its days are over."""
        return f"unearned:membership:{self.pk}"

    @property
    def span(self) -> Span:
        """Its time; call it on a paid month only."""
        assert self.starts_at is not None  # noqa: S101 - a constraint says so
        assert self.ends_at is not None  # noqa: S101 - the same
        return Span(self.starts_at, self.ends_at)


class MemberEarning(models.Model):
    """What an entry brought the creator of a month, for its days from ``since`` on. Never changed.

    What is taken back of one (``takes``) is another row, with amounts of its own.
    """

    entry_id = models.UUIDField(primary_key=True)
    month = models.ForeignKey(MemberMonth, on_delete=models.PROTECT, related_name="earnings")
    takes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="taken")
    since = models.DateField()
    day = models.DateField()
    period = models.CharField(max_length=16)
    total_micros = models.BigIntegerField()
    share_micros = models.BigIntegerField()
    earned_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        ordering: ClassVar = ["since", "earned_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total_micros__gt=0, share_micros__gte=0)
                & Q(share_micros__lte=F("total_micros")),
                name="a_members_share_is_within_its_total",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how much."""
        return f"{self.month}: {self.share_micros} of {self.total_micros}"


class MemberStepKind(models.TextChoices):
    """What can happen to a membership."""

    PAID = "paid", "A month was paid"
    DECLINED = "declined", "The card was declined"
    CANCELLED = "cancelled", "Will not go on"
    RESUMED = "resumed", "Goes on after all"
    CHANGED = "changed", "Another tier from the next month on"
    LEFT = "left", "Left at once"
    STAYED = "stayed", "Did not leave: the money could not be given back"
    ENDED = "ended", "Ended: the card was declined too often"
    TAKEN_BACK = "taken_back", "A month was taken back"
    GIVEN_AGAIN = "given_again", "A month stands again"


class MemberStep(models.Model):
    """One thing that happened to a membership. Never changed."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=MemberStepKind)
    month = models.ForeignKey(MemberMonth, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what happened to whom."""
        return f"{self.member}: {self.get_kind_display()}"
