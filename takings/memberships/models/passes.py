"""Passes, the months that were ordered and paid, and what happened to a pass."""

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.memberships.rules import Span
from takings.money import Money


class Pass(models.Model):
    """Somebody's way of watching without ads; one a person, however often it ends and begins.

    ``ends_at`` is until when it is paid, empty before the first payment. While it ``renews``, the
    card that was kept with the payment ``kept_with`` is charged for the next month.
    """

    user = models.OneToOneField(
        "people.User", on_delete=models.PROTECT, related_name="ad_free_pass"
    )
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    renews = models.BooleanField(default=False)
    kept_with = models.UUIDField(null=True, blank=True)

    class Meta:
        """Database laws, and the index by which passes that end are found."""

        indexes: ClassVar = [
            models.Index(fields=["ends_at"], condition=Q(renews=True), name="passes_that_renew"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(renews=False) | Q(ends_at__isnull=False, kept_with__isnull=False),
                name="what_renews_has_an_end_and_a_card",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose it is."""
        return f"Pass of {self.user}"

    def runs(self, *, at: dt.datetime) -> bool:
        """Tell whether no ads are shown at an instant."""
        return self.ends_at is not None and at < self.ends_at


class Month(models.Model):
    """A month that was ordered. ``id`` is that of its payment.

    It has its place in time once it is paid: it is the ``number``-th since ``began_at``. A charge
    of a kept card (``attempt`` counts them from 0) knows its place before. Of its fee,
    ``earned_micros`` were shared, for its days before ``earned_until``.
    """

    id = models.UUIDField(primary_key=True)
    ad_free_pass = models.ForeignKey(Pass, on_delete=models.PROTECT, related_name="months")
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    price_micros = models.BigIntegerField()
    ordered_at = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    earned_until = models.DateField(null=True, blank=True)
    earned_micros = models.BigIntegerField(default=0)

    class Meta:
        """Database laws: a month is paid once, and has its place when it is."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_micros__gt=0, earned_micros__gte=0)
                & Q(earned_micros__lte=F("price_micros")),
                name="a_month_earns_no_more_than_its_price",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True)
                | Q(
                    began_at__isnull=False,
                    number__gte=1,
                    earned_until__isnull=False,
                    starts_at__lt=F("ends_at"),
                ),
                name="a_paid_month_has_its_place",
            ),
            models.UniqueConstraint(
                fields=["ad_free_pass", "began_at", "number"],
                condition=Q(paid_at__isnull=False),
                name="a_month_is_paid_once",
            ),
            models.UniqueConstraint(
                fields=["ad_free_pass", "began_at", "number", "attempt"],
                condition=Q(attempt__isnull=False),
                name="a_month_is_charged_once_an_attempt",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ends_at"],
                condition=Q(paid_at__isnull=False, taken_back_at__isnull=True),
                name="months_that_stand",
            ),
            models.Index(
                fields=["ends_at"],
                condition=Q(taken_back_at__isnull=False),
                name="months_taken_back",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what was ordered."""
        return f"{self.ad_free_pass}: {self.price_micros} {self.currency}"

    @property
    def price(self) -> Money:
        """What the month costs, taxes included."""
        return Money(self.price_micros, self.currency)

    @property
    def account(self) -> str:
        """Where its fee waits until its days are over."""
        return f"unearned:pass:{self.pk}"

    @property
    def span(self) -> Span:
        """Its time; call it on a paid month only."""
        assert self.starts_at is not None  # noqa: S101 - a constraint says so
        assert self.ends_at is not None  # noqa: S101 - the same
        return Span(self.starts_at, self.ends_at)


class StepKind(models.TextChoices):
    """What can happen to a pass."""

    PAID = "paid", "A month was paid"
    DECLINED = "declined", "The card was declined"
    CANCELLED = "cancelled", "Will not go on"
    RESUMED = "resumed", "Goes on after all"
    WITHDRAWN = "withdrawn", "Given back by its owner"
    TAKEN_BACK = "taken_back", "A month was taken back"
    GIVEN_AGAIN = "given_again", "A month stands again"


class Step(models.Model):
    """One thing that happened to a pass. Never changed."""

    ad_free_pass = models.ForeignKey(Pass, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)
    month = models.ForeignKey(Month, on_delete=models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show what happened to whose."""
        return f"{self.ad_free_pass}: {self.get_kind_display()}"


class FeeShare(models.Model):
    """What of the fees of a pass in one period goes to a creator; to the platform without one.

    An estimate is worked out anew again and again, until its period is closed.
    """

    ad_free_pass = models.ForeignKey(Pass, on_delete=models.PROTECT, related_name="fee_shares")
    period = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    creator = models.ForeignKey(
        "people.Creator", on_delete=models.PROTECT, null=True, related_name="+"
    )
    amount_micros = models.BigIntegerField()
    is_final = models.BooleanField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["ad_free_pass", "period", "currency", "creator", "is_final"],
                nulls_distinct=False,
                name="a_fee_is_told_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how much goes to whom."""
        return f"{self.creator or 'the platform'}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """How much it is."""
        return Money(self.amount_micros, self.currency)
