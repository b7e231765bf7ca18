"""What earnings can be exchanged for. The apps above register it: settlement knows no coins.

Who may exchange at all, and what tax it costs, the payouts say: an exchange is income as they are.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from takings.core.errors import NotFound, Refusal
from takings.ledger.rules import AccountName, TransferDraft
from takings.money import Money
from takings.people.models import Creator


class UnknownReward(NotFound):
    """No app gives it."""

    code = "unknown_reward"
    sentence = "Earnings cannot be exchanged for this. Choose one of what is offered."


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be had: its short name, its words, and what it takes of the earnings.

    ``obstacle`` is why it cannot be taken now after all; nobody is shown such an offer.
    """

    choice: str
    words: str
    price: Money
    obstacle: Refusal | None = None


class Reward(Protocol):
    """Gives creators something for earnings that could be paid out to them.

    ``title`` is above what it offers, ``note`` a sentence below that says what one gets, and
    ``used_at`` the page on which it is used.
    """

    name: str
    title: str
    note: str
    used_at: str

    def offers(self, *, creator: Creator, at: dt.datetime) -> Sequence[Offer]:
        """Return what a creator could take now, whether they have as much or not."""

    def begin(self, *, creator: Creator, offer: Offer, at: dt.datetime) -> None:
        """Refuse who may not take it, and lock what is the reward's before money moves."""

    def transfers(
        self, *, exchange_id: UUID, creator: Creator, offer: Offer, at: dt.datetime
    ) -> Sequence[TransferDraft]:
        """Return where the money goes from ``payable``, and what moves with it."""

    def give(self, *, exchange_id: UUID, creator: Creator, offer: Offer, at: dt.datetime) -> None:
        """Write down what the creator has now; the money moved, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Tax:
    """What is withheld of an exchange besides its price, and the account of its authority."""

    account: AccountName
    amount: Money


class Admission(Protocol):
    """What holds for one creator who exchanges now."""

    @property
    def bar(self) -> str:
        """Why they may not, in a sentence for them, or nothing."""

    def tax_on(self, price: Money) -> Tax | None:
        """Return what is withheld when this much is taken, so that the price is left."""

    def keep(self, *, exchange_id: UUID, price: Money) -> None:
        """Write down for the year's reports whose income it was; the money moved."""


class Gate(Protocol):
    """Says who may exchange earnings, and undoes their tax."""

    def admit(self, *, creator: Creator, at: dt.datetime) -> Admission:
        """Return what holds for a creator now."""

    def make_room(self, *, exchange_id: UUID, at: dt.datetime) -> None:
        """Let an authority owe back what was paid to it of an exchange that is undone now."""


_rewards: dict[str, Reward] = {}
_gates: list[Gate] = []


def register_reward(reward: Reward) -> None:
    """Let earnings be exchanged for something; called once, when its app starts."""
    _rewards[reward.name] = reward


def rewards() -> tuple[Reward, ...]:
    """Return all, in the order in which they came."""
    return tuple(_rewards.values())


def reward_named(*, name: str) -> Reward:
    """Return the reward of this name. Refuses: UnknownReward."""
    if name not in _rewards:
        raise UnknownReward
    return _rewards[name]


def register_gate(gate: Gate) -> None:
    """Let this one say who may exchange; called once, when its app starts."""
    _gates[:] = [gate]


def gate() -> Gate:
    """Return who says whether somebody may exchange."""
    return _gates[0]
