"""What is asked of the books and what an answer depends on, as plain values in micro-units."""

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from takings.ledger.rules.outcomes import Outcome

CURRENCIES = 27**4  # an account's id modulo this is its currency


class Mode(IntEnum):
    """What an item asks for: an entry, a hold, or one of three ends of a hold."""

    ENTRY = 0
    HOLD = 1
    POST_HOLD = 2
    VOID_HOLD = 3
    EXPIRE_HOLD = 4


@dataclass(frozen=True, slots=True)
class Leg:
    """One transfer asked: ``debit → credit``; ``up_to`` takes what there is, if that is less."""

    debit: int
    credit: int
    amount: int
    up_to: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One thing asked. Items of one ``group``, side by side, stand or fall together.

    ``content`` is whatever else the item says, so that a repeated id can be compared.
    """

    id: UUID
    legs: tuple[Leg, ...]
    content: tuple[object, ...]
    occurred_at: dt.datetime
    group: int
    mode: Mode = Mode.ENTRY
    reverses: UUID | None = None
    hold: UUID | None = None
    expires_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """By what an account is judged; ``None`` is no bound."""

    is_credit: bool
    floor: int | None = None
    ceiling: int | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """What went through an account, and what is held on it."""

    debits: int = 0
    credits: int = 0
    held_debits: int = 0
    held_credits: int = 0

    def available(self, terms: Terms) -> int:
        """Return what may still be taken out, above nothing: the balance less what is held."""
        if terms.is_credit:
            return self.credits - self.debits - self.held_debits
        return self.debits - self.credits - self.held_credits

    def filled(self, terms: Terms) -> int:
        """Return how full the account is, with what holds may still bring."""
        if terms.is_credit:
            return self.credits + self.held_credits - self.debits
        return self.debits + self.held_debits - self.credits


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one item, and what each of its legs moves if it is ``POSTED``."""

    outcome: Outcome
    moved: tuple[int, ...] = ()
