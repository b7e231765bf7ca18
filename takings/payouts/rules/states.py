"""Where batches and payouts may stand, and what may follow what."""

from collections.abc import Mapping
from enum import StrEnum

from takings.core.errors import Conflict


class BatchState(StrEnum):
    """A batch: drafted by one, approved by another, posted to the books, sent as files."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    POSTED = "posted"
    SENT = "sent"
    CANCELLED = "cancelled"


class PayoutState(StrEnum):
    """A payout: drafted, then left out after all or sent; then settled or returned by the bank."""

    DRAFTED = "drafted"
    DROPPED = "dropped"
    SENT = "sent"
    SETTLED = "settled"
    RETURNED = "returned"


class NotThatStep(Conflict):
    """A batch or a payout cannot become this from where it stands."""

    code = "not_that_step"
    sentence = "What is {state} cannot become {wanted}."


_BATCH: Mapping[BatchState, frozenset[BatchState]] = {
    BatchState.DRAFTED: frozenset({BatchState.APPROVED, BatchState.CANCELLED}),
    BatchState.APPROVED: frozenset({BatchState.POSTED, BatchState.CANCELLED}),
    BatchState.POSTED: frozenset({BatchState.SENT}),
    BatchState.SENT: frozenset(),
    BatchState.CANCELLED: frozenset(),
}
_PAYOUT: Mapping[PayoutState, frozenset[PayoutState]] = {
    PayoutState.DRAFTED: frozenset({PayoutState.DROPPED, PayoutState.SENT}),
    PayoutState.SENT: frozenset({PayoutState.SETTLED, PayoutState.RETURNED}),
    PayoutState.SETTLED: frozenset({PayoutState.RETURNED}),  # a bank may think again
    PayoutState.RETURNED: frozenset(),
    PayoutState.DROPPED: frozenset(),
}


def check_batch_step(*, state: BatchState, wanted: BatchState) -> None:
    """Refuse with :class:`NotThatStep` what may not follow."""
    if wanted not in _BATCH[state]:
        raise NotThatStep(state=state.value, wanted=wanted.value)


def check_payout_step(*, state: PayoutState, wanted: PayoutState) -> None:
    """Refuse with :class:`NotThatStep` what may not follow."""
    if wanted not in _PAYOUT[state]:
        raise NotThatStep(state=state.value, wanted=wanted.value)
