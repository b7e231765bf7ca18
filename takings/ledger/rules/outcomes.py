"""What can become of something that was asked of the books, one word and one code for each."""

from enum import StrEnum
from typing import Self


class Outcome(StrEnum):
    """The answer for one item of a call: its word, and the ``number`` PostgreSQL knows it by.

    ``posted`` and ``already_posted`` are successes: the item stands in the books. All others leave
    nothing behind but, where ``is_remembered``, the id: asked again, it gets the same answer.
    """

    number: int

    def __new__(cls, word: str, number: int) -> Self:
        """Make a word that knows its number."""
        outcome = str.__new__(cls, word)
        outcome._value_ = word
        outcome.number = number
        return outcome

    POSTED = "posted", 0
    ALREADY_POSTED = "already_posted", 1
    SAME_ID_OTHER_CONTENT = "same_id_other_content", 2
    INSUFFICIENT_FUNDS = "insufficient_funds", 4
    LIMIT_EXCEEDED = "limit_exceeded", 5
    ACCOUNT_CLOSED = "account_closed", 6
    CURRENCY_MISMATCH = "currency_mismatch", 7
    UNKNOWN_ACCOUNT = "unknown_account", 8
    BALANCE_TOO_LARGE = "balance_too_large", 9
    LINKED_FAILED = "linked_failed", 10
    PERIOD_LOCKED = "period_locked", 11
    AMOUNT_NOT_POSITIVE = "amount_not_positive", 12
    ACCOUNTS_ARE_THE_SAME = "accounts_are_the_same", 13
    UNKNOWN_HOLD = "unknown_hold", 14
    HOLD_IS_OVER = "hold_is_over", 15
    HOLD_EXPIRED = "hold_expired", 16
    NOT_WHAT_IS_HELD = "not_what_is_held", 17
    ALREADY_REVERSED = "already_reversed", 18
    HOLD_NOT_DUE = "hold_not_due", 19
    NOT_ITS_REVERSAL = "not_its_reversal", 20

    @property
    def stands(self) -> bool:
        """Whether the item is in the books."""
        return self in {Outcome.POSTED, Outcome.ALREADY_POSTED}

    @property
    def is_remembered(self) -> bool:
        """Whether the id stays refused, because another moment could have answered otherwise."""
        return self in _REMEMBERED


_REMEMBERED = {
    Outcome.INSUFFICIENT_FUNDS,
    Outcome.LIMIT_EXCEEDED,
    Outcome.ACCOUNT_CLOSED,
    Outcome.BALANCE_TOO_LARGE,
    Outcome.PERIOD_LOCKED,
    Outcome.UNKNOWN_HOLD,
    Outcome.HOLD_IS_OVER,
    Outcome.HOLD_EXPIRED,
    Outcome.NOT_WHAT_IS_HELD,
    Outcome.ALREADY_REVERSED,
}

OF_NUMBER = {outcome.number: outcome for outcome in Outcome}
