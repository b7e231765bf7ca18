"""Whoever is paid with coins, and undoes it when the coins turn out not to be paid for.

The apps above register themselves: coins know no gifts.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from takings.coins.models import CoinLot, SpendPart


class Unwinder(Protocol):
    """Undoes what was paid with spendings: each exactly, by ``give_back``, once.

    Called in a transaction that holds the wallet. Ids that are not its own it leaves alone. ``why``
    is a sentence for whoever was paid. What cannot be had from them any more it books where its
    policy says.
    """

    def __call__(self, *, spend_ids: Sequence[UUID], why: str, at: dt.datetime) -> None:
        """Undo what was paid with these spendings."""


_unwinders: list[Unwinder] = []


def register_unwinder(unwinder: Unwinder) -> None:
    """Let an app be told of spendings to undo; called once, when it starts."""
    _unwinders.append(unwinder)


def forget_unwinder(unwinder: Unwinder) -> None:
    """Take one away again."""
    _unwinders.remove(unwinder)


def unwinders() -> tuple[Unwinder, ...]:
    """Return all, in the order in which they came."""
    return tuple(_unwinders)


def unpaid_spends(lot: CoinLot) -> list[UUID]:
    """Return the spendings that a lot paid for and should not have: the newest that cover it."""
    short, found = lot.spent_micros + lot.gone_micros - lot.coins_micros, list[UUID]()
    parts = SpendPart.objects.filter(lot=lot, spend__given_back_at=None).order_by("-pk")
    for spend_id, micros in parts.values_list("spend_id", "coins_micros"):
        if short > 0:
            found.append(spend_id)
            short -= micros
    return found
