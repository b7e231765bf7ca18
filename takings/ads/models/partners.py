"""Partners outside who are asked for bids: what they sent, what became of it, whom to tell."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.ads.models.creatives import Creative
from takings.ads.models.line_items import LineItem
from takings.ads.rules.partners import SENTENCES
from takings.videos.rules.categories import CATEGORIES

OUTCOMES = list(SENTENCES.items())


class DemandPartner(models.Model):
    """A bidder outside. What it wins is won by its line item, and paid from that one's budget.

    ``header_sealed`` is the value of a secret header, encrypted. ``vendor_id`` is the partner's in
    the consent framework (TCF), 0 without one.
    """

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=80)
    line_item = models.OneToOneField(LineItem, on_delete=models.PROTECT, related_name="partner")
    endpoint = models.CharField(max_length=2000)
    timeout_ms = models.PositiveSmallIntegerField()
    qps = models.PositiveIntegerField()
    seat = models.CharField(max_length=64, blank=True)
    vendor_id = models.PositiveIntegerField(default=0)
    header_name = models.CharField(max_length=64, blank=True)
    header_sealed = models.BinaryField(blank=True)
    blocked_domains = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    blocked_categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    is_on = models.BooleanField()
    added_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(timeout_ms__gt=0, qps__gt=0), name="a_partner_has_time_to_answer"
            ),
            models.CheckConstraint(
                condition=Q(header_name="") | ~Q(header_sealed=b""), name="a_header_has_a_value"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class PartnerCreative(models.Model):
    """An ad of a partner, by the partner's own id, as it was sent first; later markup is not read.

    ``categories`` are those of the IAB Content Taxonomy 1.0 that it was said to advertise.
    ``creative`` is what became of it, ``refused_why`` why nothing did; both are empty before.
    """

    partner = models.ForeignKey(DemandPartner, on_delete=models.PROTECT, related_name="creatives")
    crid = models.CharField(max_length=200)
    advertiser = models.CharField(max_length=253)
    markup = models.TextField()
    categories = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    creative = models.OneToOneField(
        Creative, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refused_why = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "crid"], name="an_ad_of_a_partner_is_one"),
            models.CheckConstraint(
                condition=Q(creative=None) | Q(refused_why=""),
                name="an_ad_of_a_partner_is_taken_or_refused",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the partner's id of it."""
        return self.crid

    @property
    def category_names(self) -> list[str]:
        """What it advertises, by name where we know one."""
        return [CATEGORIES.get(one, one) for one in self.categories]


class PartnerNotice(models.Model):
    """An address of a partner that wants to be told: of a win, a loss, or what was charged.

    Asked once, whether or not it answers: a notice of what is charged when the impression of
    ``decision_id`` is in the books, the others at once.
    """

    class Kind(models.TextChoices):
        """What it is told of."""

        WIN = "win", "Won"
        LOSS = "loss", "Lost"
        CHARGE = "charge", "Charged"

    partner = models.ForeignKey(DemandPartner, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=6, choices=Kind)
    decision_id = models.UUIDField()
    url = models.CharField(max_length=2000)
    noted_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    failed_code = models.CharField(max_length=40, blank=True)

    class Meta:
        """The index of what is still to be asked."""

        indexes: ClassVar = [
            models.Index(
                fields=["kind", "noted_at"], condition=Q(asked_at=None), name="notice_waits"
            ),
            models.Index(fields=["noted_at"], name="notices_by_age"),
        ]

    @override
    def __str__(self) -> str:
        """Show what of whom."""
        return f"{self.kind} of {self.partner_id}"


class OutcomeCount(models.Model):
    """How often something became of a question or a bid on a UTC day: a statistic, not money."""

    day = models.DateField()
    outcome = models.CharField(max_length=16, choices=OUTCOMES)
    count = models.BigIntegerField()

    class Meta:
        """Each kind is a table of its own."""

        abstract = True

    @override
    def __str__(self) -> str:
        """Show day, outcome and count."""
        return f"{self.day} {self.outcome}: {self.count}"


class PartnerCount(OutcomeCount):
    """What became of questions to a partner, and of its bids."""

    partner = models.ForeignKey(DemandPartner, on_delete=models.PROTECT, related_name="counts")

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "day", "outcome"], name="outcomes_are_counted_in_one_row"
            ),
        ]


class AskingServer(models.Model):
    """An ad server that asks partners, and when it last looked: so many share what may be asked."""

    name = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name


class PartnerRest(models.Model):
    """That one ad server leaves a partner alone until then, after so many failures in a row."""

    partner = models.ForeignKey(DemandPartner, on_delete=models.PROTECT, related_name="rests")
    server = models.CharField(max_length=64)
    until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField()
    why = models.CharField(max_length=16, choices=OUTCOMES, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "server"], name="a_server_has_one_opinion"),
        ]

    @override
    def __str__(self) -> str:
        """Show until when."""
        return f"{self.server} rests until {self.until}"
