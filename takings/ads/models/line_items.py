"""Line items: what a campaign buys, for whom, when, and at what price."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from typing_extensions import override

from takings.ads.models.campaigns import Campaign
from takings.ads.models.conversions import Goal
from takings.ads.rules.lines import Pricing, Rotation, Sale
from takings.ads.rules.pricing import KINDS, Kind, event_price
from takings.ads.rules.rotation import ROTATIONS
from takings.money import Money

SALES = [(Sale.FIXED, "Fixed price"), (Sale.AUCTION, "Highest bid")]
PRICINGS = [(pricing, kind.unit) for pricing, kind in KINDS.items()]


class LineItem(models.Model):
    """Events of its ``pricing``, out of the budget of its campaign.

    A fixed ``sale`` pays ``price_micros`` for them, an auction what it took to win, and no more.
    Conversions are those of ``goal``.

    ``budget_micros`` is a part of the campaign's that it may spend; None: all of it.
    ``committed_micros`` is what ad servers hold for it plus what was charged. For whom it
    is, an empty list asks for nothing; creators are named by id. Hours and days are those of
    ``time_zone``; a day costs at most ``daily_budget_micros``. One viewer sees it at most so often
    as its caps say, and each of its ads as those of an ad. It shows the creatives ``ads`` of its
    campaign, without any all of them; by weight, one of ``ad_weights`` is for each. One of the
    platform itself is free: it has no price and no budget.
    """

    id = models.UUIDField(primary_key=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="line_items")
    name = models.CharField(max_length=80)
    pricing = models.CharField(max_length=4, choices=PRICINGS, default=Pricing.VCPM)
    sale = models.CharField(max_length=7, choices=SALES, default=Sale.FIXED)
    goal = models.ForeignKey(
        Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="line_items"
    )
    price_micros = models.BigIntegerField()
    budget_micros = models.BigIntegerField(null=True, blank=True)
    daily_budget_micros = models.BigIntegerField(null=True, blank=True)
    committed_micros = models.BigIntegerField(default=0)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    devices = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    placements = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    hours = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    blocked_keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    creators = ArrayField(models.BigIntegerField(), default=list, blank=True)
    blocked_creators = ArrayField(models.BigIntegerField(), default=list, blank=True)
    categories = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    blocked_categories = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    ages = ArrayField(models.CharField(max_length=5), default=list, blank=True)
    ads = ArrayField(models.UUIDField(), default=list, blank=True)
    ad_weights = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    rotation = models.CharField(
        max_length=8, choices=list(ROTATIONS.items()), default=Rotation.EVEN
    )
    regions = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    blocked_regions = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    hour_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    day_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    week_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    ad_hour_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    ad_day_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    ad_week_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64, default="UTC")
    paused_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        """Database laws, and the index from which ad servers load."""

        indexes: ClassVar = [models.Index(fields=["ends_at"], name="line_item_runs")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(~Q(pricing=Pricing.FREE) & Q(price_micros__gt=0))
                | Q(
                    pricing=Pricing.FREE,
                    sale=Sale.FIXED,
                    price_micros=0,
                    budget_micros__isnull=True,
                    daily_budget_micros__isnull=True,
                ),
                name="only_what_is_free_has_no_price",
            ),
            models.CheckConstraint(
                condition=Q(committed_micros__gte=0), name="a_line_item_owes_nothing"
            ),
            models.CheckConstraint(
                condition=Q(budget_micros__isnull=True)
                | Q(committed_micros__lte=F("budget_micros")),
                name="line_item_budget_is_never_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="line_item_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(daily_budget_micros__gt=0)
                & (Q(budget_micros__isnull=True) | Q(daily_budget_micros__lte=F("budget_micros"))),
                name="daily_budget_is_part_of_the_line_items",
            ),
            models.CheckConstraint(
                condition=Q(hour_cap__gt=0, day_cap__gt=0, week_cap__gt=0)
                & Q(ad_hour_cap__gt=0, ad_day_cap__gt=0, ad_week_cap__gt=0),
                name="line_item_caps_are_positive",
            ),
            models.CheckConstraint(
                condition=Q(pricing=Pricing.CPA, goal__isnull=False)
                | (~Q(pricing=Pricing.CPA) & Q(goal__isnull=True)),
                name="conversions_are_those_of_a_goal",
            ),
            models.CheckConstraint(
                condition=Q(rotation=Rotation.WEIGHTED, ads__len__gt=0)
                & Q(ad_weights__len=F("ads__len"))
                | ~Q(rotation=Rotation.WEIGHTED) & Q(ad_weights__len=0),
                name="ads_by_weight_have_weights",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the name."""
        return self.name

    @property
    def price(self) -> Money:
        """The price of what its pricing sells: of a thousand events, or of one."""
        return Money(self.price_micros, self.campaign.currency)

    @property
    def kind(self) -> Kind:
        """What is paid for, and how it is called."""
        return KINDS[Pricing(self.pricing)]

    @property
    def event_price(self) -> Money:
        """The price of one event that is paid for."""
        return event_price(self.price, pricing=Pricing(self.pricing))

    @property
    def held_price(self) -> Money:
        """The most that one decision holds in a lease: nothing of what is paid for days later."""
        price = self.event_price
        return price * 0 if self.pricing == Pricing.CPA else price

    @property
    def budget(self) -> Money | None:
        """What it may spend of the campaign's budget; None: all of it."""
        return self._money(self.budget_micros)

    @property
    def daily_budget(self) -> Money | None:
        """What it may spend in a day; None: no more than in all."""
        return self._money(self.daily_budget_micros)

    @property
    def committed(self) -> Money:
        """What is charged or held by ad servers."""
        return Money(self.committed_micros, self.campaign.currency)

    @property
    def left(self) -> Money:
        """What nobody holds of its budget and its campaign's, whichever is less."""
        left = self.campaign.budget - self.campaign.committed
        return left if self.budget is None else min(left, self.budget - self.committed)

    def _money(self, micros: int | None) -> Money | None:
        return None if micros is None else Money(micros, self.campaign.currency)
