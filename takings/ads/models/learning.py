"""What predictions are learned from, what was learned, and whether an operator lets it decide."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.ads.models.line_items import LineItem
from takings.ads.rules.lines import SOLD
from takings.ads.rules.training import Verdict

VERDICTS = [
    (Verdict.BETTER, "Better"),
    (Verdict.NO_BETTER, "No better by more than chance"),
    (Verdict.TOO_LITTLE, "Too little to learn from"),
]


class SampledDecision(models.Model):
    """One ad that was chosen, as one of ``weight_ppm`` / 1,000,000 like it. It names no viewer.

    ``base_ppm`` is how likely what is paid for was thought to be anywhere; ``placement`` is a
    :class:`~rules.tokens.Placement`, ``about`` the narrowest category of the video. Rows are added
    and, after two months, deleted.
    """

    decision_id = models.UUIDField(primary_key=True)
    line_item = models.ForeignKey(
        LineItem, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    decided_at = models.DateTimeField(db_index=True)
    placement = models.PositiveSmallIntegerField()
    device = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2)
    about = models.CharField(max_length=8, blank=True)
    base_ppm = models.PositiveIntegerField()
    weight_ppm = models.BigIntegerField()

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weight_ppm__gte=1_000_000, base_ppm__gte=1, base_ppm__lte=1_000_000),
                name="a_sampled_decision_stands_for_one_at_least",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the decision and its rate."""
        return f"{self.decision_id}: {self.base_ppm} ppm"


class LearnedRates(models.Model):
    """What one day's training learned for one pricing, and how it did on the days held out.

    ``learned`` is all of it, as ``rules.lifts`` and ``rules.reliability`` write it, and
    ``examples_sha256`` and ``learned_sha256`` tell it and its examples from others. Losses are
    billionths of a nat a decision. Of too little to learn from, there are only counts. Rows never
    change.
    """

    pricing = models.CharField(max_length=4, choices=[(one.value, one.value) for one in SOLD])
    trained_on = models.DateField()
    trained_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=VERDICTS)
    decision_count = models.PositiveIntegerField()
    event_count = models.PositiveIntegerField()
    first_day = models.DateField(null=True)
    calibrated_from = models.DateField(null=True)
    held_out_from = models.DateField(null=True)
    last_day = models.DateField(null=True)
    model_loss = models.BigIntegerField(null=True)
    bayes_loss = models.BigIntegerField(null=True)
    constant_loss = models.BigIntegerField(null=True)
    loss_error = models.BigIntegerField(null=True)
    learned = models.JSONField(default=dict)
    examples_sha256 = models.CharField(max_length=64)
    learned_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["pricing", "trained_on"], name="rates_are_learned_once_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="better") | Q(model_loss__lt=models.F("bayes_loss")),
                name="what_is_better_lost_less",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show pricing, day and verdict."""
        return f"{self.pricing} on {self.trained_on}: {self.verdict}"

    @property
    def micronats(self) -> list[int | None]:
        """The losses of what was learned, of counting alone, of one rate for all, in millionths."""
        losses = (self.model_loss, self.bayes_loss, self.constant_loss)
        return [None if one is None else round(one, -3) // 1_000 for one in losses]


class LearnedSwitch(models.Model):
    """An operator let what was learned decide, or not. The newest row holds; without any, it may.

    Rows never change.
    """

    is_on = models.BooleanField()
    why = models.CharField(max_length=300)
    switched_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    switched_at = models.DateTimeField()

    @override
    def __str__(self) -> str:
        """Show what it was set to."""
        return "on" if self.is_on else "off"
