"""Balances that nobody comes for: the notice, the proposal, and what became of each balance."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.people.models import Proposal, four_eyes


class EscheatNotice(models.Model):
    """A creator was told that their balance rests and when it falls to the state.

    ``answered_at`` is when they said that it is theirs; then the rest begins anew.
    """

    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=2)
    rests_since = models.DateField()
    falls_on = models.DateField()
    given_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["creator", "rests_since"], name="a_rest_is_told_once"),
        ]

    @override
    def __str__(self) -> str:
        """Show who and when."""
        return f"{self.creator_id} until {self.falls_on}"


class Escheat(Proposal):
    """Balances proposed for the state by one person and answered by another; the id is given."""

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            *four_eyes(
                another="another_person_answers_an_escheat",
                whole="the_answer_to_an_escheat_is_whole",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show the day it was proposed."""
        return f"unclaimed balances of {self.proposed_at:%Y-%m-%d}"


class LineState(models.TextChoices):
    """What became of a balance that was proposed."""

    PROPOSED = "proposed", "Waits for an answer"
    DROPPED = "dropped", "Left where it is"
    UNCLAIMED = "unclaimed", "Waits for its owner or the state"
    CLAIMED = "claimed", "Given back to its owner"
    REMITTED = "remitted", "Handed to the state"


class EscheatLine(models.Model):
    """One balance; the id of its entry is derived from its own."""

    id = models.UUIDField(primary_key=True)
    escheat = models.ForeignKey(Escheat, on_delete=models.PROTECT, related_name="lines")
    notice = models.ForeignKey(EscheatNotice, on_delete=models.PROTECT, related_name="+")
    creator = models.ForeignKey("people.Creator", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=4)
    amount_micros = models.BigIntegerField()
    state = models.CharField(max_length=9, choices=LineState, default=LineState.PROPOSED)
    remittance = models.ForeignKey(
        "payouts.Remittance", on_delete=models.PROTECT, null=True, related_name="balances"
    )

    class Meta:
        """Database laws."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_micros__gt=0), name="an_unclaimed_balance_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(state="remitted", remittance__isnull=False)
                | ~Q(state="remitted") & Q(remittance__isnull=True),
                name="what_is_remitted_names_the_payment",
            ),
            models.UniqueConstraint(
                fields=["creator", "currency"],
                condition=Q(state="proposed"),
                name="a_balance_is_proposed_once",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whose and how much."""
        return f"{self.creator_id}: {self.amount_micros} {self.currency}"

    @property
    def amount(self) -> Money:
        """How much, in whole cents."""
        return Money(self.amount_micros, self.currency)

    @property
    def account(self) -> str:
        """Where it lies while it is unclaimed."""
        return f"unclaimed:{self.notice.jurisdiction}"
