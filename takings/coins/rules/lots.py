"""Lots: coins that came together. What is spent of which, and which money was received for it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from takings.core.errors import Conflict
from takings.ledger.rules import AccountName, TransferDraft
from takings.money import Money, format_money
from takings.money.currency import COIN

LOSS: AccountName = "platform:loss"


class NotEnoughCoins(Conflict):
    """A wallet gives what is in it, and no more."""

    code = "not_enough_coins"
    sentence = "You have {held}; this costs {asked}. Buy coins to go on."


class CoinsHeld(Conflict):
    """Coins of a purchase that is looked at are there, and wait."""

    code = "coins_held"
    sentence = "{held} of your coins are held until {until:%Y-%m-%d %H:%M} UTC: {why}"


@dataclass(frozen=True, slots=True)
class OpenLot:
    """What can be spent of a lot; ``value`` is the money received for what is left of it.

    Bonus coins have none. While ``held_until`` is ahead, nothing of it is spent.
    """

    id: UUID
    is_bonus: bool
    left: Money
    value: Money | None
    opened_at: dt.datetime
    expires_at: dt.datetime | None = None
    held_until: dt.datetime | None = None
    held_why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What was spent of one lot: coins, and the money that had been received for them.

    When a spending is given back, ``returns`` says whether the coins went back into the wallet and
    the money to ``account``. Where the lot itself was taken back meanwhile they did not, and
    ``account`` is the platform's loss, which had borne that money.
    """

    lot_id: UUID
    coins: Money
    is_bonus: bool
    value: Money | None
    returns: bool = True

    @property
    def account(self) -> AccountName:
        """Where the money of these coins is taken from, or given back to."""
        return lot_account(self.lot_id) if self.returns else LOSS


@dataclass(frozen=True, slots=True)
class Taken:
    """A spending, part by part; of one that is given back, how it went back."""

    spend_id: UUID
    viewer_id: int
    parts: tuple[Part, ...]

    @property
    def coins(self) -> Money:
        """All of its coins."""
        return sum((part.coins for part in self.parts), Money.zero(COIN))


def coins(count: int) -> Money:
    """Return so many whole coins."""
    return Money(count * 10**6, COIN)


def wallet_account(viewer_id: int, *, is_bonus: bool) -> AccountName:
    """Return where somebody's coins are; bought and given ones are always apart."""
    return f"viewer:{viewer_id}:{'bonus_coins' if is_bonus else 'coins'}"


def lot_account(lot_id: UUID) -> AccountName:
    """Return where the money received for a lot waits."""
    return f"coins:liability:{lot_id}"


def left_of(*, coins_micros: int, spent_micros: int, gone_micros: int) -> int:
    """Return what is left of a lot: not what was spent, nor what is to be gone from it.

    More may have to be gone than is there: the purchase was taken back when coins of it were spent.

    >>> left_of(coins_micros=100, spent_micros=70, gone_micros=100)
    0
    """
    return max(0, coins_micros - spent_micros - gone_micros)


def spend_lots(
    *, lots: Sequence[OpenLot], asked: Money, at: dt.datetime, bonus_first: bool
) -> tuple[Part, ...]:
    """Return which lots give these coins: those that end first, then the oldest, kind by kind.

    The money of a lot goes with its coins, cut to the micro-unit; its last coin takes the rest, so
    nothing is left when nothing is left. Refuses: NotEnoughCoins, CoinsHeld.

    >>> lot = OpenLot(UUID(int=1), False, coins(3), Money(10, "EUR"), dt.datetime.min)
    >>> spent = spend_lots(lots=[lot], asked=coins(2), at=dt.datetime.max, bonus_first=True)
    >>> [(str(part.coins.micros), part.value.micros) for part in spent]
    [('2000000', 6)]
    """
    there = [lot for lot in lots if lot.left and (lot.expires_at is None or at < lot.expires_at)]
    free = [lot for lot in there if lot.held_until is None or lot.held_until <= at]
    nothing = Money.zero(COIN)
    if sum((lot.left for lot in free), nothing) < asked:
        held = [lot for lot in there if lot not in free]
        whole = sum((lot.left for lot in there), nothing)
        if held and whole >= asked:
            waits = min(held, key=lambda lot: lot.held_until or at)
            told = format_money(sum((lot.left for lot in held), nothing))
            raise CoinsHeld(held=told, until=waits.held_until, why=waits.held_why)
        raise NotEnoughCoins(held=format_money(whole), asked=format_money(asked))
    parts, wanted = [], asked
    for lot in sorted(free, key=lambda lot: _turn(lot, bonus_first=bonus_first)):
        if wanted:
            amount = min(wanted, lot.left)
            parts.append(Part(lot.id, amount, lot.is_bonus, _worth(lot, amount)))
            wanted -= amount
    return tuple(parts)


def after(lots: Iterable[OpenLot], parts: Sequence[Part]) -> list[OpenLot]:
    """Return what is left of lots when these parts are spent."""
    spent = {part.lot_id: part for part in parts}
    return [_less(lot, spent[lot.id]) if lot.id in spent else lot for lot in lots]


def coin_transfers(taken: Taken, *, back: bool = False) -> tuple[TransferDraft, ...]:
    """Return the half of an entry that moves coins: out of the wallet, or ``back`` into it."""
    sums: dict[bool, Money] = {}
    for part in taken.parts:
        if part.returns:
            sums[part.is_bonus] = sums.get(part.is_bonus, Money.zero(COIN)) + part.coins
    return tuple(
        TransferDraft("coins:issued", wallet, amount)
        if back
        else TransferDraft(wallet, "coins:issued", amount)
        for is_bonus, amount in sorted(sums.items())
        for wallet in (wallet_account(taken.viewer_id, is_bonus=is_bonus),)
    )


def _turn(lot: OpenLot, *, bonus_first: bool) -> tuple[bool, bool, dt.datetime, dt.datetime, UUID]:
    ends = lot.expires_at or lot.opened_at
    return (lot.is_bonus != bonus_first, lot.expires_at is None, ends, lot.opened_at, lot.id)


def _worth(lot: OpenLot, amount: Money) -> Money | None:
    if lot.value is None:
        return None
    return Money(lot.value.micros * amount.micros // lot.left.micros, lot.value.currency)


def _less(lot: OpenLot, part: Part) -> OpenLot:
    value = None if lot.value is None or part.value is None else lot.value - part.value
    return replace(lot, left=lot.left - part.coins, value=value)
