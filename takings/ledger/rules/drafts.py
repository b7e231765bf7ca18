"""What is handed to the books: drafts that are right by construction, and their arithmetic."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from takings.core.errors import Invalid
from takings.ledger.rules.chart import AccountName, account_kind
from takings.money import Money, format_money

_KIND = re.compile(r"[a-z]+(_[a-z]+)*")


class AmountNotPositive(Invalid):
    """A transfer moves nothing, or less than nothing."""

    code = "amount_not_positive"
    sentence = "A transfer moves more than nothing; {amount} was asked."


class AccountsAreTheSame(Invalid):
    """A transfer leads back to where it starts."""

    code = "accounts_are_the_same"
    sentence = "A transfer needs two accounts; “{account}” is on both sides."


class WrongMoney(Invalid):
    """Coins for an account of money, or money for an account of coins."""

    code = "wrong_money"
    sentence = "“{account}” cannot hold {currency}."


class EmptyEntry(Invalid):
    """An entry without a transfer says nothing."""

    code = "empty_entry"
    sentence = "Entry {entry} has no transfer."


class UnnamedEntry(Invalid):
    """An entry must name its kind, its fact, its policy and an aware time."""

    code = "unnamed_entry"
    sentence = "Entry {entry} needs a {missing}."


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """``debit → credit``: one amount from one account to another of the same currency.

    ``up_to`` moves as much as there is above the floor, at most the amount (a balancing transfer).
    Refuses: UnknownAccount, WrongMoney, AccountsAreTheSame, AmountNotPositive.
    """

    debit: AccountName
    credit: AccountName
    amount: Money
    up_to: bool = False

    def __post_init__(self) -> None:
        """Refuse what could never be posted."""
        for name in (self.debit, self.credit):
            if not account_kind(name).holds(self.amount.currency):
                raise WrongMoney(account=name, currency=self.amount.currency)
        if self.debit == self.credit:
            raise AccountsAreTheSame(account=self.debit)
        if self.amount.micros <= 0:
            raise AmountNotPositive(amount=format_money(self.amount, exact=True))


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One fact to post. ``id`` is the caller's and makes posting it twice harmless.

    ``kind`` is a past participle of the chart's stories (``ad_charged``), ``reference`` names the
    fact (``campaign:7``), ``occurred_at`` is when the fact happened, not when it is posted.
    Refuses: EmptyEntry, UnnamedEntry.
    """

    id: UUID
    kind: str
    reference: str
    policy_version: str
    occurred_at: dt.datetime
    memo: str
    transfers: tuple[TransferDraft, ...]

    def __post_init__(self) -> None:
        """Refuse what could never be posted."""
        if not self.transfers:
            raise EmptyEntry(entry=self.id)
        named = {
            "kind in snake_case": _KIND.fullmatch(self.kind) is not None,
            "reference": bool(self.reference),
            "policy version": bool(self.policy_version),
            "time with a zone": self.occurred_at.tzinfo is not None,
        }
        for missing, is_there in named.items():
            if not is_there:
                raise UnnamedEntry(entry=self.id, missing=missing)


@dataclass(frozen=True, slots=True)
class EntryHead:
    """What a posted entry says of itself, all but its transfers."""

    id: UUID
    number: int
    kind: str
    reference: str
    policy_version: str
    memo: str
    occurred_at: dt.datetime
    posted_at: dt.datetime
    reverses: UUID | None


def reversed_transfers(transfers: Iterable[TransferDraft]) -> tuple[TransferDraft, ...]:
    """Return the transfers that undo these exactly: each turned around, the last one first."""
    undone = [TransferDraft(debit=t.credit, credit=t.debit, amount=t.amount) for t in transfers]
    return tuple(reversed(undone))
