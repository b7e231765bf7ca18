"""Closes that one operator proposes on a dry run, and another one approves."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from typing_extensions import override

from takings.people.models import Proposal, four_eyes


class CloseProposal(Proposal):
    """A proposal to close a period with the numbers of a dry run. The id is the caller's.

    Once approved, ``snapshot_id`` names the version of the lake that gives these numbers, and
    ``stopped`` says why they were not closed, if they changed before.
    """

    period = models.ForeignKey("settlement.Period", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey("settlement.DryRun", on_delete=models.PROTECT, related_name="proposals")
    reason = models.CharField(max_length=500)
    snapshot_id = models.BigIntegerField(null=True)
    stopped = models.CharField(max_length=500, blank=True)

    class Meta:
        """Database laws; that it is answered once is in migration 0007_close_proposals."""

        constraints: ClassVar = [
            *four_eyes(another="another_person_closes", whole="an_answer_to_a_close_is_whole"),
            models.UniqueConstraint(
                fields=["period"],
                condition=Q(is_approved__isnull=True),
                name="one_proposal_to_close_waits",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_proposal_to_close_says_why"),
            models.CheckConstraint(
                condition=Q(is_approved__isnull=False, is_approved=True, snapshot_id__isnull=False)
                | (Q(is_approved__isnull=True) | Q(is_approved=False))
                & Q(snapshot_id__isnull=True, stopped=""),
                name="an_approved_close_names_its_snapshot",
            ),
        ]

    @override
    def __str__(self) -> str:
        """Show what is proposed."""
        return f"close {self.period_id}: {self.reason}"
