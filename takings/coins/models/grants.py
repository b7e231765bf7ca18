"""Bonus coins that one operator proposes to give, and another one gives."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.money import Money
from takings.money.currency import COIN
from takings.people.models import Proposal, four_eyes


class GrantProposal(Proposal):
    """A proposal to give somebody bonus coins; the id is the caller's, and the lot's once given.

    Only the answer is ever added, once (migration 0020_grant_proposals).
    """

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    coins_micros = models.BigIntegerField()
    reason = models.CharField(max_length=200)

    class Meta:
        """Database laws, and the order of those that wait: the oldest first."""

        ordering: ClassVar = ["proposed_at", "pk"]
        constraints: ClassVar = [
            *four_eyes(another="another_person_gives_coins", whole="an_answer_to_a_gift_is_whole"),
            models.CheckConstraint(
                condition=Q(coins_micros__gt=0) & ~Q(reason=""), name="a_gift_of_coins_says_why"
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show whom how many."""
        return f"{self.coins_micros} micro-coins for {self.user_id}: {self.reason}"

    @property
    def coins(self) -> Money:
        """How many bonus coins."""
        return Money(self.coins_micros, COIN)
