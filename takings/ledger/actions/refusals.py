"""What posting refuses, each by its name."""

from takings.core.errors import Conflict, Invalid, NotFound, Refusal
from takings.ledger.rules.outcomes import Outcome


class SameIdOtherContent(Conflict):
    """The id was used before, for something else."""

    code = "same_id_other_content"
    sentence = "Entry {entry} exists already and says something else; use a new id."


class InsufficientFunds(Conflict):
    """An account would fall below its floor. Amounts are :class:`Money`."""

    code = "insufficient_funds"
    sentence = "“{account}” has {available} available; {asked} was asked."


class LimitExceeded(Conflict):
    """An account would hold more than it may. Amounts are :class:`Money`."""

    code = "limit_exceeded"
    sentence = "“{account}” has room for {available}; {asked} was asked."


class AccountClosed(Conflict):
    """Nothing more is posted to a closed account."""

    code = "account_closed"
    sentence = "“{account}” is closed."


class BalanceTooLarge(Invalid):
    """The running totals of an account would leave PostgreSQL's bigint."""

    code = "balance_too_large"
    sentence = "“{account}” cannot hold that much: its totals would exceed 2⁶³ micro-units."


class PeriodLocked(Conflict):
    """The books are closed for the time at which the fact occurred."""

    code = "period_locked"
    sentence = "Entry {entry} occurred in a locked period; post a correction with a later date."


class UnknownHold(NotFound):
    """There is no such hold."""

    code = "unknown_hold"
    sentence = "There is no hold {hold}."


class HoldIsOver(Conflict):
    """A hold ends once: posted, voided or expired."""

    code = "hold_is_over"
    sentence = "Hold {hold} ended before."


class HoldExpired(Conflict):
    """The hold's time is over, so it can no longer be posted."""

    code = "hold_expired"
    sentence = "Hold {hold} has expired; ask for a new one."


class HoldNotDue(Conflict):
    """The hold's time is not over yet."""

    code = "hold_not_due"
    sentence = "Hold {hold} has not expired yet."


class NotWhatIsHeld(Conflict):
    """More than the hold keeps back, or between other accounts."""

    code = "not_what_is_held"
    sentence = "Hold {hold} does not keep that much between these accounts."


class AlreadyReversed(Conflict):
    """An entry is undone once."""

    code = "already_reversed"
    sentence = "Entry {entry} was reversed before, by {reversal}."


class NotItsReversal(Conflict):
    """The transfers do not undo the entry exactly."""

    code = "not_its_reversal"
    sentence = "That does not undo entry {entry} exactly; nothing was posted."


class ReversalIsFinal(Conflict):
    """An entry that undoes another is not itself undone: post a new fact instead."""

    code = "reversal_is_final"
    sentence = "Entry {entry} is itself a reversal; post a new entry instead."


REFUSALS: dict[Outcome, type[Refusal]] = {
    Outcome.SAME_ID_OTHER_CONTENT: SameIdOtherContent,
    Outcome.INSUFFICIENT_FUNDS: InsufficientFunds,
    Outcome.LIMIT_EXCEEDED: LimitExceeded,
    Outcome.ACCOUNT_CLOSED: AccountClosed,
    Outcome.BALANCE_TOO_LARGE: BalanceTooLarge,
    Outcome.PERIOD_LOCKED: PeriodLocked,
    Outcome.UNKNOWN_HOLD: UnknownHold,
    Outcome.HOLD_IS_OVER: HoldIsOver,
    Outcome.HOLD_EXPIRED: HoldExpired,
    Outcome.HOLD_NOT_DUE: HoldNotDue,
    Outcome.NOT_WHAT_IS_HELD: NotWhatIsHeld,
    Outcome.ALREADY_REVERSED: AlreadyReversed,
    Outcome.NOT_ITS_REVERSAL: NotItsReversal,
}
"""The refusal of each outcome that drafts can meet: a draft is right by itself already."""
