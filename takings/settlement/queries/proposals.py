"""Proposals to close a period: which one waits, and what became of the others."""

from uuid import UUID

from django.db.models import QuerySet

from takings.core.errors import NotFound
from takings.people.queries import Visitor, access_operator
from takings.settlement.models import CloseProposal, Period


class UnknownProposal(NotFound):
    """No proposal to close a period has this id."""

    code = "unknown_proposal"
    sentence = "There is no proposal {proposal}."


def close_proposal(*, proposal_id: UUID) -> CloseProposal:
    """Return a proposal to close a period. Refuses: UnknownProposal."""
    found = _proposals().filter(pk=proposal_id).first()
    if found is None:
        raise UnknownProposal(proposal=proposal_id)
    return found


def access_close_proposal(*, user: Visitor, proposal_id: UUID) -> CloseProposal:
    """Return a proposal to an operator. Refuses: OperatorsOnly, UnknownProposal."""
    access_operator(user=user)
    return close_proposal(proposal_id=proposal_id)


def close_proposals(*, period: Period) -> list[CloseProposal]:
    """Return the proposals to close a period, the newest first."""
    rows = _proposals().filter(period__name=period.name)
    return list(rows.order_by("-proposed_at", "-pk"))


def waiting_closes() -> int:
    """Return how many proposals to close a period wait for a second person."""
    return CloseProposal.objects.filter(is_approved=None).count()


def _proposals() -> QuerySet[CloseProposal]:
    return CloseProposal.objects.select_related(
        "period", "run__period", "proposed_by", "answered_by"
    )
