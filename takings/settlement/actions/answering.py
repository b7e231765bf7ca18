"""Four eyes: who answers what an operator proposed, once."""

from takings.core.errors import Conflict, Forbidden, Invalid
from takings.people.models import Proposal, User


class ProposalNeedsReason(Invalid):
    """An auditor reads why."""

    code = "proposal_needs_reason"
    sentence = "Write why; auditors read it."


class ProposalIdTaken(Conflict):
    """The id of a proposal is its idempotency key."""

    code = "proposal_id_taken"
    sentence = "A proposal with this id exists and is another one; use a new id."


class ProposalAnswered(Conflict):
    """A proposal is answered once."""

    code = "proposal_answered"
    sentence = "This was answered already."


class SecondPersonNeeded(Forbidden):
    """Who proposes does not decide."""

    code = "second_person_needed"
    sentence = "You proposed this; another operator has to answer it."


class NumbersChanged(Conflict):
    """What somebody approves is what was worked out."""

    code = "numbers_changed"
    sentence = "The numbers changed since they were worked out: {what}. Work them out again."


def check_answer(proposal: Proposal, *, operator: User) -> None:
    """Refuse an answer to a locked proposal: ProposalAnswered, SecondPersonNeeded."""
    if proposal.is_approved is not None:
        raise ProposalAnswered
    if proposal.proposed_by_id == operator.pk:
        raise SecondPersonNeeded
