"""Buying and giving back: what a minor may buy, what is looked at, which coins go with money."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from takings.core.errors import Conflict, Forbidden, TooMuch
from takings.money import Money, currency, format_money
from takings.policies.rules import CoinRule, MinorCap

ONE = 10**6  # micro-units of a coin


class OverTheCap(TooMuch):
    """Where a law lets minors buy, it says how much."""

    code = "over_the_cap"
    sentence = "At your age you may buy for {most} {span}; {left} are left."


class NotAtThisHour(Forbidden):
    """Minors are not served at night."""

    code = "not_at_this_hour"
    sentence = "At your age coins are not sold between {start:%H:%M} and {end:%H:%M}."


class TooManyDeclines(TooMuch):
    """Many declined cards from one account look like stolen ones that are tried."""

    code = "too_many_declines"
    sentence = "Your cards were declined {count} times. Try again after {until:%Y-%m-%d %H:%M} UTC."


class NothingToReturn(Conflict):
    """What was spent is not given back, nor what is on its way already."""

    code = "nothing_to_return"
    sentence = "No coins of this purchase are left that can be given back."


@dataclass(frozen=True, slots=True)
class Gone:
    """A return as a purchase counts it: coins that left for money, and whether it is paid back."""

    coins: int
    money: int
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """How much of a purchase is gone (micro-coins), and which returns have their money."""

    gone: int
    bonus_gone: int
    paid: tuple[bool, ...]
    failed: tuple[bool, ...]


def check_minor(
    *, cap: MinorCap, rule: CoinRule, price: Money, month: Money, now: dt.datetime
) -> None:
    """Refuse what a minor may not buy: at night, or over the caps of the law of their country.

    ``now`` is their local time, ``month`` what they bought in it before. Refuses: NotAtThisHour,
    OverTheCap.
    """
    start, end = rule.minors_closed
    if now.time() >= start or now.time() < end:
        raise NotAtThisHour(start=start, end=end)
    nothing = Money.zero(price.currency)
    sums = (
        (price, cap.a_purchase, nothing, "at a time"),
        (month + price, cap.a_month, month, "a month"),
    )
    for wanted, most, before, span in sums:
        if wanted > most:
            left = format_money(max(most - before, nothing))
            raise OverTheCap(most=format_money(most), span=span, left=left)


def local(at: dt.datetime, *, time_zone: str) -> dt.datetime:
    """Return the time on somebody's wall."""
    return at.astimezone(ZoneInfo(time_zone))


def is_looked_at(*, rule: CoinRule, age: dt.timedelta, bought: Money) -> bool:
    """Tell whether a purchase is held: a new account that ``bought`` for much within a day."""
    return age < rule.new_account and bought >= rule.high_value(bought.currency)


def returnable(*, left: int, bonus_spent: int) -> int:
    """Return how many micro-coins of a purchase can go back for money.

    Bonus coins that came with it and were spent count as bought ones: else a pack would be bought
    for its bonus and given back.

    >>> returnable(left=1_000, bonus_spent=80)
    920
    """
    return max(0, left - bonus_spent)


def money_for(*, coins: int, of: int, price: Money) -> Money:
    """Return what is paid back for so many of all coins of a purchase, in whole payable units.

    >>> money_for(coins=1, of=3, price=Money(10_000_000, "EUR")).micros
    3330000
    """
    unit = currency(price.currency).unit_micros
    return Money(price.micros * coins // of // unit * unit, price.currency)


def settle(*, coins: int, bonus: int, price: int, taken: int, returns: Sequence[Gone]) -> Settled:
    """Return what of a purchase is gone when so much of its price was taken back in all.

    Coins go with the money: first those that were returned for it, the oldest return first; then,
    for money that was taken otherwise (a refund of the desk, a dispute), as many as it had bought,
    rounded up. A return whose money came back after it was paid has failed.

    >>> settle(coins=100, bonus=10, price=50, taken=26, returns=[]).gone
    52
    """
    paid, failed, gone, sums = [], [], 0, 0
    for one in returns:
        is_paid = sums + one.money <= taken
        has_failed = one.is_paid and not is_paid
        paid.append(is_paid)
        failed.append(has_failed)
        if not has_failed:
            gone, sums = gone + one.coins, sums + one.money
    extra = max(0, taken - sums)
    gone = min(coins, gone - (-coins * extra // price))
    return Settled(gone, bonus * gone // coins // ONE * ONE, tuple(paid), tuple(failed))


def restored(*, back: int, gone: int, kept: int, kept_value: int) -> tuple[int, int]:
    """Return how many of the coins that come again were kept from gifts, and their value.

    Coins that were in the wallet come first, kept ones last: all, when all come.
    """
    coins = max(0, back - (gone - kept))
    return coins, kept_value * coins // kept if kept else 0
