"""What earnings can be exchanged for. The apps above register it: settlement knows no coins."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from takings.core.errors import NotFound
from takings.ledger.rules import TransferDraft
from takings.money import Money
from takings.people.models import Creator


class UnknownReward(NotFound):
    """No app gives it."""

    code = "unknown_reward"
    sentence = "Earnings cannot be exchanged for this. Choose one of what is offered."


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be had: its short name, its words, and what it takes of the earnings."""

    choice: str
    words: str
    price: Money


class Reward(Protocol):
    """Gives creators something for earnings that could be paid out to them.

    ``note`` says under its ``title`` what it is; ``used_at`` is the page on which it is used.
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


_rewards: dict[str, Reward] = {}


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
