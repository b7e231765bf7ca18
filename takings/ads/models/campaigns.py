"""Money that advertisers pay in, campaigns that spend it, and every view they are charged for."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.money import Money


class Status(models.TextChoices):
    """Where a campaign stands; each change is also a :class:`CampaignStep`."""

    DRAFTED = "drafted", "Draft"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    ENDED = "ended", "Ended"


class Deposit(models.Model):
    """Money an advertiser paid in advance. ``id`` is the caller's, and the ledger entry's too."""

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey("people.Brand", on_delete=models.PROTECT, related_name="deposits")
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    deposited_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount_micros__gt=0), name="deposit_is_positive"),
        ]

    @override
    def __str__(self) -> str:
        """Show who paid how much."""
        return f"{self.brand}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """What was paid."""
        return Money(self.amount_micros, self.currency)


class Campaign(models.Model):
    """What a brand buys: viewable views at ``cpm_micros`` per thousand, up to the budget.

    ``committed_micros`` is what ad servers hold of the budget plus what was charged. No countries
    means everywhere; its days are those of ``time_zone``, and one of them costs at most
    ``daily_budget_micros``. What viewers see of it are its :class:`Creative` rows.
    """

    id = models.UUIDField(primary_key=True)
    brand = models.ForeignKey("people.Brand", on_delete=models.PROTECT, related_name="campaigns")
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=4)
    cpm_micros = models.BigIntegerField()
    budget_micros = models.BigIntegerField()
    committed_micros = models.BigIntegerField(default=0)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, default="UTC")
    daily_budget_micros = models.BigIntegerField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFTED)
    drafted_at = models.DateTimeField()

    class Meta:
        """Database laws, and the index from which ad servers load."""

        indexes: ClassVar = [
            models.Index(fields=["ends_at"], condition=Q(status="active"), name="campaign_runs"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cpm_micros__gt=0), name="campaign_price_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(committed_micros__gte=0, committed_micros__lte=F("budget_micros")),
                name="budget_is_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="campaign_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(daily_budget_micros__gt=0, daily_budget_micros__lte=F("budget_micros")),
                name="daily_budget_is_part_of_the_budget",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name

    @property
    def cpm(self) -> Money:
        """The price of a thousand views."""
        return Money(self.cpm_micros, self.currency)

    @property
    def budget(self) -> Money:
        """What may be spent in all."""
        return Money(self.budget_micros, self.currency)

    @property
    def daily_budget(self) -> Money | None:
        """What may be spent in a day; None: no more than the budget."""
        micros = self.daily_budget_micros
        return None if micros is None else Money(micros, self.currency)

    @property
    def committed(self) -> Money:
        """What is charged or held by ad servers."""
        return Money(self.committed_micros, self.currency)


class CampaignStep(models.Model):
    """One change of a campaign's status: to what, when, by whom."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=8, choices=Status)
    taken_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    class Meta:
        """Steps are read in the order in which they were taken."""

        ordering: ClassVar = ["id"]

    @override
    def __str__(self) -> str:
        """Show the new status."""
        return f"{self.campaign} → {self.status}"


class Lease(models.Model):
    """Money of a campaign that one ad server holds, to decide without asking.

    ``room`` (amount − returned − charged) is what may still be charged. After ``expires_at`` the
    server decides no more on it; when no beacon can be on its way, the rest goes back and
    ``closed_at`` is set.
    """

    id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="leases")
    server = models.CharField(max_length=64)
    amount_micros = models.BigIntegerField()
    charged_micros = models.BigIntegerField(default=0)
    returned_micros = models.BigIntegerField(default=0)
    leased_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Database laws, and the index of what is still to be closed."""

        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(closed_at__isnull=True), name="lease_open"
            ),
            models.Index(fields=["campaign", "leased_at"], name="leases_of_a_day"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(charged_micros__gte=0, returned_micros__gte=0)
                & Q(amount_micros__gte=F("charged_micros") + F("returned_micros")),
                name="a_lease_is_never_overspent",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(amount_micros=F("charged_micros") + F("returned_micros")),
                name="a_closed_lease_holds_nothing",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what is held for which campaign."""
        return f"{self.server} holds {self.room_micros} of {self.campaign_id}"

    @property
    def room_micros(self) -> int:
        """What may still be charged, in micro-units of the campaign's currency."""
        return self.amount_micros - self.returned_micros - self.charged_micros


class ChargedSegment(models.Model):
    """A segment of events that was charged: the mark that makes charging it once."""

    name = models.CharField(max_length=80, primary_key=True)
    billed_count = models.PositiveIntegerField(default=0)
    rejected_count = models.PositiveIntegerField(default=0)
    charged_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class Charge(models.Model):
    """One ``ad_charged`` entry: so many views of a campaign, in one pool, from one segment."""

    entry_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="charges")
    segment = models.ForeignKey(ChargedSegment, on_delete=models.PROTECT, related_name="charges")
    country = models.CharField(max_length=2)
    period = models.CharField(max_length=16)
    impression_count = models.PositiveIntegerField()
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    charged_at = models.DateTimeField()

    class Meta:
        """Database laws, and the index from a pool back to its charges."""

        indexes: ClassVar = [
            models.Index(fields=["period", "country"], name="charges_of_a_pool"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0, impression_count__gt=0),
                name="a_charge_has_impressions",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show how many views cost how much."""
        return f"{self.impression_count} × {self.campaign_id}: {self.amount_micros}"

    @property
    def amount(self) -> Money:
        """What was charged."""
        return Money(self.amount_micros, self.currency)


class BilledImpression(models.Model):
    """One viewable view that was paid for; the decision id makes it once."""

    decision_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="billed")
    lease = models.ForeignKey(Lease, on_delete=models.PROTECT, related_name="billed")
    video = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    after_video_id = models.UUIDField()
    country = models.CharField(max_length=2)
    price_micros = models.BigIntegerField()
    viewed_at = models.DateTimeField()
    event_id = models.UUIDField(unique=True)
    entry_id = models.UUIDField(db_index=True)
    segment = models.CharField(max_length=80)

    class Meta:
        """Database laws, and the index of a campaign's report."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "viewed_at"], name="billed_of_a_campaign"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price_micros__gt=0), name="impression_price_is_positive"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what was paid."""
        return f"{self.decision_id}: {self.price_micros}"


class RejectedImpression(models.Model):
    """A report of a view that nobody paid for; ``reason`` is a :class:`~rules.judging.Reason`.

    A forged one names no campaign.
    """

    event_id = models.UUIDField(primary_key=True)
    decision_id = models.UUIDField(null=True, blank=True, db_index=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="rejected"
    )
    after_video_id = models.UUIDField(null=True, blank=True)
    country = models.CharField(max_length=2)
    reason = models.CharField(max_length=16)
    viewed_at = models.DateTimeField()
    segment = models.CharField(max_length=80)

    class Meta:
        """The index of a campaign's report."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "viewed_at"], name="rejected_of_a_campaign"),
        ]

    @override
    def __str__(self) -> str:
        """Show the reason."""
        return f"{self.event_id}: {self.reason}"


class Served(models.Model):
    """How many decisions a campaign won on one UTC day in one country: a statistic, not money."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="served")
    day = models.DateField()
    country = models.CharField(max_length=2)
    decision_count = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "day", "country"], name="served_is_counted_in_one_row"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show day, country and count."""
        return f"{self.day} {self.country}: {self.decision_count}"


class Click(models.Model):
    """The first click on one decision, through the signed redirect. ``ignored_why`` is a reason."""

    decision_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="clicks")
    country = models.CharField(max_length=2)
    clicked_at = models.DateTimeField()
    ignored_why = models.CharField(max_length=16, blank=True)

    class Meta:
        """The index of a campaign's report."""

        indexes: ClassVar = [
            models.Index(fields=["campaign", "clicked_at"], name="clicks_of_a_campaign"),
        ]

    @override
    def __str__(self) -> str:
        """Show the decision."""
        return str(self.decision_id)


class InvoicedCampaign(models.Model):
    """What an invoice billed of a campaign: what was charged by its month's end, and not before.

    Amounts are whole payable units; what is left below one waits for the next month.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="invoiced")
    invoice = models.ForeignKey("invoicing.Invoice", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    impression_count = models.PositiveIntegerField()
    amount_micros = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "month"], name="a_campaign_is_invoiced_once_a_month"
            ),
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="an_invoiced_campaign_costs_something"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show campaign and month."""
        return f"{self.campaign_id} {self.month:%Y-%m}"


class PlayerReport(models.Model):
    """What a player of another site said of one decision: that its ad began, or why it failed.

    ``error_code`` is VAST's, 0 while none was told; the first one that is told stays.
    """

    decision_id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="told")
    creative = models.ForeignKey("videos.Video", on_delete=models.PROTECT, related_name="+")
    error_code = models.PositiveSmallIntegerField()
    reported_at = models.DateTimeField(db_index=True)

    @override
    def __str__(self) -> str:
        """Show the decision and the code."""
        return f"{self.decision_id}: {self.error_code}"
